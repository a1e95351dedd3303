"""Sets of sentences of other domains than the given data: a floor under what is understood."""

from pathlib import Path

import pytest

from services.contradictions.batch import flag_statements


def rows_of(name: str) -> list[list[str]]:
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def is_flagged(first: str, second: str) -> bool:
    rows = [
        {"id": str(order), "doc_id": "t", "text": text, "order": order, "said_on": "2025-03-10"}
        for order, text in enumerate((first, second))
    ]
    return any(True for _ in flag_statements(rows))


@pytest.mark.parametrize(
    ("name", "least", "found"),
    [
        ("natural.tsv", 80, 0.85),
        ("natural2.tsv", 170, 0.85),
        ("natural3.tsv", 210, 0.85),
        # By another hand than the rules, and the furthest from them.
        ("natural4.tsv", 90, 0.7),
    ],
)
def test_natural_sentences_are_judged_with_precision_first(
    name: str, least: int, found: float
) -> None:
    rows = rows_of(name)
    judged = [(wanted == "differ", is_flagged(first, second)) for wanted, _, first, second in rows]
    right = sum(1 for differs, flagged in judged if differs and flagged)
    wrong = sum(1 for differs, flagged in judged if flagged and not differs)
    missed = sum(1 for differs, flagged in judged if differs and not flagged)
    assert len(judged) >= least
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= found
