"""What the routes of contradictions give: a flag with its questions, answers, evidence, rulings."""

from services.contradictions import Account, ContradictionState, Difference, Gravity, Verdict
from services.followup.models import QuestionKind, QuestionState
from services.kernel.entity import Instant, Reference, Sensitivity, date
from services.kernel.shapes import Answer


class QuestionShown(Answer):
    """One question made from a flag; `answer` is proved by `evidence`, records of this trip."""

    id: str
    text: str
    kind: QuestionKind | None
    person: str | None
    person_name: str
    stop: str | None
    asked_by: str | None
    ask_on: date | None
    state: QuestionState
    answer: str
    evidence: list[Reference]
    created_by: str
    created_at: Instant | None


class RulingShown(Answer):
    """One ruling as the log keeps it; `stands` for the one that was not superseded.

    `change` finds it in the history of the record, `seq` is null for one that came too late to
    stand; `by` is a user, `at` an instant.
    """

    verdict: Verdict
    reason: str
    by: str
    by_name: str
    at: str
    stands: bool
    seq: int | None
    change: str


class EarlierAccount(Answer):
    """One account of a trip; `start`/`end` are code points in `field` that `quote` equals."""

    trip: str
    trip_title: str
    said_on: date
    speaker_name: str
    entity: str
    record: str
    field: str
    quote: str
    start: int
    end: int
    value: str
    normalised: str
    speaker: str | None = None
    media: str | None = None
    at_ms: int | None = None


class EarlierShown(Answer):
    """Two accounts of two trips, the earlier first; found when asked for and not kept.

    `difference` is `changed` where time went by between them.
    """

    kind: str
    difference: Difference
    consequence: Gravity
    a: EarlierAccount
    b: EarlierAccount
    reason: dict[str, str]
    confidence: float


class ContradictionShown(Answer):
    """Two accounts that differ, and all that was done to find out which holds; oldest first."""

    id: str
    kind: str
    difference: Difference
    consequence: Gravity
    a: Account
    b: Account
    reason: dict[str, str]
    rule: str
    confidence: float | None
    state: ContradictionState
    sensitivity: Sensitivity
    created_at: Instant | None
    questions: list[QuestionShown]
    rulings: list[RulingShown]
