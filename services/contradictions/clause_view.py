"""One clause made ready for the readers: its values, words, periods and cues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from services.contradictions.claims import Days
from services.contradictions.cues import Cues, read_cues
from services.language import (
    Clause,
    Period,
    Quantity,
    Sentence,
    Word,
    find_periods,
    find_quantities,
    find_words,
    lexicon,
)

_COMPARED = re.compile(
    r"(?:比|较|同比|相比|和|与|than|compared (?:with|to)|over|versus|against)\s?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause `[start, end)` of the folded text with everything a reader looks at.

    `words` are the clause's own and those of topic clauses before it; `scope` of the sentence.
    """

    folded: str
    start: int
    end: int
    sentence: Sentence
    words: tuple[Word, ...]
    scope: frozenset[str]
    quantities: tuple[Quantity, ...]
    periods: tuple[Period, ...]
    period: Days | None
    cues: Cues
    said_on: date | None

    @property
    def text(self) -> str:
        """The clause with dates and openings blanked; offsets count from `start`."""
        return self.folded[self.start : self.end]


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


def _opening_end(folded: str, sentence: Sentence) -> int:
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


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _days(period: Period) -> Days:
    return Days(period.first, period.last, period.grain, period.edge)


def _stated(folded: str, periods: list[Period]) -> list[Period]:
    """Periods without those only compared with ("比上年增加", "than last year")."""
    return [period for period in periods if not _COMPARED.search(folded[: period.start][-16:])]


@cache
def _part_label() -> re.Pattern[str]:
    return re.compile(lexicon("places")["parts"]["zh_pattern"])


def _counted(folded: str, sentence: Sentence, taken: list[tuple[int, int]]) -> list[Quantity]:
    """Quantities of the sentence; 三组 and 二期 name a part, they count nothing."""
    return [
        quantity
        for quantity in find_quantities(folded[: sentence.end], taken)
        if quantity.start >= sentence.start
        and not _part_label().fullmatch(folded[quantity.start : quantity.end])
    ]


def _is_topic(words: list[Word], quantities: list[Quantity]) -> bool:
    return not quantities and 0 < len(words) <= 4


def view_clauses(
    folded: str, sentence: Sentence, said_on: date | None, glossary: Mapping[str, str] | None
) -> Iterator[ClauseView]:
    """The clauses of one sentence, in order."""
    opening = _opening_end(folded, sentence)
    periods = [
        p for p in find_periods(folded[: sentence.end], said_on) if p.start >= sentence.start
    ]
    taken = [(p.start, p.end) for p in periods]
    quantities = _counted(folded, sentence, taken)
    spans = [*taken, *((q.lead, q.end) for q in quantities)]
    words = find_words(folded, opening, sentence.end, taken=spans, glossary=glossary)
    scope = frozenset(word.key for word in words if word.weight >= 0.6)
    blanked = _blank(folded, [*taken, (sentence.start, opening)])
    stated = _stated(folded, periods)
    topic: list[Word] = []
    topic_start = -1
    waiting: list[Period] = []
    last_period: Days | None = None
    for clause in sentence.clauses:
        if clause.end <= opening:
            continue
        own = [word for word in words if clause.start <= word.start < clause.end]
        mine = [q for q in quantities if clause.start <= q.start < clause.end]
        dates = waiting + [p for p in stated if clause.start <= p.start < clause.end]
        waiting = [] if own or mine else dates
        last_period = _days(dates[0]) if dates else last_period
        start = max(clause.start, opening)
        ahead = blanked[topic_start:start] if topic else ""
        cues = read_cues(
            blanked[start : clause.end], blanked[sentence.start : start], ahead, sentence
        )
        yield ClauseView(
            blanked,
            start,
            clause.end,
            sentence,
            (*topic, *own),
            scope,
            tuple(mine),
            tuple(dates),
            last_period,
            cues,
            said_on,
        )
        topic_start = topic_start if topic else start
        topic = [*topic, *own] if _is_topic([*topic, *own], mine) else []


__all__ = ["Clause", "ClauseView", "Cues", "view_clauses"]
