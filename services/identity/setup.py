"""The first account: a one-time link, valid only while nobody has an account."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, delete, select

from services.identity.accounts import NewUser, add_user, has_users
from services.identity.credentials import hash_secret, new_secret
from services.identity.models import SetupLink, User
from services.kernel.clock import SystemClock
from services.kernel.errors import Gone

_LIFETIME = timedelta(days=7)


def ensure_setup_link(
    session: Session, public_url: str, *, now: datetime | None = None
) -> str | None:
    """A fresh link for the first account, in place of any earlier; None when there is one."""
    if has_users(session):
        return None
    at = now or SystemClock().now()
    session.exec(delete(SetupLink))
    secret = new_secret()
    session.add(
        SetupLink(secret_hash=hash_secret(secret), created_at=at, expires_at=at + _LIFETIME)
    )
    return f"{public_url.rstrip('/')}/setup?token={secret}"


def setup_link_valid(session: Session, secret: str, now: datetime) -> bool:
    """Whether this link still makes the first account."""
    row = session.get(SetupLink, hash_secret(secret))
    if row is None or row.used_at is not None or row.expires_at <= now:
        return False
    return not has_users(session)


def set_up(session: Session, secret: str, new: NewUser, *, now: datetime) -> User:
    """Use the link up and make the administrator's account; Gone `setup_link_used`."""
    # Locked, so that of two at once on PostgreSQL the second finds it used.
    query = select(SetupLink).where(SetupLink.secret_hash == hash_secret(secret))
    row = session.exec(query.with_for_update()).first()
    if row is None or not setup_link_valid(session, secret, now):
        raise Gone("setup_link_used")
    row.used_at = now
    session.add(row)
    return add_user(session, replace(new, admin=True), now=now)
