"""Draws merge cases with a fixed seed: the client must make of them what the server makes.

`python -m tests.sync.draw_vectors` writes `vectors/drawn.json` anew after a change of the merge;
the rules themselves are in the cases written by hand (`vectors/paragraphs.json`).
"""

import json
import random
from pathlib import Path
from typing import Any

from services.sync.paragraphs import merge_paragraphs, split_lines

TARGET = Path(__file__).parent / "vectors" / "drawn.json"
LINES = ("", "一", "二", "三\r", "三", "four", "—", "是", "𠮷", " ")


def merge_case(base: str, ours: str, theirs: str) -> dict[str, Any]:
    """Text and contested places of one merge, as the vectors tell them."""
    merged = merge_paragraphs(base, ours, theirs)
    spots = [
        {
            "start": piece.merged[0],
            "end": piece.merged[1],
            "ours": _version(ours, piece.ours),
            "theirs": _version(theirs, piece.theirs),
        }
        for piece in merged.conflicts
    ]
    return {"merged": merged.text, "spots": spots}


def draw_cases(count: int) -> list[dict[str, Any]]:
    chance = random.Random(3)
    cases = []
    for _ in range(count):
        lines = [chance.choice(LINES) for _ in range(chance.randrange(12))]
        base, ours, theirs = ("\n".join(_edited(chance, lines, n)) for n in (0, 3, 3))
        told = {"base": base, "ours": ours, "theirs": theirs}
        cases.append(told | merge_case(base, ours, theirs))
    return cases


def _version(text: str, span: tuple[int, int]) -> str | None:
    start, end = span
    return "\n".join(split_lines(text)[start:end]) if end > start else None


def _edited(chance: random.Random, lines: list[str], edits: int) -> list[str]:
    edited = list(lines)
    for _ in range(edits):
        place = chance.randrange(len(edited) + 1)
        what = chance.randrange(3)
        if what == 0 or place == len(edited):
            edited.insert(place, chance.choice(LINES))
        elif what == 1:
            del edited[place]
        else:
            edited[place] = chance.choice(LINES) + chance.choice(LINES)
    return edited


if __name__ == "__main__":
    head = '{\n  "about": "Drawn by tests/sync/draw_vectors.py.",\n  "cases": [\n    '
    body = ",\n    ".join(json.dumps(case, ensure_ascii=False) for case in draw_cases(200))
    TARGET.write_text(head + body + "\n  ]\n}\n", encoding="utf-8")
