"""A second set of sentences, of other domains than the first: a floor under what is understood."""

from pathlib import Path

from services.contradictions.batch import flag_statements

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("natural.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def is_flagged(first: str, second: str) -> bool:
    rows = [
        {"id": str(order), "doc_id": "t", "text": text, "order": order, "said_on": "2025-03-10"}
        for order, text in enumerate((first, second))
    ]
    return any(True for _ in flag_statements(rows))


def test_natural_sentences_are_judged_with_precision_first() -> None:
    judged = [(wanted == "differ", is_flagged(first, second)) for wanted, _, first, second in ROWS]
    right = sum(1 for differs, flagged in judged if differs and flagged)
    wrong = sum(1 for differs, flagged in judged if flagged and not differs)
    missed = sum(1 for differs, flagged in judged if differs and not flagged)
    assert len(judged) >= 80
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.85
