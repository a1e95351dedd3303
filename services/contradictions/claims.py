"""What a claim is: typed content of one statement, and the exact stretch it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Kind = Literal["number", "date", "status", "polarity", "person", "place", "trend", "quantifier"]


# Verbs of no listed class are marked so in `LabelValue.about`: they must share more of the subject.
OPEN_VERB = "verb:"
# What sort a thing is (imported or domestic) is marked so; its label is "origin.imported".
TRAIT = "trait:"


@dataclass(frozen=True, slots=True)
class Statement:
    """A text somebody said or wrote; `order` tells the earlier from the later.

    `place` is the name of the stop or unit it is about unless it names another.
    """

    id: str
    text: str
    speaker: str = ""
    said_on: date | None = None
    order: float = 0.0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """A period of whole days; `grain` as in `services.language.Period`."""

    first: date
    last: date
    grain: str
    edge: bool = False


@dataclass(frozen=True, slots=True)
class NumberValue:
    """An interval in base units (None = open); `things` are the keys of what is counted."""

    low: float | None
    high: float | None
    dimension: str
    base: str
    unit: str
    written: float
    ulp: float
    hedge: str
    worded: bool
    things: tuple[str, ...] = ()
    direction: str = ""


@dataclass(frozen=True, slots=True)
class DateValue:
    """The days of an event of one class (start, finish, open, ...)."""

    first: date
    last: date
    grain: str
    event: str


@dataclass(frozen=True, slots=True)
class LabelValue:
    """A word of a closed set: a stage, a direction, held or denied, all or some lacking.

    `about` is the class of event or verb the word belongs to, where there is one.
    """

    label: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class PersonValue:
    """Who holds an office."""

    name: str


@dataclass(frozen=True, slots=True)
class SiteValue:
    """Where something stands: the keys of the words that say it; `named` for a place name.

    `level` is true for a floor of a building, which agrees with any building or landmark.
    """

    keys: tuple[str, ...]
    named: bool
    level: bool = False


Value = NumberValue | DateValue | LabelValue | PersonValue | SiteValue


@dataclass(frozen=True, slots=True)
class Claim:
    """One typed value with its subject; `text[start:end]` is the value, `quote_*` its sentence.

    `subject` maps word keys to weights, `names` are those of named places and units, `scope` the
    words of its whole sentence. `modality` is stated or planned (asked and supposed text makes no
    claim); `planned` names the noun of a plan (budget, target) when that is what is measured.
    `vague` subjects open with a pronoun.

    `home` holds the keys of the name of the place it is about where it names none, `sorts` those of
    what that place is. `level` is how wide it says to be (county); `own` is "self" for what is the
    speaker's (我家, my) and "group" for what is of those around (我们, our, here).
    """

    kind: Kind
    value: Value
    start: int
    end: int
    quote_start: int
    quote_end: int
    subject: Mapping[str, float]
    names: frozenset[str] = frozenset()
    scope: frozenset[str] = frozenset()
    period: Days | None = None
    said_on: date | None = None
    modality: str = "stated"
    planned: frozenset[str] = frozenset()
    negated: bool = False
    parts: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    vague: bool = False
    ordinal: int = 0
    statement: str = ""
    speaker: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    home: frozenset[str] = frozenset()
    sorts: frozenset[str] = frozenset()
    level: str = ""
    own: str = ""

    def terms(self) -> list[str]:
        """The keys that stand in the index: words that say something about the subject."""
        return [key for key, weight in self.subject.items() if weight >= 0.6]
