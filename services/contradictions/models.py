"""Tables of claims (with the postings that pair them) and of contradictions."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import StringConstraints
from sqlalchemy import Index, String
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict

from services.kernel.entity import (
    TEXT_LIMIT,
    Clean,
    Entity,
    Fields,
    RefId,
    choice_field,
    json_field,
    name_field,
    ref_field,
)

ContradictionState = Literal["open", "verifying", "ruled", "withdrawn"]
Verdict = Literal["a", "b", "both", "neither", "unresolved", "dismissed"]


class ClaimFields(Fields):
    """Typed content of one statement: where it stands, what it is about, what it says."""

    entity: Clean = name_field()
    record: RefId = ref_field(default=..., index=True)
    field: Clean = name_field()
    start: int = 0
    end: int = 0
    quote: Clean = name_field()
    speaker: RefId | None = ref_field()
    content: dict[str, Any] = json_field(default=...)


class Claim(ClaimFields, Entity, table=True):
    __tablename__ = "claim"


class ClaimTerm(SQLModel, table=True):
    """One posting: this rare term of this trip stands in this claim."""

    __tablename__ = "claim_term"
    __table_args__ = (Index("ix_claim_term_trip_term", "trip", "term"),)

    claim: str = Field(primary_key=True, sa_type=String(36))
    term: str = Field(primary_key=True, sa_type=String(80))
    trip: str = Field(sa_type=String(36))


class Account(TypedDict):
    """One of two accounts; `start`/`end` are code points in `field`, `quote` equals that slice."""

    entity: Literal["note", "segment", "document", "unit"]
    record: RefId
    field: str
    quote: str
    start: int
    end: int
    value: str
    speaker: NotRequired[RefId | None]
    media: NotRequired[RefId | None]
    at_ms: NotRequired[int | None]


class Ruling(TypedDict):
    """What a person decided; a new ruling supersedes, the log keeps every one."""

    verdict: Verdict
    reason: NotRequired[Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]]
    by: NotRequired[str | None]
    at: NotRequired[str | None]


class ContradictionFields(Fields):
    """Two claims of one trip that cannot both hold. People write only `state` and `ruling`."""

    kind: Clean = name_field()
    a: Account = json_field(default=...)
    b: Account = json_field(default=...)
    reason: dict[str, str] = json_field(default=...)
    rule: Clean = name_field()
    confidence: float | None = None
    state: ContradictionState = choice_field(default="open")
    ruling: Ruling | None = json_field()


class Contradiction(ContradictionFields, Entity, table=True):
    __tablename__ = "contradiction"
