"""Tables of accounts and of what proves them; none of them is synced."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlmodel import Field, SQLModel

from services.kernel.entity import JsonColumn, UtcDateTime, name_field
from services.kernel.ids import new_id


def _id() -> Any:
    return Field(default_factory=new_id, primary_key=True, sa_type=String(36))


def _secret_hash() -> Any:
    return Field(unique=True, sa_type=String(64))


def _of_user() -> Any:
    return Field(foreign_key="user.id", index=True, sa_type=String(36))


def _at(**more: Any) -> Any:
    return Field(sa_type=UtcDateTime, **more)


class User(SQLModel, table=True):
    """One person with an account; no password hash means that only tokens sign in."""

    __tablename__ = "user"

    id: str = _id()
    email: str = Field(unique=True, sa_type=String(200))
    name: str = name_field()
    password_hash: str = Field(default="", sa_type=String(300))
    admin: bool = False
    created_at: datetime = _at()
    disabled_at: datetime | None = _at(default=None)


class UserSession(SQLModel, table=True):
    """One signed-in browser, by cookie; only the hash of its secret is kept."""

    __tablename__ = "user_session"

    id: str = _id()
    secret_hash: str = _secret_hash()
    user: str = _of_user()
    device: str | None = Field(default=None, index=True, sa_type=String(64))
    agent: str = name_field()
    created_at: datetime = _at()
    seen_at: datetime = _at()
    expires_at: datetime = _at()


class Token(SQLModel, table=True):
    """One personal token of a REST client; shown once, kept as a hash."""

    __tablename__ = "token"

    id: str = _id()
    secret_hash: str = _secret_hash()
    user: str = _of_user()
    name: str = name_field()
    created_at: datetime = _at()
    last_used_at: datetime | None = _at(default=None)
    revoked_at: datetime | None = _at(default=None)


class Device(SQLModel, table=True):
    """One installation of the app, bound to the first user who pushed from it."""

    __tablename__ = "device"

    id: str = Field(primary_key=True, sa_type=String(64))
    user: str = _of_user()
    name: str = name_field()
    first_seen: datetime = _at()
    last_seen: datetime = _at()
    revoked_at: datetime | None = _at(default=None)
    erase_requested: bool = False


class SetupLink(SQLModel, table=True):
    """The one-time link that makes the first account; at most one is valid."""

    __tablename__ = "setup_link"

    secret_hash: str = Field(primary_key=True, sa_type=String(64))
    created_at: datetime = _at()
    expires_at: datetime = _at()
    used_at: datetime | None = _at(default=None)


class Audit(SQLModel, table=True):
    """Who did what to whom, and when. Only ever added to; never holds the text of a note."""

    __tablename__ = "audit"

    id: str = _id()
    at: datetime = _at(index=True)
    actor: str | None = Field(default=None, index=True, sa_type=String(36))
    action: str = Field(sa_type=String(60))
    trip: str | None = Field(default=None, index=True, sa_type=String(36))
    subject: str | None = Field(default=None, sa_type=String(200))
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JsonColumn)
