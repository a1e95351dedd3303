"""Trips of the asker, their members, the links by which people join, and what keepers oversee."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.dependencies import ActorDep, HouseDep, MaybeSignedInDep, ReadDep, WriteDep
from api.problems import problems
from api.routes.identity import attempt_of, enter
from api.routes.sync import TripId
from services import identity, trips
from services.bootstrap import House
from services.kernel.errors import (
    Busy,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    Unauthenticated,
)

router = APIRouter(tags=["trips"])
_SIGNED = problems(Unauthenticated, Forbidden)
_TRIP = _SIGNED | problems(NotFound)
_Secret = Annotated[str, Path(max_length=200)]
_Key = Annotated[str, Path(max_length=36)]


@router.get("/trips", responses=_SIGNED)
def list_trips(actor: ActorDep, session: ReadDep) -> list[trips.TripListed]:
    """The asker's trips with the role in each, latest first; their records come by sync."""
    return trips.show_trips(session, actor)


@router.get("/trips/{trip}", responses=_TRIP)
def read_trip(trip: TripId, actor: ActorDep, session: ReadDep) -> trips.TripListed:
    """One trip of the asker."""
    return trips.show_trip(session, actor, trip)


@router.get("/trips/{trip}/members", responses=_TRIP)
def list_members(trip: TripId, actor: ActorDep, session: ReadDep) -> list[trips.MemberShown]:
    """Everybody on the trip."""
    members = trips.list_members(session, actor, trip)
    return [trips.MemberShown(**member.model_dump()) for member in members]


@router.post(
    "/trips/{trip}/members", status_code=201, responses=_TRIP | problems(Conflict, Invalid)
)
def add_member(
    trip: TripId,
    wanted: trips.MemberAdded,
    actor: ActorDep,
    session: WriteDep,
    house: HouseDep,
) -> trips.MemberShown:
    """Take an existing account in; aide and principal only."""
    deed = trips.Deed(actor, trip, house.clock.now())
    return trips.MemberShown(**trips.add_member(session, deed, wanted).model_dump())


@router.patch("/trips/{trip}/members/{member}", responses=_TRIP | problems(Conflict))
def change_role(  # noqa: PLR0913 - two of them are the house and the transaction
    trip: TripId,
    member: _Key,
    wanted: trips.MemberChanged,
    actor: ActorDep,
    session: WriteDep,
    house: HouseDep,
) -> trips.MemberShown:
    """Give a member (by record or by user) another role; aide and principal only."""
    deed = trips.Deed(actor, trip, house.clock.now())
    row = trips.change_role(session, deed, member, wanted.role)
    return trips.MemberShown(**row.model_dump())


@router.delete(
    "/trips/{trip}/members/{member}", status_code=204, responses=_TRIP | problems(Conflict)
)
def remove_member(
    trip: TripId, member: _Key, actor: ActorDep, session: WriteDep, house: HouseDep
) -> None:
    """End a membership; everybody may end their own, aide and principal anybody's."""
    trips.remove_member(session, trips.Deed(actor, trip, house.clock.now()), member)


@router.post("/trips/{trip}/invitations", status_code=201, responses=_TRIP)
def make_link(
    trip: TripId,
    wanted: trips.LinkWanted,
    actor: ActorDep,
    session: WriteDep,
    house: HouseDep,
) -> trips.LinkMade:
    """Make a link by which people join; aide and principal only."""
    deed = trips.Deed(actor, trip, house.clock.now())
    secret, link = trips.make_link(session, deed, wanted)
    return trips.LinkMade(token=secret, url=_join_url(house, secret), **link.model_dump())


@router.get("/trips/{trip}/invitations", responses=_TRIP)
def list_links(
    trip: TripId, actor: ActorDep, session: ReadDep, house: HouseDep
) -> list[trips.LinkShown]:
    """The links that still work; aide and principal only."""
    links = trips.list_links(session, actor, trip, now=house.clock.now())
    return [trips.LinkShown(**link.model_dump()) for link in links]


@router.delete("/trips/{trip}/invitations/{link}", status_code=204, responses=_TRIP)
def revoke_link(
    trip: TripId, link: _Key, actor: ActorDep, session: WriteDep, house: HouseDep
) -> None:
    """End a link; who has joined by it stays."""
    trips.revoke_link(session, trips.Deed(actor, trip, house.clock.now()), link)


@router.get("/invitations/{token}", responses=problems(NotFound, Gone))
def open_link(token: _Secret, session: ReadDep, house: HouseDep) -> trips.LinkOpened:
    """What the holder of a link may know before joining; needs no account."""
    opened = trips.open_link(session, token, now=house.clock.now())
    return trips.LinkOpened(
        trip=opened.link.trip,
        title=opened.title,
        role=opened.link.role,
        invited_by=opened.invited_by,
        expires_at=opened.link.expires_at,
    )


@router.post(
    "/invitations/{token}/accept",
    responses=problems(Invalid, Unauthenticated, Forbidden, NotFound, Gone, Conflict, Busy),
)
def accept_link(  # noqa: PLR0913 - three of them are the house and the two halves of HTTP
    token: _Secret,
    wanted: trips.JoinWanted,
    signed_in: MaybeSignedInDep,
    house: HouseDep,
    request: Request,
    response: Response,
) -> trips.Joined:
    """Join: who is signed in at once, others by making an account, which signs them in."""
    now = house.clock.now()
    if signed_in is not None:
        member, user = trips.join_signed_in(house.db, signed_in, token, now=now)
        shown = identity.SessionShown(user=identity.show_user(user), csrf=signed_in.csrf)
    else:
        attempt = attempt_of(request, *trips.account_of(wanted))
        member, signed = trips.join_as_new(
            house.db, token, attempt, name=wanted.name or "", now=now
        )
        shown = enter(request, response, signed)
    return trips.Joined(trip=member.trip, role=member.role, **shown.model_dump())


@router.get("/trips/{trip}/quarantine", responses=_TRIP)
def list_quarantine(
    trip: TripId, actor: ActorDep, session: ReadDep
) -> list[trips.QuarantinedShown]:
    """What came from people or devices whose access had ended; aide and principal only."""
    rows = trips.list_quarantine(session, actor, trip)
    return [trips.QuarantinedShown(**row.model_dump()) for row in rows]


@router.get("/trips/{trip}/audit", responses=_TRIP)
def read_audit(trip: TripId, actor: ActorDep, session: ReadDep) -> list[trips.AuditShown]:
    """Who did what to this trip's access, newest first; aide and principal only."""
    trips.require_keeper(session, actor, trip)
    lines = identity.read_audit(session, trip=trip)
    return [trips.AuditShown(**line.model_dump()) for line in lines]


def _join_url(house: House, secret: str) -> str:
    return f"{house.settings.public_url.rstrip('/')}/join/{secret}"
