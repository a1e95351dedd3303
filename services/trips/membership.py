"""Who belongs to a trip, read from the synced member rows; writing them is left to members.py."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from services.kernel.ids import derive_id
from services.sync import SyncHead
from services.trips.models import Member, Role, Trip


def member_record(trip: str, user: str) -> str:
    """The record of a user's membership: one per trip and user, revived when they come back."""
    return derive_id("member", trip, user)


def find_member(session: Session, trip: str, user: str) -> Member | None:
    """The living membership of a user."""
    query = select(Member).where(Member.trip == trip, Member.user == user, _is_live("member"))
    return session.exec(query).first()


def role_of(session: Session, trip: str, user: str) -> Role | None:
    """The user's role on the trip; None for a stranger."""
    asked = {"trip": trip, "user": user}
    role: Role | None = session.execute(_role(), asked).scalars().first()
    return role


@cache
def _role() -> Select[Any]:
    # Asked by every request: made once, and by columns, for the ORM's objects cost a multiple.
    of_trip, of_user = col(Member.trip) == bindparam("trip"), col(Member.user) == bindparam("user")
    return sa_select(col(Member.role)).where(of_trip, of_user, _is_live("member"))


def members_of(session: Session, trip: str) -> list[Member]:
    """All living members, in the order in which they came."""
    query = select(Member).where(Member.trip == trip, _is_live("member"))
    return list(session.exec(query.order_by(col(Member.created_at), col(Member.id))))


def list_trips(session: Session, user: str) -> list[tuple[Trip, Member]]:
    """The living trips of a user with the membership in each, latest first."""
    joined = select(Trip, Member).join(Member, col(Member.trip) == col(Trip.id))
    query = joined.where(Member.user == user, _is_live("member"), _is_live("trip"))
    return list(session.exec(query.order_by(col(Trip.id).desc())))


def trips_of(session: Session, user: str) -> frozenset[str]:
    """The ids of a user's trips, deleted ones too, for those may be restored."""
    query = select(Member.trip).where(Member.user == user, _is_live("member"))
    return frozenset(session.exec(query))


def _is_live(entity: str) -> ColumnElement[bool]:
    record = col(Member.id) if entity == "member" else col(Trip.id)
    head = select(SyncHead.record).where(
        and_(
            col(SyncHead.entity) == entity,
            col(SyncHead.record) == record,
            col(SyncHead.deleted).is_(False),
        )
    )
    return head.exists()
