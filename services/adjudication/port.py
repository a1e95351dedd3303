"""The adjudicator port: a second opinion on a pair that the rules have already flagged.

An adjudicator knows no database, no job and no trip. It can agree or doubt, and nothing else.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

AdjudicatorState = Literal["ready", "incomplete", "incompatible", "unreachable"]


@dataclass(frozen=True)
class AdjudicatorStatus:
    """Whether it can work now; `hint` is one English sentence that says the mend."""

    state: AdjudicatorState
    hint: str = ""

    @property
    def ready(self) -> bool:
        return self.state == "ready"


@dataclass(frozen=True)
class Side:
    """One account: the words as they stand, and the value in them that the rules read."""

    quote: str
    value: str = ""


@dataclass(frozen=True)
class Candidate:
    """All that an adjudicator is ever shown: no names of people, no places, no trip.

    `kind` is what the rules found to differ (number, date, status, …), `first` was said earlier.
    """

    kind: str
    first: Side
    second: Side


@dataclass(frozen=True)
class Opinion:
    """What was answered; `sure` is 0 to 1, how sure of just this answer."""

    outcome: Literal["confirmed", "downgraded"]
    sure: float


class AdjudicationError(Exception):
    """No opinion was had; the message never carries what was said."""


class Adjudicator(Protocol):
    """One adviser, used by one thread at a time."""

    name: str

    def status(self) -> AdjudicatorStatus:
        """Whether it can be asked; may load a model or ask a server, so not for every request."""
        ...

    def judge(self, candidate: Candidate) -> Opinion:
        """Can both accounts hold? Raises AdjudicationError."""
        ...

    def close(self) -> None:
        """Give memory and connections back; it may be used again afterwards."""
        ...
