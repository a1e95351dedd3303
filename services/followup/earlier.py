"""What was heard of an organisation on this trip against what was heard on the reader's others."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from services.contradictions import GRAVEST, Flag, compare_trips, fields_of
from services.directory import Unit
from services.followup.shapes import EarlierAccount, EarlierShown
from services.kernel.actor import Actor
from services.kernel.errors import NotFound
from services.language import fold
from services.sync import Subject, SyncHead
from services.trips import Trip, TripView, list_trips, open_view

MOST_TRIPS = 5
MOST_SHOWN = 100


def list_earlier(session: Session, actor: Actor, trip: str, unit: str) -> list[EarlierShown]:
    """Differences with the latest five other trips of the actor to a unit of the same name.

    Those that cannot both hold first, then what changed, the gravest first; at most 100. NotFound
    `trip_unknown` for strangers, `record_unknown` for a unit that is not there or not for them.
    """
    view = open_view(session, actor, trip)
    names = {row.id: fold(row.name).strip() for row in _units(session, view)}
    if unit not in names:
        raise NotFound("record_unknown", "no such record, or not for you")
    mine = {found.id: found for found, _ in list_trips(session, actor.user)}
    shown = [
        _shown(flag, (mine[trip], other))
        for other in _others(session, actor, trip, names[unit])
        for flag in compare_trips(session, trip, other.id)
    ]
    return sorted(shown, key=_rank)[:MOST_SHOWN]


def _others(session: Session, actor: Actor, trip: str, name: str) -> Iterator[Trip]:
    """The actor's other trips that know a unit of this name, latest first."""
    left = MOST_TRIPS if name else 0
    for other, member in list_trips(session, actor.user):
        view = TripView(other.id, member.user, member.role)
        if other.id == trip or not _may_read(view, "trip", other):
            continue
        if left and any(fold(row.name).strip() == name for row in _units(session, view)):
            left -= 1
            yield other


def _units(session: Session, view: TripView) -> list[Unit]:
    query = (
        select(Unit)
        .join(SyncHead, col(SyncHead.record) == col(Unit.id))
        .where(SyncHead.entity == "unit", SyncHead.scope == view.trip)
        .where(col(SyncHead.deleted).is_(False))
    )
    return [row for row in session.exec(query) if _may_read(view, "unit", row)]


def _may_read(view: TripView, entity: str, row: Unit | Trip) -> bool:
    return view.may_read(Subject(entity, row.id, row.created_by, row.sensitivity))


def _shown(flag: Flag, trips: tuple[Trip, Trip]) -> EarlierShown:
    fields, titles = fields_of(flag), {trip.id: trip.title for trip in trips}
    for name, source in (("a", flag.a), ("b", flag.b)):
        fields[name] = EarlierAccount(
            **fields[name],
            trip=source.trip,
            trip_title=titles[source.trip],
            said_on=source.said_on,
            speaker_name=source.speaker_name,
        )
    return EarlierShown.model_validate(fields)


def _rank(shown: EarlierShown) -> tuple[bool, int, float]:
    changed = shown.difference == "changed"
    return changed, GRAVEST.index(shown.consequence), -shown.confidence
