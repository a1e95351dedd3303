"""Openings that report rather than state: "据介绍，", "We checked, and", "the mayor said"."""

from __future__ import annotations

import re
from functools import cache

from services.language import Sentence, lexicon


@cache
def _openings() -> tuple[re.Pattern[str], ...]:
    table = lexicon("cues")["openings"]
    chinese = "|".join(table["zh"])
    english = "|".join(table["en"])
    return (
        re.compile(rf"\s*(?:{chinese})(?:[,，:：、\s]+|(?<=的是)|(?<=一下)|(?<=里)(?=，))"),
        re.compile(rf"\s*(?:{english})(?:\s*[,:，：](?:\s*and\b)?|\s+that\b)", re.IGNORECASE),
        re.compile(table["zh_source"]),
        re.compile(table["en_source"], re.IGNORECASE),
    )


def opening_end(folded: str, sentence: Sentence) -> int:
    """Where the statement proper begins, behind "据介绍，", "We checked, and", "the mayor said"."""
    at = sentence.start
    for _ in range(4):
        for pattern in _openings():
            match = pattern.match(folded[: sentence.end], at)
            found = match or (
                pattern.match(folded[at : sentence.end]) if pattern.pattern[0] == "^" else None
            )
            if found and found.group().strip():
                at = match.end() if match else at + found.end()
                break
        else:
            break
    return at if at < sentence.end - 1 else sentence.start
