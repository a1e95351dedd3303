"""What a synced record is made of: the base of every table and the types its fields may have.

A room declares each field once, as `class NoteFields(Fields)`, and its table as
`class Note(NoteFields, Entity, table=True)`; validation, migration, OpenAPI and the client's types
follow from that one declaration. Table classes do not validate: rows are built by services/sync.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, PlainSerializer
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict

from services.kernel.ids import is_id

TEXT_LIMIT = 200_000
NAME_LIMIT = 200
# Written into the schema of a field, from which server and client know how to merge it.
PARAGRAPHS = {"merge": "paragraphs"}
MEMBERS = {"merge": "members"}

Sensitivity = Literal["normal", "restricted", "off_record"]


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: ISO text on SQLite (sorts by time), timestamptz on PostgreSQL."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return write_instant(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value)


JsonColumn = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


@lru_cache(maxsize=1024)  # of one push, most instants are written twice or more
def write_instant(value: datetime) -> str:
    """`2026-11-23T08:01:02.345Z`: UTC, always milliseconds, so that text order is time order."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _to_utc(value: datetime) -> datetime:
    utc = value.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _check_id(value: str) -> str:
    if not is_id(value):
        raise ValueError("not an id")
    return value


def _no_nul(value: str) -> str:
    # PostgreSQL cannot keep U+0000; nobody types it, and refusing it late would lose the note.
    return value.replace("\x00", "")


def _iso_only(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise ValueError("an ISO 8601 time with its offset")
    return value


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_iso_only),
    AfterValidator(_to_utc),
    PlainSerializer(write_instant, return_type=str, when_used="json-unless-none"),
]
RefId = Annotated[str, AfterValidator(_check_id)]
Clean = Annotated[str, AfterValidator(_no_nul)]


class Reference(TypedDict):
    """One record of this trip: `source` and `evidence` items."""

    entity: str
    record: RefId


class Owner(TypedDict):
    """Whoever has a matter in hand: a person met, a user of the app, or a unit."""

    kind: Literal["person", "user", "unit"]
    id: RefId


def text_field(**more: Any) -> Any:
    """Text of a line or two, one value like any other: at most 200,000 characters."""
    return Field(default="", max_length=TEXT_LIMIT, sa_type=String, **more)


def long_text_field(**more: Any) -> Any:
    """Text of many paragraphs: edits of different ones by several devices are merged."""
    return text_field(schema_extra={"json_schema_extra": dict(PARAGRAPHS)}, **more)


def name_field(**more: Any) -> Any:
    """A name or role: at most 200 characters."""
    return Field(max_length=NAME_LIMIT, sa_type=String, **{"default": "", **more})


def whole_field(**more: Any) -> Any:
    """A whole number from 0 that JavaScript can hold exactly (milliseconds, bytes, minutes)."""
    return Field(ge=0, le=2**53 - 1, sa_type=BigInteger, **{"default": None, **more})


def choice_field(**more: Any) -> Any:
    """One of a few words; required unless a default is given."""
    return Field(sa_type=String(40), **more)


def ref_field(**more: Any) -> Any:
    """The id of another record; checked for form only, for its target may arrive later."""
    return Field(sa_type=String(36), **{"default": None, **more})


def instant_field(**more: Any) -> Any:
    """A point in time, UTC."""
    return Field(sa_type=UtcDateTime, **{"default": None, **more})


def json_field(**more: Any) -> Any:
    """A small structure kept as JSON, absent by default."""
    return Field(sa_type=JsonColumn, **{"default": None, **more})


def list_field(**more: Any) -> Any:
    """A short list kept as JSON, empty by default."""
    return Field(sa_type=JsonColumn, default_factory=list, **more)


def members_field() -> Any:
    """A set kept as a list, empty by default: what several devices add to it all stays."""
    return list_field(schema_extra={"json_schema_extra": dict(MEMBERS)})


class Fields(SQLModel):
    """Base of every `…Fields`: the part of a record that people and devices write."""

    model_config = ConfigDict(  # type: ignore[assignment] # SQLModel narrows the type of its base
        json_schema_serialization_defaults_required=True, extra="forbid", allow_inf_nan=False
    )


class Entity(SQLModel):
    """What every synced record has; of these only `sensitivity` is written from outside."""

    id: str = Field(primary_key=True, sa_type=String(36))
    trip: str = Field(foreign_key="trip.id", sa_type=String(36), index=True)
    created_by: str | None = Field(default=None, sa_type=String(36))
    created_at: Instant | None = instant_field()
    sensitivity: Sensitivity = choice_field(default="normal")


__all__ = [
    "MEMBERS",
    "PARAGRAPHS",
    "TEXT_LIMIT",
    "Clean",
    "Entity",
    "Fields",
    "Instant",
    "JsonColumn",
    "Owner",
    "RefId",
    "Reference",
    "Sensitivity",
    "UtcDateTime",
    "choice_field",
    "date",
    "instant_field",
    "json_field",
    "list_field",
    "long_text_field",
    "members_field",
    "name_field",
    "ref_field",
    "text_field",
    "whole_field",
    "write_instant",
]
