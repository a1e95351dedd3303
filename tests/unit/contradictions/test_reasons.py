"""The one sentence that says why: in the reader's language, in the reader's units."""

import pytest

from services.contradictions import flag_statements
from services.language import lexicon

PAIRS = [
    ("合作社有42户。", "合作社有58户。", "数字不一致：甲：42户；乙：58户，相差 28%。"),
    (
        "项目预算是120万元。",
        "项目预算是八十万元。",
        "数字不一致：甲：120万元；乙：八十万元（80 万元），相差 33%。",
    ),
]


def reasons(first: str, second: str) -> dict[str, str]:
    rows = [
        {"id": str(n), "doc_id": "trip", "text": text, "order": n}
        for n, text in enumerate((first, second))
    ]
    (flag,) = flag_statements(rows)
    told: dict[str, str] = flag["reason"]
    return told


@pytest.mark.parametrize(("first", "second", "wanted"), PAIRS)
def test_a_chinese_reason_has_no_foreign_unit(first: str, second: str, wanted: str) -> None:
    assert reasons(first, second)["zh"] == wanted


def test_an_english_reason_counts_in_english() -> None:
    told = reasons("The budget is 1.2 million yuan.", "The budget is 800 thousand yuan.")["en"]
    assert "1,200,000 yuan" in told
    assert "800,000 yuan" in told


def test_every_base_unit_can_be_shown() -> None:
    bases = {table["base"] for table in lexicon("units").values() if "base" in table}
    assert bases <= lexicon("shown").keys()


def test_the_value_of_a_date_is_the_date_alone() -> None:
    told = reasons("The road was finished in 2019.", "The road was finished in 2021.")
    assert told["zh"] == "时间不一致：甲：2019；乙：2021。"
    assert told["en"] == "The dates differ: A: 2019; B: 2021."
