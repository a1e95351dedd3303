"""Sentences and clauses of Chinese and English text, with exact code-point offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.language.script import fold

# A full stop ends a sentence only before white space, and not after a letter or abbreviation.
_SHORT = ("No", "Mr", "Mrs", "Dr", "Ms", "St", "e\\.g", "i\\.e", "ca", "vs")
_ABBREVIATION = "".join(rf"(?<!\b{word})" for word in _SHORT)
_SENTENCE_END = re.compile(
    rf"[。！？!?\n]+[”\"'」』）)]*|{_ABBREVIATION}(?<!\b[A-Za-z])\.(?=[\s\"')]|$)"
)
# A comma between digits belongs to the number; a colon between digits is a time of day.
_CLAUSE_END = re.compile(
    r"[，；：;—]+|(?<!\d),|,(?!\d|\s(?:1[89]|20|21)\d\d\b)|:(?!\d)|\s--?\s"
    r"|\s+(?=(?:but|while|whereas|although|though|because|so that|however)\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch `[start, end)` of the text that holds one predication."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch `[start, end)` of the text, its closing mark included, with its clauses."""

    start: int
    end: int
    clauses: tuple[Clause, ...]
    asks: bool


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _pieces(text: str, start: int, end: int, mark: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    at = start
    for match in mark.finditer(text, start, end):
        if match.end() > at:
            yield at, match.end()
        at = match.end()
    if at < end:
        yield at, end


def split_sentences(text: str) -> list[Sentence]:
    """All sentences in order; `text[s.start:s.end]` is the sentence without outer white space."""
    folded = fold(text)
    found = []
    for raw_start, raw_end in _pieces(folded, 0, len(folded), _SENTENCE_END):
        start, end = _trim(folded, raw_start, raw_end)
        if start == end:
            continue
        parts = [_trim(folded, a, b) for a, b in _pieces(folded, start, end, _CLAUSE_END)]
        clauses = tuple(Clause(a, b) for a, b in parts if b > a)
        asks = bool(re.search(r"[？?][”\"'」』）)]*$", folded[start:end]))
        found.append(Sentence(start, end, clauses, asks))
    return found
