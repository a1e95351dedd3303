"""Every flag quotes its texts to the code point, whatever noise stands around the statements."""

from __future__ import annotations

import random
from pathlib import Path

from services.contradictions.batch import flag_statements

SETS = sorted(Path(__file__).parent.glob("natural*.tsv"))
# What surrounds real statements: other scripts, emoji beyond the BMP, joined marks, full width,
# line ends of every kind, quotes, list points, letters that grow in lower case.
NOISE = (
    "",
    "🙂🙂 ",
    "👩‍👩‍👧 ",
    "嗯，那个，",
    "𠮷野家。",
    "\r\n",
    "\u3000\u3000",
    "e\u0301té. ",
    "İstanbul. ",
    "1. ",
    "（记录）",
    "“",
    "ﬁne. ",
    "\t",
    "據說：",
    "Well, er, ",
)


def pairs() -> list[tuple[str, str]]:
    rows = [line.split("\t") for path in SETS for line in path.read_text("utf-8").splitlines()]
    return [(row[2], row[3]) for row in rows if len(row) == 4 and not row[0].startswith("#")]


def flags_checked(first: str, second: str) -> int:
    """The number of flags between two texts, each quote and value held against its text."""
    texts = {"1": first, "2": second}
    rows = [
        {"id": key, "doc_id": "t", "text": text, "order": int(key), "said_on": "2025-03-10"}
        for key, text in texts.items()
    ]
    flags = list(flag_statements(rows))
    for flag in flags:
        for key, side in ((flag["a"], flag["a_side"]), (flag["b"], flag["b_side"])):
            text = texts[key]
            assert side["quote"] == text[side["start"] : side["end"]]
            assert side["value"] == text[side["value_start"] : side["value_end"]]
            assert side["value"].strip()
            assert side["start"] <= side["value_start"] < side["value_end"] <= side["end"]
    return len(flags)


def test_every_flag_of_the_natural_sets_quotes_its_text() -> None:
    assert sum(flags_checked(first, second) for first, second in pairs()) > 250


def test_every_flag_quotes_its_text_in_the_midst_of_noise() -> None:
    draw = random.Random(4)
    found = 0
    for first, second in pairs():
        sides = []
        for text in (first, second):
            other = draw.choice(("", "天气不错。", "Lunch was late. ", "下一个。\n"))
            sides.append(draw.choice(NOISE) + other + text + draw.choice(("", "\n", " 🙂", "。")))
        found += flags_checked(*sides)
    assert found > 150
