"""The list of one's trips, each with the role there; a hidden trip keeps its title to itself."""

from sqlmodel import Session

from services.kernel.actor import Actor
from services.kernel.errors import NotFound
from services.sync import Subject
from services.trips.membership import list_trips
from services.trips.models import Member, Trip
from services.trips.policy import open_view
from services.trips.shapes import TripListed
from services.trips.views import TripView


def show_trips(session: Session, actor: Actor) -> list[TripListed]:
    """All living trips of the actor, latest first."""
    return [_listed(trip, member) for trip, member in list_trips(session, actor.user)]


def show_trip(session: Session, actor: Actor, trip: str) -> TripListed:
    """One trip of the actor; NotFound `trip_unknown` for strangers."""
    open_view(session, actor, trip)
    for found, member in list_trips(session, actor.user):
        if found.id == trip:
            return _listed(found, member)
    raise NotFound("trip_unknown", "no such trip, or not for you")


def _listed(trip: Trip, member: Member) -> TripListed:
    view = TripView(trip.id, member.user, member.role)
    listed = TripListed(id=trip.id, role=member.role, view=view.token)
    if not view.may_read(Subject("trip", trip.id, trip.created_by, trip.sensitivity)):
        return listed
    told = trip.model_dump(include={"kind", "title", "starts_on", "ends_on", "timezone"})
    return listed.model_copy(update=told)
