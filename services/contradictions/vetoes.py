"""Reasons why two claims may both hold: another period, place, object, part, office or modality."""

from __future__ import annotations

from datetime import date
from functools import cache

from services.contradictions.claims import Claim, Days, NumberValue
from services.contradictions.cues import EVER, FORMERLY
from services.contradictions.homes import homes_differ, owners_differ
from services.contradictions.likeness import Likeness
from services.language import concept, lexicon

# Two sentences this alike, with these many words, are the same sentence with one value changed.
_REPEATED = 0.8
_REPEATED_WORDS = 4
# So many times the other, a number without a unit is of another thing.
_FAR_APART = 20
_FRACTION = 10
_OPPOSED = frozenset({("denied", "held"), ("underway", "done"), ("unstarted", "done")})
# When something happened and where it stands is the same whenever it is told.
_LASTING = frozenset({"date", "place"})
_MOVES_ON_DAYS = 183


def is_repeat(first: Claim, second: Claim) -> bool:
    """True when one sentence repeats the other but for the value: their words overlap (Jaccard)."""
    one, two = first.scope, second.scope
    mine, theirs = len(one), len(two)
    if mine < _REPEATED_WORDS or theirs < _REPEATED_WORDS:
        return False
    # The overlap is at most the smaller over the larger: most pairs end here.
    if mine < _REPEATED * theirs or theirs < _REPEATED * mine:
        return False
    return len(one & two) >= _REPEATED * len(one | two)


def _covers_now(period: Days, said_on: date | None) -> bool:
    if said_on is None:
        return False
    return period.first <= said_on <= period.last and period.grain == "year"


def _same_days(first: Days, second: Days) -> bool:
    return first.first == second.first and first.last == second.last


def periods_differ(first: Claim, second: Claim) -> bool:
    """True when the claims are about other times; no period said means the present year."""
    if (FORMERLY in first.parts) != (FORMERLY in second.parts):
        return True
    one, two = first.period, second.period
    if _done_before(first, second) or _done_before(second, first):
        return False
    if _denied_throughout(first, second) or _denied_throughout(second, first):
        return False
    if one is None and two is None:
        return _long_between(first, second)
    if one is None or two is None:
        named, silent = (one or two), (first if one is None else second)
        return named is None or not _covers_now(named, silent.said_on)
    return not _same_days(one, two)


def _long_between(first: Claim, second: Claim) -> bool:
    """True when a state of affairs was told twice with half a year between: it moves on."""
    if first.kind in _LASTING or not first.said_on or not second.said_on:
        return False
    return abs((first.said_on - second.said_on).days) > _MOVES_ON_DAYS


def _done_before(done: Claim, other: Claim) -> bool:
    """True when what was done on a day before is said, later and without a day, not to be done."""
    if done.kind != "status" or getattr(done.value, "label", "") != "done":
        return False
    if done.period is None or other.period is not None or other.said_on is None:
        return False
    return done.period.grain != "year" and done.period.last <= other.said_on


def _denied_throughout(denied: Claim, held: Claim) -> bool:
    """True when what is said to have happened lies in the time for which it is denied.

    "Never", or "not yet" of an act, is denied for all the time until it is said.
    """
    labels = getattr(denied.value, "label", ""), getattr(held.value, "label", "")
    if not denied.negated or held.negated or held.period is None or labels not in _OPPOSED:
        return False
    if denied.period is not None:
        whole, part = denied.period, held.period
        return whole.first <= part.first and part.last <= whole.last
    ever = EVER in denied.extra and denied.said_on is not None
    return ever and denied.said_on is not None and held.period.last <= denied.said_on


def names_differ(first: Claim, second: Claim) -> bool:
    """True when each side names a place or unit that the other does not."""
    left = {key for key in first.names if key not in second.subject and not _inside(key, second)}
    right = {key for key in second.names if key not in first.subject and not _inside(key, first)}
    return bool(left and right)


def _inside(name: str, other: Claim) -> bool:
    return any(
        len(key) > 1 and (name in key or key in name) for key in other.subject if not key.isascii()
    )


def _modalities_differ(first: Claim, second: Claim) -> bool:
    if first.modality != second.modality:
        return True
    if first.kind == "date" and not (first.planned and second.planned):
        # Two days planned for one event differ, unless they are of two plans.
        return False
    if is_repeat(first, second):
        return False
    return first.modality == "planned" and not first.planned & second.planned


@cache
def _stage_words() -> dict[str, str]:
    """Keys of the words of events that tell counts apart: signed, begun, finished, opened."""
    table = lexicon("states")["events"]
    return {
        concept(word): name
        for name in ("sign", "start", "finish", "open", "close", "accept")
        for words in table[name].values()
        for word in words
    }


def _stages_differ(first: Claim, second: Claim) -> bool:
    """True when the one counts what was signed, the other what was begun."""
    stages = _stage_words()
    one = {stages[key] for key in first.subject if key in stages}
    two = {stages[key] for key in second.subject if key in stages}
    return bool(one and two) and not one & two


def _of_other_size(one: NumberValue, two: NumberValue) -> bool:
    """True when only one says what it counts and they are far apart: 245户, and 22万 (of money)."""
    if one.dimension == two.dimension or "count" not in {one.dimension, two.dimension}:
        return False
    low, high = sorted((abs(one.written), abs(two.written)))
    return high >= _FAR_APART * low


@cache
def _aspects() -> dict[str, str]:
    """Which way a length is measured: along, across, up or down."""
    table = lexicon("generic")["aspects"]
    return {concept(word): name for name, words in table.items() for word in words.split()}


def _aspects_differ(first: Claim, second: Claim) -> bool:
    """True when the one is a width, the other a height."""
    one, two = (
        {_aspects()[key] for key in claim.subject if key in _aspects()} for claim in (first, second)
    )
    return bool(one and two) and not one & two


def _is_fraction(first: Claim, second: Claim, alike: Likeness) -> bool:
    """True when the one says of which kind, and is a small part: 老师196个, 心理老师2个."""
    one, two = first.value, second.value
    if not isinstance(one, NumberValue) or not isinstance(two, NumberValue):
        return False
    narrow, wide = (two, one) if alike.right else (one, two)
    if (not alike.left and not alike.right) or not one.dimension.startswith("count"):
        return False
    return 0 < narrow.written * _FRACTION <= wide.written


def _things_differ(first: Claim, second: Claim) -> bool:
    """True when two counts count other things: 42 households, 58 members."""
    one, two = first.value, second.value
    if not isinstance(one, NumberValue) or not isinstance(two, NumberValue):
        return False
    if one.direction != two.direction:
        return True
    if _stages_differ(first, second):
        return True
    if _of_other_size(one, two):
        return True
    if one.dimension == "length" and _aspects_differ(first, second):
        return True
    if not one.things or not two.things:
        return False
    return one.things[-1] != two.things[-1]


def _parts_differ(first: Claim, second: Claim) -> bool:
    """True when one speaks of another part; who says "all" speaks of each part as well."""
    # The third school's own figures name no part where the note was made there.
    one, two = first.parts - second.home, second.parts - first.home
    if first.kind == "place" or one == two:
        return False
    if first.kind != "quantifier":
        return True
    whole = first if getattr(first.value, "label", "") == "all" else second
    return bool(whole.parts)


def _denials_part(first: Claim, second: Claim) -> bool:
    """A denied number says little: not 300 and not 400 may both hold."""
    if first.negated != second.negated:
        return True
    return first.negated and not is_repeat(first, second)


def veto(first: Claim, second: Claim, alike: Likeness) -> str:
    """The name of the first reason why both may hold, or an empty text."""
    checks = (
        ("modality", _modalities_differ(first, second)),
        ("period", periods_differ(first, second)),
        ("part", _parts_differ(first, second)),
        ("office", first.offices != second.offices),
        ("place", names_differ(first, second)),
        ("home", homes_differ(first, second)),
        ("owner", owners_differ(first, second) and not is_repeat(first, second)),
        ("object", bool(alike.left and alike.right) or _things_differ(first, second)),
        ("object", _is_fraction(first, second, alike)),
        ("negation", first.kind == "number" and _denials_part(first, second)),
    )
    return next((name for name, applies in checks if applies), "")
