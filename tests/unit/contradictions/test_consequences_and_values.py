"""What a flag tells beside its quotes: the normal form of each value, and what hangs on it."""

from __future__ import annotations

from datetime import date

import pytest

from services.contradictions.claims import Statement
from services.contradictions.consequences import GRAVEST, consequence
from services.contradictions.judging import Finding, judge_statements
from services.contradictions.reading import read_claims
from services.contradictions.values_shown import normalised_value
from services.language import lexicon

DAY = date(2025, 3, 10)


def finding_of(first: str, second: str) -> Finding:
    one, two = (read_claims(Statement(str(n), t, "", DAY)) for n, t in enumerate((first, second)))
    return next(iter(judge_statements(one, two)))


VALUES = [
    ("项目总投资是三百二十万元。", "3200000 CNY"),
    ("The project budget is 3.2 million yuan.", "3200000 CNY"),
    ("学校是2026年9月30日建成的。", "2026-09-30"),
    ("The school was completed in September 2026.", "2026-09"),
    ("养老院是2024年建成的。", "2024"),
    ("合作社至少有300户。", ">=300 household"),
    ("合作社超过300户。", ">300 household"),
    ("合作社约300户。", "270..330 household"),
    ("鱼塘面积150亩。", "100000 m2"),
    ("自来水普及率是八成五。", "85 %"),
    ("图书馆的扩建已经完工。", "done"),
    ("红岭小学的校长是周文海。", "周文海"),
]


@pytest.mark.parametrize(("text", "normal"), VALUES)
def test_a_value_has_one_normal_form(text: str, normal: str) -> None:
    assert normal in {normalised_value(c) for c in read_claims(Statement("s", text, "", DAY))}


CONSEQUENCES = [
    ("去年矿上的事故死亡3人。", "去年矿上的事故死亡7人。", "safety"),
    ("Last year the mine had 3 accidents.", "Last year the mine had 7 accidents.", "safety"),
    ("安置小区住了42户。", "安置小区住了58户。", "people"),
    ("The ward has 42 patients.", "The ward has 58 patients.", "people"),
    ("工人的工资已经发放。", "工人的工资没有发放。", "people"),
    ("码头的造价是120万元。", "码头的造价是80万元。", "money"),
    ("The pier cost 1.2 million yuan.", "The pier cost 800 thousand yuan.", "money"),
    ("新校区2021年5月建成。", "新校区2022年5月建成。", "deadline"),
    ("The museum roof has been finished.", "The museum roof is not finished.", "deadline"),
    ("公路全长12公里。", "公路全长18公里。", "none"),
]


@pytest.mark.parametrize(("first", "second", "wanted"), CONSEQUENCES)
def test_the_gravest_consequence_of_a_difference_is_told(
    first: str, second: str, wanted: str
) -> None:
    assert consequence(finding_of(first, second)) == wanted


def test_the_words_of_consequences_name_dimensions_events_and_verbs_that_exist() -> None:
    tables, states = lexicon("consequences"), lexicon("states")
    assert set(tables) == set(GRAVEST) - {"none"}
    for table in tables.values():
        assert set(table.get("events", ())) <= set(states["events"])
        assert set(table.get("verbs", ())) <= set(states["predicates"])
        for dimension in table.get("dimensions", ()):
            assert any(name.startswith(dimension) for name in lexicon("units"))
