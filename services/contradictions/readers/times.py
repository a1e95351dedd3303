"""Dates of events: opened, started, finished, signed and the like, on a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from services.contradictions.claims import Claim, DateValue
from services.contradictions.clause_view import ClauseView
from services.contradictions.readers.drafts import draft
from services.language import Period, alternation, is_chinese, lexicon

# "as of June", "since June", "by June" name no day of the event.
_OPEN_ENDED = re.compile(
    r"(?:as of|since|until|till|by|before|after|from|截至|截止|截止到|自|从|直到|到|至|以来)"
    r"\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_OPEN_ENDED_AFTER = re.compile(r"\s*(?:以来|以前|之前|以后|之后|起|为止|前|后)")
_OPEN_ENDED_INSIDE = re.compile(
    r"(?:by|since|until|before|after|from|to|through|as of)\b", re.IGNORECASE
)


@cache
def events() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Event classes with the pattern of their words."""
    table = lexicon("states")["events"]
    return tuple(
        (name, re.compile(alternation([*_parted(rows["zh"]), *rows["en"]]), re.IGNORECASE))
        for name, rows in table.items()
    )


def _parted(words: list[str]) -> list[str]:
    """The words and, where 的 or 了 may part verb and object, those too: 通车, 通的车, 开了工."""
    pairs = [word for word in words if len(word) == 2]
    return [*words, *(word[0] + mark + word[1] for word in pairs for mark in "的了")]


# More than a day of an event: 2019-2021, from May to August.
_SPANS = frozenset({"years", "range"})


def _event(text: str) -> tuple[str, tuple[int, int]] | None:
    """The event of a clause: the last one named in Chinese, the first in English; longest wins."""
    found = [
        (match.start(), -len(match.group()), name, match.span())
        for name, pattern in events()
        for match in pattern.finditer(text)
    ]
    if not found:
        return None
    last = is_chinese(text)
    best = max(found, key=lambda row: (row[3][1], -row[1])) if last else min(found)
    return best[2], best[3]


_ONLY_THEN = re.compile("[^，。,才]{0,3}才")


def _is_only_then(view: ClauseView, period: Period) -> bool:
    """True for 到三月才交房 and "did not open until March": that is the day of the event."""
    if view.is_chinese:
        return bool(_ONLY_THEN.match(view.folded, period.end))
    before = view.folded[max(view.start, period.start - 8) : period.end].lower()
    return view.cues.negated and "until" in before


def _is_dated(view: ClauseView, period: Period) -> bool:
    head = view.folded[max(0, period.start - 12) : period.start]
    tail = view.folded[period.end : period.end + 6]
    if _is_only_then(view, period):
        return True
    return not (_OPEN_ENDED.search(head) or _OPEN_ENDED_AFTER.match(tail))


def read_times(view: ClauseView) -> Iterator[Claim]:
    """The date of the clause's event, when the clause holds one date, no quantity and no denial."""
    if view.quantities or not view.is_dated or len(view.periods) != 1:
        return
    period = view.periods[0]
    event = _event(view.text)
    denied = view.cues.negated and not _is_only_then(view, period)
    if event is None or denied or not _is_dated(view, period) or period.grain in _SPANS:
        return
    value = DateValue(period.first, period.last, period.grain, event[0])
    verb = (view.start + event[1][0], view.start + event[1][1])
    claim = draft(view, "date", value, span=(period.start, period.end), without=[verb])
    yield replace(claim, period=None, negated=False)
