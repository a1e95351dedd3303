"""Tables of claims (with the postings that pair them) and of contradictions.

Only contradictions are synced; what they are found by stays on the server.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import BigInteger, Index, String
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict

from services.contradictions.classes import Class
from services.contradictions.consequences import Consequence
from services.kernel.entity import (
    TEXT_LIMIT,
    Clean,
    Entity,
    Fields,
    JsonColumn,
    RefId,
    choice_field,
    json_field,
    name_field,
)

ContradictionState = Literal["open", "verifying", "ruled", "withdrawn"]
Verdict = Literal["a", "b", "both", "neither", "unresolved", "dismissed"]


class Claim(SQLModel, table=True):
    """Typed content of one statement: where it stands and what it says. The server's own, unsynced.

    `start` and `end` are code points of the value in the record's `field`.
    """

    __tablename__ = "claim"

    id: str = Field(primary_key=True, sa_type=String(36))
    trip: str = Field(sa_type=String(36), index=True)
    entity: str = Field(sa_type=String(40))
    record: str = Field(sa_type=String(36), index=True)
    field: str = Field(sa_type=String(40))
    start: int
    end: int
    content: dict[str, Any] = Field(sa_type=JsonColumn)


class ClaimTerm(SQLModel, table=True):
    """One posting: this term of this trip stands in the claims of this record."""

    __tablename__ = "claim_term"
    __table_args__ = (
        Index("ix_claim_term_record", "record"),
        {"sqlite_with_rowid": False},
    )

    trip: str = Field(primary_key=True, sa_type=String(36))
    term: str = Field(primary_key=True, sa_type=String(80))
    record: str = Field(primary_key=True, sa_type=String(36))
    entity: str = Field(sa_type=String(40))


class ClaimCursor(SQLModel, table=True):
    """How far into a trip's sequence of changes its texts have been read for claims."""

    __tablename__ = "claim_cursor"

    trip: str = Field(primary_key=True, sa_type=String(36))
    seq: int = Field(sa_type=BigInteger)


class FlagPlace(SQLModel, table=True):
    """Where a flag stands: the records of its accounts, and the recordings of those spoken."""

    __tablename__ = "flag_place"
    __table_args__ = (
        Index("ix_flag_place_flag", "flag"),
        {"sqlite_with_rowid": False},
    )

    place: str = Field(primary_key=True, sa_type=String(36))
    flag: str = Field(primary_key=True, sa_type=String(36))


class Account(TypedDict):
    """One of two accounts; `start`/`end` are code points in `field`, `quote` equals that slice.

    `value` as it was read, `normalised` in one form for all languages: "3200000 CNY".
    """

    entity: Literal["note", "segment", "document", "unit"]
    record: RefId
    field: str
    quote: str
    start: int
    end: int
    value: str
    normalised: NotRequired[str]
    speaker: NotRequired[RefId | None]
    media: NotRequired[RefId | None]
    at_ms: NotRequired[int | None]


class Ruling(TypedDict):
    """What a person decided; a new ruling supersedes, the log keeps every one."""

    verdict: Verdict
    reason: NotRequired[Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]]
    by: NotRequired[str | None]
    at: NotRequired[str | None]


def _reasoned(ruling: Ruling) -> Ruling:
    """That both hold explains nothing by itself: the reason is what the next reader needs."""
    if ruling["verdict"] == "both" and not ruling.get("reason", "").strip():
        raise PydanticCustomError("reason_missing", "say why both accounts hold")
    return ruling


class ContradictionFields(Fields):
    """Two claims of one trip that cannot both hold. People write only `state` and `ruling`.

    `difference` says how they differ; another scope or time explains it. `consequence` is the
    gravest thing that hangs on it.
    """

    kind: Clean = name_field()
    difference: Class = choice_field(default="differ")
    consequence: Consequence = choice_field(default="none")
    a: Account = json_field(default=...)
    b: Account = json_field(default=...)
    reason: dict[str, str] = json_field(default=...)
    rule: Clean = name_field()
    confidence: float | None = None
    state: ContradictionState = choice_field(default="open")
    ruling: Annotated[Ruling, AfterValidator(_reasoned)] | None = json_field()


class Contradiction(ContradictionFields, Entity, table=True):
    __tablename__ = "contradiction"
