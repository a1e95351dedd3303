"""Changing who belongs to a trip: by principal and aide, of whom one must always remain."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from services.identity import Audit, User, UserRenamed, get_user, user_by_email, write_audit
from services.kernel.actor import Actor
from services.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from services.sync import ServerWrite, SyncScope, write_as_server
from services.trips.access import FormerMember, InviteLink, Quarantined
from services.trips.membership import find_member, member_record, members_of, trips_of
from services.trips.models import Member, Role
from services.trips.policy import open_view
from services.trips.rights import KEEPERS
from services.trips.shapes import MemberAdded


@dataclass(frozen=True)
class Deed:
    """Who does something on which trip, and when."""

    actor: Actor
    trip: str
    at: datetime


def list_members(session: Session, actor: Actor, trip: str) -> list[Member]:
    """Everybody on the trip, for any of its members."""
    open_view(session, actor, trip)
    return members_of(session, trip)


def add_member(session: Session, deed: Deed, wanted: MemberAdded) -> Member:
    """Take an account in; `not_allowed`, `user_unknown`, `already_member`, `user_missing`."""
    require_keeper(session, deed.actor, deed.trip)
    lock_trip(session, deed.trip)
    user = _wanted_user(session, wanted)
    if find_member(session, deed.trip, user.id) is not None:
        raise Conflict("already_member")
    return put_member(session, deed, user, wanted.role)


def change_role(session: Session, deed: Deed, member: str, role: Role) -> Member:
    """Give a member another role; Conflict `last_keeper` if nobody answered for the trip then."""
    require_keeper(session, deed.actor, deed.trip)
    lock_trip(session, deed.trip)
    found = _one(session, deed.trip, member)
    if role not in KEEPERS:
        _keep_a_keeper(session, found)
        _revoke_links(session, deed, found.user)
    _write(session, deed, ServerWrite("member", found.id, {"role": role}))
    audit_deed(session, deed, "role_changed", found.user, role=role)
    return session.get_one(Member, found.id, populate_existing=True)


def remove_member(session: Session, deed: Deed, member: str) -> None:
    """End a membership; everybody may end their own. Conflict `last_keeper`."""
    view = open_view(session, deed.actor, deed.trip)
    lock_trip(session, deed.trip)
    found = _one(session, deed.trip, member)
    if found.user != deed.actor.user and not view.is_keeper:
        raise Forbidden("not_allowed")
    _keep_a_keeper(session, found)
    _revoke_links(session, deed, found.user)
    former = FormerMember(trip=deed.trip, user=found.user, name=found.name, ended_at=deed.at)
    session.merge(former)
    _write(session, deed, ServerWrite("member", found.id, deleted=True))
    audit_deed(session, deed, "member_removed", found.user)


def put_member(session: Session, deed: Deed, user: User, role: Role) -> Member:
    """Write the membership, without asking whether the actor may; for this room only."""
    former = session.get(FormerMember, (deed.trip, user.id))
    if former is not None:
        session.delete(former)
    record = member_record(deed.trip, user.id)
    fields = {"user": user.id, "role": role, "name": user.name}
    _write(session, deed, ServerWrite("member", record, fields))
    audit_deed(session, deed, "member_added", user.id, role=role)
    return session.get_one(Member, record, populate_existing=True)


def follow_rename(session: Session, event: UserRenamed) -> None:
    """Let every membership of a renamed user show the new name."""
    for trip in trips_of(session, event.user):
        write = ServerWrite("member", member_record(trip, event.user), {"name": event.name})
        write_as_server(session, trip, [write], actor=Actor(event.user, event.name))


def list_quarantine(session: Session, actor: Actor, trip: str) -> list[Quarantined]:
    """What came from people whose rights had ended, oldest first; for keepers."""
    require_keeper(session, actor, trip)
    query = select(Quarantined).where(Quarantined.trip == trip)
    return list(session.exec(query.order_by(col(Quarantined.at), col(Quarantined.id))))


def require_keeper(session: Session, actor: Actor, trip: str) -> None:
    """Let only aide and principal pass; strangers get the NotFound of `open_view`."""
    if not open_view(session, actor, trip).is_keeper:
        raise Forbidden("not_allowed", "only an aide or the principal may do this")


def lock_trip(session: Session, trip: str) -> None:
    """Order those who change members, so that two cannot both be the one who leaves last."""
    query = select(SyncScope.id).where(SyncScope.id == trip)
    session.exec(query.with_for_update()).one()


def _wanted_user(session: Session, wanted: MemberAdded) -> User:
    if wanted.user is not None:
        return get_user(session, wanted.user)
    if wanted.email is None:
        raise Invalid("user_missing", "give `email` or `user`")
    return user_by_email(session, wanted.email)


def audit_deed(session: Session, deed: Deed, action: str, subject: str, **detail: object) -> None:
    """Add one line on the trip to the audit log."""
    line = Audit(at=deed.at, actor=deed.actor.user, action=action, trip=deed.trip)
    line.subject, line.detail = subject, detail
    write_audit(session, line)


def _one(session: Session, trip: str, member: str) -> Member:
    query = select(Member.user).where(
        Member.trip == trip, or_(col(Member.id) == member, col(Member.user) == member)
    )
    user = session.exec(query).first()
    found = find_member(session, trip, user) if user else None
    if found is None:
        raise NotFound("member_unknown")
    return found


def _keep_a_keeper(session: Session, leaving: Member) -> None:
    others = [m for m in members_of(session, leaving.trip) if m.id != leaving.id]
    if not any(member.role in KEEPERS for member in others):
        raise Conflict("last_keeper", "an aide or a principal must remain")


def _revoke_links(session: Session, deed: Deed, user: str) -> None:
    open_links = update(InviteLink).where(
        col(InviteLink.trip) == deed.trip,
        col(InviteLink.made_by) == user,
        col(InviteLink.revoked_at).is_(None),
    )
    session.exec(open_links.values(revoked_at=deed.at))


def _write(session: Session, deed: Deed, write: ServerWrite) -> None:
    write_as_server(session, deed.trip, [write], actor=deed.actor)
