"""Tables of sync: the sequence of a scope, the head of each record, and the log of all changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlmodel import Field, SQLModel

from services.kernel.entity import JsonColumn, UtcDateTime


class SyncScope(SQLModel, table=True):
    """One scope; its row lock orders all writers, so that a cursor can never skip a commit."""

    __tablename__ = "sync_scope"

    id: str = Field(primary_key=True, sa_type=String(36))
    seq: int = Field(default=0, sa_type=BigInteger)
    hlc: str = Field(default="", sa_type=String(90))


class SyncLost(SQLModel, table=True):
    """A restore: sequence numbers after `after` up to `until` were given in a history now lost."""

    __tablename__ = "sync_lost"

    scope: str = Field(primary_key=True, sa_type=String(36))
    after: int = Field(primary_key=True, sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcDateTime)


class SyncHead(SQLModel, table=True):
    """Where a record stands: its last seq, who wrote each field last, what is contested.

    `stamps` is `{field: [hlc, seq, device, user]}`; `contested` is `{field: [{value, by, at}]}`.
    """

    __tablename__ = "sync_head"
    __table_args__ = (Index("ix_sync_head_scope_seq", "scope", "seq"),)

    entity: str = Field(primary_key=True, sa_type=String(40))
    record: str = Field(primary_key=True, sa_type=String(36))
    scope: str = Field(sa_type=String(36))
    seq: int = Field(sa_type=BigInteger)
    deleted: bool = False
    deleted_seq: int | None = Field(default=None, sa_type=BigInteger)
    author: str | None = Field(default=None, sa_type=String(36))
    sensitivity: str = Field(default="normal", sa_type=String(40))
    stamps: dict[str, list[Any]] = Field(sa_type=JsonColumn)
    contested: dict[str, list[dict[str, Any]]] = Field(sa_type=JsonColumn)


class SyncChange(SQLModel, table=True):
    """One accepted change, as it came and as it was judged; never updated, never deleted.

    `stood` lists the fields that won; `seq` is null when nothing did. `hlc` is corrected for the
    phone's clock, `sent_hlc` is what the phone wrote.
    """

    __tablename__ = "sync_change"
    __table_args__ = (
        Index("ix_sync_change_scope_seq", "scope", "seq"),
        Index("ix_sync_change_record", "entity", "record"),
    )

    id: str = Field(primary_key=True, sa_type=String(36))
    scope: str = Field(sa_type=String(36))
    seq: int | None = Field(default=None, sa_type=BigInteger)
    entity: str = Field(sa_type=String(40))
    record: str = Field(sa_type=String(36))
    hlc: str = Field(sa_type=String(90))
    sent_hlc: str = Field(sa_type=String(90))
    device: str = Field(sa_type=String(64))
    by: str = Field(sa_type=String(36))
    at: datetime = Field(sa_type=UtcDateTime)
    base: int | None = Field(default=None, sa_type=BigInteger)
    deleted: bool = False
    fields: dict[str, Any] = Field(sa_type=JsonColumn)
    stood: list[str] = Field(sa_type=JsonColumn)
    # What came of merged texts and sets where it is another one than was sent: `{field: value}`.
    merged: dict[str, Any] | None = Field(default=None, sa_type=JsonColumn)
    digest: str = Field(sa_type=String(64))
