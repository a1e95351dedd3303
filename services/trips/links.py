"""Links by which people join a trip: made and revoked by its keepers, used by whoever holds one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from services.identity import (
    Attempt,
    NewSession,
    NewUser,
    SignedIn,
    User,
    add_user,
    get_user,
    hash_password,
    hash_secret,
    new_secret,
    open_session,
)
from services.kernel.actor import Actor
from services.kernel.db import Database
from services.kernel.errors import Forbidden, Gone, NotFound, Unauthenticated
from services.trips.access import InviteLink
from services.trips.members import Deed, audit_deed, lock_trip, put_member, require_keeper
from services.trips.membership import find_member
from services.trips.models import Member, Trip
from services.trips.rights import KEEPERS
from services.trips.shapes import JoinWanted, LinkWanted

_USES_FOR_KEEPERS = 1
_USES_FOR_OTHERS = 20


@dataclass(frozen=True)
class OpenedLink:
    """A link that still works, and what its holder may know."""

    link: InviteLink
    title: str
    invited_by: str


def make_link(session: Session, deed: Deed, wanted: LinkWanted) -> tuple[str, InviteLink]:
    """A new link; its secret exists only in this answer."""
    require_keeper(session, deed.actor, deed.trip)
    secret = new_secret()
    usual = _USES_FOR_KEEPERS if wanted.role in KEEPERS else _USES_FOR_OTHERS
    link = InviteLink(
        secret_hash=hash_secret(secret),
        trip=deed.trip,
        role=wanted.role,
        made_by=deed.actor.user,
        created_at=deed.at,
        expires_at=deed.at + timedelta(days=wanted.days),
        max_uses=wanted.max_uses or usual,
    )
    session.add(link)
    session.flush()
    audit_deed(session, deed, "link_made", link.id, role=link.role)
    return secret, link


def list_links(session: Session, actor: Actor, trip: str, *, now: datetime) -> list[InviteLink]:
    """The links of a trip that still work, newest first."""
    require_keeper(session, actor, trip)
    query = select(InviteLink).where(InviteLink.trip == trip).order_by(col(InviteLink.id).desc())
    return [link for link in session.exec(query) if _works(link, now)]


def revoke_link(session: Session, deed: Deed, link: str) -> None:
    """End a link; who has joined by it stays. NotFound `invitation_unknown`."""
    require_keeper(session, deed.actor, deed.trip)
    found = session.get(InviteLink, link)
    if found is None or found.trip != deed.trip:
        raise NotFound("invitation_unknown")
    found.revoked_at = found.revoked_at or deed.at
    session.add(found)
    audit_deed(session, deed, "link_revoked", found.id)


def open_link(session: Session, secret: str, *, now: datetime) -> OpenedLink:
    """What the holder of a link may know; NotFound `invitation_unknown`, Gone `invitation_over`."""
    query = select(InviteLink).where(InviteLink.secret_hash == hash_secret(secret))
    # Locked, so that the last use is not given twice; SQLite's writers are one at a time anyway.
    link = session.exec(query.with_for_update()).first()
    if link is None:
        raise NotFound("invitation_unknown")
    if not _works(link, now):
        raise Gone("invitation_over")
    trip = session.get(Trip, link.trip)
    inviter = session.get(User, link.made_by)
    title = trip.title if trip is not None and trip.sensitivity == "normal" else ""
    return OpenedLink(link, title, inviter.name if inviter else "")


def join_by_link(session: Session, actor: Actor, secret: str, *, now: datetime) -> Member:
    """Make the actor a member in the link's role; who is one already keeps theirs."""
    link = open_link(session, secret, now=now).link
    lock_trip(session, link.trip)
    member = find_member(session, link.trip, actor.user)
    if member is not None:
        return member
    link.used += 1
    session.add(link)
    user = get_user(session, actor.user)
    return put_member(session, Deed(actor, link.trip, now), user, link.role)


def join_signed_in(
    db: Database, signed_in: SignedIn, secret: str, *, now: datetime
) -> tuple[Member, User]:
    """Join with the account one has; Forbidden `device_revoked` from a device that was shut out."""
    if signed_in.device_revoked:
        raise Forbidden("device_revoked", erase=signed_in.erase)
    with db.write() as session:
        member = join_by_link(session, signed_in.actor, secret, now=now)
        return member, get_user(session, signed_in.actor.user)


def account_of(wanted: JoinWanted) -> tuple[str, str]:
    """Address and password of whoever joins anew; Unauthenticated when an account is not given."""
    if not wanted.name or not wanted.email or not wanted.password:
        raise Unauthenticated("signed_out", "sign in, or give `name`, `email` and `password`")
    return wanted.email, wanted.password


def join_as_new(
    db: Database, secret: str, attempt: Attempt, *, name: str, now: datetime
) -> tuple[Member, NewSession]:
    """Make an account, join, and sign in; Conflict `email_taken` for who should sign in instead."""
    with db.read() as session:
        open_link(session, secret, now=now)
    hashed = hash_password(attempt.password)
    with db.write() as session:
        open_link(session, secret, now=now)
        user = add_user(session, NewUser(attempt.email, name, hashed), now=now)
        actor = Actor(user=user.id, name=user.name)
        member = join_by_link(session, actor, secret, now=now)
        signed = open_session(session, user, now=now, device=attempt.device, agent=attempt.agent)
    return member, signed


def _works(link: InviteLink, now: datetime) -> bool:
    return link.revoked_at is None and link.expires_at > now and link.used < link.max_uses
