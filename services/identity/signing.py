"""Signing in and changing passwords: the use cases that hash, so they open their own transactions.

Hashing takes a fifth of a second; it happens between a reading and a writing transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from services.identity.accounts import NewUser, find_user, get_user, normalise_email, set_password
from services.identity.audit import write_audit
from services.identity.credentials import csrf_of, hash_password, password_fits
from services.identity.guard import LoginGuard
from services.identity.models import Audit, User
from services.identity.sessions import SignedIn, start_session
from services.identity.setup import set_up, setup_link_valid
from services.identity.shapes import PasswordChanged
from services.kernel.db import Database
from services.kernel.errors import Forbidden, Gone, Unauthenticated


@dataclass(frozen=True)
class Attempt:
    """What somebody offers to be let in, and from where."""

    email: str
    password: str
    address: str = ""
    agent: str = ""
    device: str | None = None


@dataclass(frozen=True)
class NewSession:
    """A browser signed in: the secret goes into its cookie and nowhere else."""

    user: User
    id: str
    secret: str
    csrf: str
    expires_at: datetime


def sign_in(db: Database, guard: LoginGuard, attempt: Attempt, *, now: datetime) -> NewSession:
    """Check the password and start a session; `wrong_credentials`, `too_many_attempts`."""
    email = normalise_email(attempt.email)
    guard.check(email, attempt.address)
    with db.read() as session:
        user = find_user(session, email)
    hashed = user.password_hash if user else ""
    fits = password_fits(attempt.password, hashed)
    if user is None or not fits or user.disabled_at is not None:
        guard.failed(attempt.address)
        with db.write() as session:
            failed = Audit(at=now, action="sign_in_failed", subject=user.id if user else None)
            write_audit(session, failed)
        raise Unauthenticated("wrong_credentials")
    guard.succeeded(email, attempt.address)
    with db.write() as session:
        current = get_user(session, user.id)
        if current.password_hash != hashed:
            raise Unauthenticated("wrong_credentials")
        return open_session(session, current, now=now, device=attempt.device, agent=attempt.agent)


def open_session(
    session: Session, user: User, *, now: datetime, device: str | None = None, agent: str = ""
) -> NewSession:
    """Start a session for somebody who has proven who they are."""
    secret, row = start_session(session, user, now=now, device=device, agent=agent)
    write_audit(session, Audit(at=now, actor=user.id, action="signed_in", subject=row.id))
    return NewSession(user, row.id, secret, csrf_of(secret), row.expires_at)


def make_first_account(
    db: Database, link: str, attempt: Attempt, *, name: str, now: datetime
) -> NewSession:
    """Use the one-time link, make the administrator and sign in; Gone `setup_link_used`."""
    with db.read() as session:
        if not setup_link_valid(session, link, now):
            raise Gone("setup_link_used")
    new = NewUser(attempt.email, name, hash_password(attempt.password))
    with db.write() as session:
        user = set_up(session, link, new, now=now)
        return open_session(session, user, now=now, device=attempt.device, agent=attempt.agent)


def change_password(
    db: Database, guard: LoginGuard, signed_in: SignedIn, change: PasswordChanged, *, now: datetime
) -> None:
    """Replace the password after proof of the old one; Forbidden `wrong_password`.

    Every other browser is signed out; the one that asks stays.
    """
    user = signed_in.actor.user
    guard.check(user, "password")
    with db.read() as session:
        hashed = get_user(session, user).password_hash
    if not password_fits(change.old, hashed):
        raise Forbidden("wrong_password")
    guard.succeeded(user, "password")
    fresh = hash_password(change.new)
    with db.write() as session:
        set_password(session, user, fresh, now=now, keep=signed_in.id)
