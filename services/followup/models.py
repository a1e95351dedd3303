"""Tables of questions, findings, matters and their progress."""

from datetime import date
from typing import Literal

from services.kernel.entity import (
    Clean,
    Entity,
    Fields,
    Owner,
    Reference,
    RefId,
    choice_field,
    json_field,
    long_text_field,
    members_field,
    name_field,
    ref_field,
    text_field,
)

QuestionKind = Literal["person", "place", "paper"]
QuestionState = Literal["open", "asked", "answered", "dropped"]
MatterKind = Literal["decision", "commitment", "request", "instruction"]
MatterState = Literal[
    "registered", "assigned", "accepted", "reported", "done", "verified", "closed"
]


class QuestionFields(Fields):
    """Something to ask of a person, to look at in a place, or a paper to ask for.

    `ask_on` is the day, in the trip's zone, whose list it is in; `evidence` proves the answer.
    """

    text: Clean = text_field()
    kind: QuestionKind | None = choice_field(default=None)
    person: RefId | None = ref_field()
    stop: RefId | None = ref_field()
    asked_by: RefId | None = ref_field()
    ask_on: date | None = None
    state: QuestionState = choice_field(default="open")
    answer: Clean = long_text_field()
    evidence: list[Reference] = members_field()
    source: Reference | None = json_field()


class Question(QuestionFields, Entity, table=True):
    __tablename__ = "question"


class FindingFields(Fields):
    """What the trip found: evidence, cause, proposal."""

    title: Clean = name_field()
    cause: Clean = long_text_field()
    proposal: Clean = long_text_field()
    evidence: list[Reference] = members_field()


class Finding(FindingFields, Entity, table=True):
    __tablename__ = "finding"


class MatterFields(Fields):
    """A decision, commitment, request or instruction followed to closure."""

    kind: MatterKind | None = choice_field(default=None)
    text: Clean = text_field()
    owner: Owner | None = json_field()
    due_on: date | None = None
    raised_by: RefId | None = ref_field()
    source: Reference | None = json_field()
    state: MatterState = choice_field(default="registered")
    blocked: bool = False
    blocked_reason: Clean = text_field()


class Matter(MatterFields, Entity, table=True):
    __tablename__ = "matter"


class ProgressFields(Fields):
    """One step of a matter, with its evidence."""

    matter: RefId = ref_field(default=..., index=True)
    text: Clean = long_text_field()
    evidence: list[Reference] = members_field()
    state: Clean = name_field()


class Progress(ProgressFields, Entity, table=True):
    __tablename__ = "progress"
