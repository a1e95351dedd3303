"""Tables of access to a trip that are not synced: links, ended memberships, quarantine."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlmodel import Field, SQLModel

from services.kernel.entity import JsonColumn, UtcDateTime, choice_field, name_field
from services.kernel.ids import new_id
from services.trips.models import Role


class InviteLink(SQLModel, table=True):
    """A link by which people join a trip in one role, until it expires, is used up or revoked."""

    __tablename__ = "invite_link"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=String(36))
    secret_hash: str = Field(unique=True, sa_type=String(64))
    trip: str = Field(foreign_key="trip.id", index=True, sa_type=String(36))
    role: Role = choice_field()
    made_by: str = Field(sa_type=String(36))
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    max_uses: int
    used: int = 0
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class FormerMember(SQLModel, table=True):
    """Somebody removed from a trip: what they had written before may still arrive."""

    __tablename__ = "former_member"

    trip: str = Field(foreign_key="trip.id", primary_key=True, sa_type=String(36))
    user: str = Field(primary_key=True, index=True, sa_type=String(36))
    name: str = name_field()
    ended_at: datetime = Field(sa_type=UtcDateTime)


class Quarantined(SQLModel, table=True):
    """One change that came after its writer's rights had ended, kept whole for the keepers."""

    __tablename__ = "quarantined"
    __table_args__ = (Index("ix_quarantined_trip", "trip", "at"),)

    id: str = Field(primary_key=True, sa_type=String(36))
    trip: str = Field(foreign_key="trip.id", sa_type=String(36))
    user: str = Field(sa_type=String(36))
    device: str = Field(default="", sa_type=String(64))
    at: datetime = Field(sa_type=UtcDateTime)
    change: dict[str, Any] = Field(sa_type=JsonColumn)
