"""What a device last said it still holds of a trip: kept with the time, shown in custody."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field as Bounded
from sqlalchemy import BigInteger, String
from sqlmodel import Field, Session, SQLModel

from services.identity import meet_device
from services.kernel.actor import Actor
from services.kernel.entity import Instant, UtcDateTime
from services.kernel.errors import Forbidden
from services.kernel.shapes import Answer, Body
from services.sync import Exchange

# What JavaScript can count exactly.
_Count = Annotated[int, Bounded(ge=0, le=2**53 - 1)]
# Whoever says that a note is older than twenty years has a broken clock.
_OLDEST_MS = 20 * 366 * 86_400_000


class DeviceUnsent(SQLModel, table=True):
    """One device's last word about one trip; all zero means that it has handed everything in."""

    __tablename__ = "device_unsent"

    trip: str = Field(foreign_key="trip.id", primary_key=True, sa_type=String(36))
    device: str = Field(primary_key=True, sa_type=String(64))
    user: str = Field(sa_type=String(36))
    at: datetime = Field(sa_type=UtcDateTime)
    records: int = Field(default=0, sa_type=BigInteger)
    files: int = Field(default=0, sa_type=BigInteger)
    bytes: int = Field(default=0, sa_type=BigInteger)
    oldest: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UnsentReport(Body):
    """How many records and files of this trip the server has no receipt for, and their bytes.

    `oldest_age_ms` is how long ago the oldest of them was made: an age needs no right clock.
    """

    records: _Count
    files: _Count
    bytes: _Count
    oldest_age_ms: _Count | None = None


class UnsentShown(Answer):
    """What a device held when it last said so (`at`); `oldest` is when the oldest was made."""

    at: Instant
    records: int
    files: int
    bytes: int
    oldest: Instant | None


def report_unsent(
    session: Session, actor: Actor, trip: str, device: str, report: UnsentReport
) -> UnsentShown:
    """Remember it; every member may, for a device of their own.

    NotFound when the trip is not the actor's, Forbidden `device_of_another` or `device_revoked`.
    """
    exchange = Exchange.of(session)
    exchange.policy.view(session, actor, trip)
    now = exchange.clock.now()
    met = meet_device(session, replace(actor, device=device), now=now)
    if met is None or met.revoked_at is not None:
        raise Forbidden("device_revoked", "this device was revoked")
    row = session.merge(
        DeviceUnsent(
            trip=trip,
            device=met.id,
            user=actor.user,
            at=now,
            records=report.records,
            files=report.files,
            bytes=report.bytes,
            oldest=_moment(now, report.oldest_age_ms),
        )
    )
    return show_unsent(row)


def show_unsent(row: DeviceUnsent) -> UnsentShown:
    return UnsentShown(**row.model_dump(exclude={"trip", "device", "user"}))


def _moment(now: datetime, age_ms: int | None) -> datetime | None:
    if age_ms is None:
        return None
    return now - timedelta(milliseconds=min(age_ms, _OLDEST_MS))
