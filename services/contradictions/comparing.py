"""Typed comparators: whether two values of one subject cannot both hold, and as which kind."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from services.contradictions.claims import (
    Claim,
    DateValue,
    LabelValue,
    NumberValue,
    PersonValue,
    SiteValue,
)
from services.language import dimensions_agree, lexicon

# Rounding when a value was converted or written in another form: one per cent.
_CONVERTED = 0.01


@dataclass(frozen=True, slots=True)
class Conflict:
    """A kind of contradiction, the rule that found it and how sure the comparison alone is."""

    kind: str
    rule: str
    sure: float


def _ends(value: NumberValue) -> tuple[float, float]:
    low = -inf if value.low is None else value.low
    high = inf if value.high is None else value.high
    return low, high


def _slack(one: NumberValue, two: NumberValue) -> float:
    """What rounding allows: nothing between whole numbers of one unit, else half a digit or 1 %."""
    other_unit = (
        one.unit != two.unit and one.base == two.base and not one.dimension.startswith("count")
    )
    largest = max(abs(x) for v in (one, two) for x in (v.low, v.high) if x is not None)
    slack = _CONVERTED * largest if other_unit else 0.0
    if one.ulp != two.ulp and (one.written % 1 or two.written % 1 or other_unit):
        slack = max(slack, max(one.ulp, two.ulp) / 2)
    return slack * 1.000001


def numbers_conflict(one: NumberValue, two: NumberValue) -> Conflict | None:
    """Two intervals that do not meet, after conversion and rounding."""
    if not dimensions_agree(one.dimension, two.dimension):
        return None
    low_a, high_a = _ends(one)
    low_b, high_b = _ends(two)
    gap = max(low_a, low_b) - min(high_a, high_b)
    slack = _slack(one, two)
    if gap <= slack:
        return None
    if {one.hedge, two.hedge} & {"above", "from", "below", "upto"}:
        return Conflict("bound", "number.bound", 0.85)
    if (
        one.unit != two.unit
        and one.written == two.written
        and one.base == two.base
        and one.base
        and not one.dimension.startswith("count")
    ):
        return Conflict("unit", "number.unit", 0.8)
    return Conflict("number", "number.value", 0.9)


def dates_conflict(one: DateValue, two: DateValue) -> Conflict | None:
    """Two dates of one event without a common day."""
    if one.event != two.event or (one.first <= two.last and two.first <= one.last):
        return None
    return Conflict("date", "date.day", 0.9)


def labels_conflict(kind: str, one: LabelValue, two: LabelValue) -> Conflict | None:
    """Two words of a closed set that exclude each other."""
    if one.label == two.label or one.about != two.about:
        return None
    if (
        kind == "status"
        and "done" not in {one.label, two.label}
        and "unstarted" not in {one.label, two.label}
    ):
        return None
    return Conflict(kind, f"{kind}.opposite", {"status": 0.85, "trend": 0.85}.get(kind, 0.75))


# A Chinese person's name is no longer; what is longer is a firm's.
_LONG_NAME = 4


def _pairs(name: str) -> set[str]:
    """Neighbouring characters of a firm's name, without the words that say what it is."""
    for word in lexicon("people")["bodies"]["plain_zh"]:
        name = name.replace(word, " ")
    return {name[at : at + 2] for at in range(len(name) - 1) if " " not in name[at : at + 2]}


def _same_person(one: str, two: str) -> bool:
    """True when the names may mean one person: equal, or one a part of the other."""
    chinese = not one.isascii() and not two.isascii()
    if chinese and max(len(one), len(two)) > _LONG_NAME and _pairs(one) & _pairs(two):
        # 宏达建筑公司 and 市宏达公司 are one firm.
        return True
    first, second = one.lower().split(), two.lower().split()
    return (
        one == two
        or one in two
        or two in one
        or set(first) <= set(second)
        or set(second) <= set(first)
    )


def people_conflict(one: PersonValue, two: PersonValue) -> Conflict | None:
    """Two holders of one office."""
    if _same_person(one.name, two.name):
        return None
    return Conflict("person", "person.holder", 0.8)


def sites_conflict(one: SiteValue, two: SiteValue) -> Conflict | None:
    """Two sites with no word in common; a landmark and a named place are not compared."""
    if one.named != two.named or one.level != two.level or set(one.keys) & set(two.keys):
        return None
    if any(a in b or b in a for a in one.keys for b in two.keys if len(a) > 1 and len(b) > 1):
        return None
    return Conflict("place", "place.site", 0.75)


def compare_values(first: Claim, second: Claim) -> Conflict | None:
    """The conflict of two claims of one kind, their subject taken as the same."""
    one, two = first.value, second.value
    if isinstance(one, NumberValue) and isinstance(two, NumberValue):
        return numbers_conflict(one, two)
    if isinstance(one, DateValue) and isinstance(two, DateValue):
        return dates_conflict(one, two)
    if isinstance(one, LabelValue) and isinstance(two, LabelValue):
        return labels_conflict(first.kind, one, two)
    if isinstance(one, PersonValue) and isinstance(two, PersonValue):
        return people_conflict(one, two)
    if isinstance(one, SiteValue) and isinstance(two, SiteValue):
        return sites_conflict(one, two)
    return None
