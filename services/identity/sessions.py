"""Signed-in browsers: 90 days from the last use, revocable one by one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, delete, select

from services.identity.credentials import csrf_of, hash_secret, new_secret
from services.identity.models import Device, Token, User, UserSession
from services.kernel.actor import Actor
from services.kernel.errors import NotFound

LIFETIME = timedelta(days=90)
# Sliding is written at most this often, so that reading stays reading.
_TOUCH_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class SignedIn:
    """Who asks, by what it is proven, and what the request must still show.

    `csrf` is the value unsafe requests by cookie must carry in `X-CSRF-Token`; tokens need none.
    `stale` asks for `touch` in a write transaction. `device_revoked` leaves only pushing and
    signing out; `erase` tells the device to erase itself.
    """

    actor: Actor
    by: Literal["session", "token"]
    id: str
    csrf: str | None = None
    stale: bool = False
    device_revoked: bool = False
    erase: bool = False


def start_session(
    session: Session, user: User, *, now: datetime, device: str | None = None, agent: str = ""
) -> tuple[str, UserSession]:
    """Sign a browser in; the secret for its cookie exists only in this answer."""
    secret = new_secret()
    row = UserSession(
        secret_hash=hash_secret(secret),
        user=user.id,
        device=device,
        agent=agent[:200],
        created_at=now,
        seen_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(row)
    _drop_expired(session, now)
    session.flush()
    return secret, row


def actor_by_session(session: Session, secret: str, now: datetime) -> SignedIn | None:
    """Whose cookie this is; None when unknown, expired or of a disabled account."""
    asked = {"secret": hash_secret(secret), "now": now}
    found = session.execute(_WHOSE, asked).one_or_none()
    if found is None:
        return None
    revoked = found.revoked_at is not None
    return SignedIn(
        actor=Actor(found.user, found.name, found.admin, found.device, found.id),
        by="session",
        id=found.id,
        csrf=csrf_of(secret),
        stale=now - found.seen_at > _TOUCH_EVERY,
        device_revoked=revoked,
        erase=revoked and found.erase_requested,
    )


# Asked by every request of a browser: made once, and by columns. A device that another user has
# taken over says nothing about this one.
_WHOSE: Any = (
    sa_select(
        *(col(UserSession.id), col(UserSession.seen_at), col(UserSession.device)),
        *(col(User.id).label("user"), col(User.name), col(User.admin)),
        *(col(Device.revoked_at), col(Device.erase_requested)),
    )
    .join_from(UserSession, User, col(User.id) == col(UserSession.user))
    .join(
        Device,
        (col(Device.id) == col(UserSession.device)) & (col(Device.user) == col(User.id)),
        isouter=True,
    )
    .where(col(UserSession.secret_hash) == bindparam("secret"))
    .where(col(UserSession.expires_at) > bindparam("now"), col(User.disabled_at).is_(None))
)


def touch(session: Session, signed_in: SignedIn, now: datetime) -> None:
    """Note that session or token was used; sessions live on from here."""
    if signed_in.by == "token":
        token = session.get(Token, signed_in.id)
        if token is not None:
            token.last_used_at = now
            session.add(token)
        return
    row = session.get(UserSession, signed_in.id)
    if row is not None:
        row.seen_at = now
        row.expires_at = now + LIFETIME
        session.add(row)


def list_sessions(session: Session, user: str, now: datetime) -> list[UserSession]:
    """The user's living sessions, latest use first."""
    query = select(UserSession).where(UserSession.user == user, UserSession.expires_at > now)
    return list(session.exec(query.order_by(col(UserSession.seen_at).desc())))


def end_session(session: Session, user: str, session_id: str) -> None:
    """Sign one browser of the user out; NotFound `session_unknown`."""
    row = session.get(UserSession, session_id)
    if row is None or row.user != user:
        raise NotFound("session_unknown")
    session.delete(row)


def _drop_expired(session: Session, now: datetime) -> None:
    session.exec(delete(UserSession).where(col(UserSession.expires_at) < now))
