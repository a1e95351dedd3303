"""Accounts: making, finding and changing them. Hashing is left to credentials.py."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, func, select

from services.identity.audit import write_audit
from services.identity.events import UserRenamed
from services.identity.models import Audit, User, UserSession
from services.identity.shapes import UserShown
from services.kernel.clock import SystemClock
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.events import publish


def normalise_email(email: str) -> str:
    """The form in which an address is kept and compared."""
    return email.strip().lower()


@dataclass(frozen=True)
class NewUser:
    """Who gets an account; without a password hash only tokens sign in."""

    email: str
    name: str
    password_hash: str = ""
    admin: bool = False


def add_user(session: Session, new: NewUser, *, now: datetime | None = None) -> User:
    """Make an account; Invalid `email_invalid`, Conflict `email_taken`."""
    email = normalise_email(new.email)
    if "@" not in email.strip("@") or len(email) > 200 or any(c.isspace() for c in email):
        raise Invalid("email_invalid")
    if find_user(session, email) is not None:
        raise Conflict("email_taken")
    at = now or SystemClock().now()
    user = User(
        email=email,
        name=new.name.strip(),
        password_hash=new.password_hash,
        admin=new.admin,
        created_at=at,
    )
    session.add(user)
    session.flush()
    write_audit(session, Audit(at=at, actor=user.id, action="user_added", subject=user.id))
    return user


def find_user(session: Session, email: str) -> User | None:
    """The account of an address, disabled or not."""
    return session.exec(select(User).where(User.email == normalise_email(email))).first()


def get_user(session: Session, user: str) -> User:
    """The account of an id; NotFound `user_unknown`."""
    found = session.get(User, user)
    if found is None:
        raise NotFound("user_unknown")
    return found


def user_by_email(session: Session, email: str) -> User:
    """The account of an address; NotFound `user_unknown`."""
    found = find_user(session, email)
    if found is None:
        raise NotFound("user_unknown", f"No account has the address {normalise_email(email)}")
    return found


def has_users(session: Session) -> bool:
    """Whether anybody has an account yet."""
    return session.exec(select(User.id).limit(1)).first() is not None


def count_users(session: Session) -> int:
    """How many accounts there are."""
    return session.exec(select(func.count(col(User.id)))).one()


def show_user(user: User) -> UserShown:
    """An account without its secrets."""
    return UserShown(id=user.id, email=user.email, name=user.name, admin=user.admin)


def rename_user(session: Session, user: str, name: str) -> User:
    """Change the name that others see from now on."""
    found = get_user(session, user)
    found.name = name.strip()
    session.add(found)
    publish(session, UserRenamed(user, found.name))
    return found


def set_disabled(session: Session, user: str, *, disabled: bool, now: datetime) -> User:
    """Shut an account out at once, tokens and browsers too, or let it in again."""
    found = get_user(session, user)
    found.disabled_at = (found.disabled_at or now) if disabled else None
    session.add(found)
    action = "user_disabled" if disabled else "user_enabled"
    write_audit(session, Audit(at=now, action=action, subject=user))
    return found


def list_users(session: Session) -> list[User]:
    """All accounts, by address."""
    return list(session.exec(select(User).order_by(col(User.email))))


def set_password(
    session: Session, user: str, password_hash: str, *, now: datetime, keep: str | None = None
) -> None:
    """Replace the password and sign out every browser but the session `keep`."""
    found = get_user(session, user)
    found.password_hash = password_hash
    session.add(found)
    others = delete(UserSession).where(col(UserSession.user) == user)
    session.exec(others.where(col(UserSession.id) != keep) if keep else others)
    write_audit(session, Audit(at=now, actor=user, action="password_changed", subject=user))
