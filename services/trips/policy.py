"""The Policy that services/sync asks: opens a member's view, founds trips, knows ended access."""

from sqlmodel import Session

from services.identity import Audit, meet_device, write_audit
from services.kernel.actor import Actor
from services.kernel.errors import NotFound
from services.sync import Exchange, ServerWrite, View, write_as_server
from services.trips.access import FormerMember
from services.trips.membership import member_record, role_of
from services.trips.views import EndedView, TripView


def open_view(session: Session, actor: Actor, trip: str) -> TripView:
    """The actor's rights on a trip; the same NotFound for strangers and for trips that are not."""
    role = role_of(session, trip, actor.user)
    if role is None:
        raise NotFound("trip_unknown", "no such trip, or not for you")
    return TripView(trip=trip, user=actor.user, role=role)


class TripPolicy:
    """Implements services.sync's Policy with the Rights table of the contract."""

    def view(self, session: Session, actor: Actor, scope: str) -> TripView:
        return open_view(session, actor, scope)

    def writing_view(
        self, session: Session, actor: Actor, scope: str, *, is_founding: bool
    ) -> View:
        now = Exchange.of(session).clock.now()
        device = meet_device(session, actor, now=now)
        if is_founding and not (device and device.revoked_at):
            return TripView(trip=scope, user=actor.user, role="aide")
        role = role_of(session, scope, actor.user)
        former = None if role else session.get(FormerMember, (scope, actor.user))
        if role is None and former is None:
            raise NotFound("trip_unknown", "no such trip, or not for you")
        ends = [end for end in (device and device.revoked_at, former and former.ended_at) if end]
        if ends:
            return EndedView(scope, actor.user, actor.device or "", min(ends), now)
        return open_view(session, actor, scope)

    def has_part(self, session: Session, scope: str, user: str) -> bool:
        role = role_of(session, scope, user)
        return role is not None or session.get(FormerMember, (scope, user)) is not None

    def scope_founded(self, session: Session, actor: Actor, scope: str) -> None:
        now = Exchange.of(session).clock.now()
        fields = {"user": actor.user, "role": "aide", "name": actor.name}
        write = ServerWrite("member", member_record(scope, actor.user), fields)
        write_as_server(session, scope, [write], actor=actor)
        line = Audit(at=now, actor=actor.user, action="trip_founded", trip=scope)
        write_audit(session, line)
