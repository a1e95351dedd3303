"""A speaker's own correction supersedes; every finding has a class."""

from typing import Any

import pytest

from services.contradictions.batch import flag_statements
from services.contradictions.claims import NumberValue, Statement
from services.contradictions.judging import Finding, judge_statements
from services.contradictions.reading import read_claims


def flags(*said: tuple[str, str]) -> list[dict[str, Any]]:
    return list(
        flag_statements(
            {"id": str(order), "doc_id": "t", "text": text, "speaker": who, "order": order}
            for order, (who, text) in enumerate(said)
        )
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("医院有300张床位。", "更正一下，医院有320张床位。"),
        ("医院有300张床位。", "刚才口误，医院有320张床位。"),
        ("The port has 14 cranes.", "Sorry, I meant the port has 16 cranes."),
        ("The port has 14 cranes.", "Correction: the port has 16 cranes."),
    ],
)
def test_a_speaker_who_corrects_himself_does_not_differ_from_himself(
    first: str, second: str
) -> None:
    assert flags(("甲", first), ("甲", second)) == []
    assert len(flags(("甲", first), ("乙", second))) == 1


def test_what_was_taken_back_is_contradicted_by_nobody() -> None:
    old, new = "医院有300张床位。", "医院有320张床位。"
    assert flags(("甲", old), ("乙", new), ("甲", "更正一下，" + new)) == []


def test_a_correction_inside_one_statement_keeps_the_last_value() -> None:
    claims = read_claims(Statement("1", "医院有三百张床位，不对，更正一下，是三百二十张床位。"))
    values = [claim.value for claim in claims]
    assert [value.written for value in values if isinstance(value, NumberValue)] == [320]


@pytest.mark.parametrize(
    ("first", "second", "cls"),
    [
        ("医院有300张床位。", "医院有320张床位。", "differ"),
        ("堆场面积是30公顷。", "堆场面积是30亩。", "unit"),
        ("堆场面积是45亩。", "堆场面积是3亩。", "unit"),
        ("The port has 14 cranes.", "The port has 40 cranes.", "doubtful"),
        ("仓库有十四万件。", "仓库有四十万件。", "doubtful"),
    ],
)
def test_a_flag_says_of_which_class_it_is(first: str, second: str, cls: str) -> None:
    assert [flag["class"] for flag in flags(("甲", first), ("乙", second))] == [cls]


def explained(first: str, second: str) -> list[Finding]:
    sides = [read_claims(Statement(str(n), text)) for n, text in enumerate((first, second))]
    return list(judge_statements(*sides, explained=True))


@pytest.mark.parametrize(
    ("first", "second", "cls"),
    [
        ("2022年12月信号升级还没完成。", "2023年2月信号升级已经完成了。", "changed"),
        ("学校有教师86人。", "学校新校区有教师20人。", "scope"),
    ],
)
def test_a_difference_that_time_or_scope_explains_is_information_not_a_flag(
    first: str, second: str, cls: str
) -> None:
    assert [finding.cls for finding in explained(first, second)] == [cls]
    assert flags(("甲", first), ("乙", second)) == []
