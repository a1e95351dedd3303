"""What hangs on a difference: safety, people, money or a deadline, the gravest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from services.contradictions.claims import (
    OPEN_VERB,
    Claim,
    DateValue,
    LabelValue,
    NumberValue,
)
from services.contradictions.judging import Finding
from services.language import alternation, concept, lexicon

Consequence = Literal["safety", "people", "money", "deadline", "none"]

# The gravest first: of several that apply the first is told.
GRAVEST: tuple[Consequence, ...] = ("safety", "people", "money", "deadline", "none")


@dataclass(frozen=True, slots=True)
class _Cause:
    """The marks of one consequence: words, beginnings of dimensions, events, verbs, kinds."""

    keys: frozenset[str]
    chinese: re.Pattern[str]
    dimensions: tuple[str, ...]
    events: frozenset[str]
    verbs: frozenset[str]
    kinds: frozenset[str]


@cache
def _causes() -> dict[Consequence, _Cause]:
    tables = lexicon("consequences")
    return {name: _cause(tables[name]) for name in GRAVEST if name in tables}


def _cause(table: dict[str, list[str]]) -> _Cause:
    return _Cause(
        frozenset(concept(word) for word in (*table["zh"], *table["en"])),
        re.compile(alternation(table["zh"])),
        tuple(table.get("dimensions", ())),
        frozenset(table.get("events", ())),
        frozenset(table.get("verbs", ())),
        frozenset(table.get("kinds", ())),
    )


def consequence(finding: Finding) -> Consequence:
    """The gravest consequence that the words, units or events of either claim point to."""
    for name, cause in _causes().items():
        if any(_points_to(claim, cause) for claim in (finding.first, finding.second)):
            return name
    return "none"


def _points_to(claim: Claim, cause: _Cause) -> bool:
    value = claim.value
    if claim.kind in cause.kinds:
        return True
    if isinstance(value, NumberValue) and value.dimension.startswith(cause.dimensions or ("\0",)):
        return True
    if isinstance(value, DateValue) and value.event in cause.events:
        return True
    if isinstance(value, LabelValue) and value.about in cause.verbs:
        return True
    return any(key in cause.keys or cause.chinese.search(key) for key in _keys(claim))


def _keys(claim: Claim) -> list[str]:
    """The words of a claim: its subject, what it counts, and its verb of no listed class."""
    value = claim.value
    things = value.things if isinstance(value, NumberValue) else ()
    verb = value.about if isinstance(value, LabelValue) else ""
    own = [verb.removeprefix(OPEN_VERB)] if verb.startswith(OPEN_VERB) else []
    return [*claim.subject, *things, *own]
