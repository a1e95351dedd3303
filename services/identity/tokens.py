"""Personal tokens of REST clients: `Authorization: Bearer sx_…`."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from services.identity.audit import write_audit
from services.identity.credentials import TOKEN_PREFIX, hash_secret, new_secret
from services.identity.models import Audit, Token, User
from services.identity.sessions import SignedIn
from services.kernel.actor import Actor
from services.kernel.clock import SystemClock
from services.kernel.errors import NotFound

_TOUCH_EVERY = timedelta(minutes=10)
# Asked by every request: made once, and by columns, for the ORM's objects cost a multiple.
_WHOSE: Any = (
    sa_select(
        *(col(Token.id), col(Token.last_used_at)),
        *(col(User.id).label("user"), col(User.name), col(User.admin)),
    )
    .join_from(Token, User, col(User.id) == col(Token.user))
    .where(col(Token.secret_hash) == bindparam("secret"))
    .where(col(Token.revoked_at).is_(None), col(User.disabled_at).is_(None))
)


def create_token(
    session: Session, user: str, *, name: str, now: datetime | None = None
) -> tuple[str, Token]:
    """Make a token of the user; its text exists only in this answer."""
    at = now or SystemClock().now()
    secret = new_secret(TOKEN_PREFIX)
    row = Token(secret_hash=hash_secret(secret), user=user, name=name.strip(), created_at=at)
    session.add(row)
    session.flush()
    write_audit(session, Audit(at=at, actor=user, action="token_created", subject=row.id))
    return secret, row


def actor_by_token(session: Session, secret: str, now: datetime) -> SignedIn | None:
    """Whose token this is; None when unknown, revoked or of a disabled account."""
    found = session.execute(_WHOSE, {"secret": hash_secret(secret)}).one_or_none()
    if found is None:
        return None
    stale = found.last_used_at is None or now - found.last_used_at > _TOUCH_EVERY
    actor = Actor(user=found.user, name=found.name, admin=found.admin)
    return SignedIn(actor=actor, by="token", id=found.id, stale=stale)


def list_tokens(session: Session, user: str) -> list[Token]:
    """The user's tokens that still work, newest first."""
    query = select(Token).where(Token.user == user, col(Token.revoked_at).is_(None))
    return list(session.exec(query.order_by(col(Token.id).desc())))


def revoke_token(session: Session, user: str, token: str, *, now: datetime) -> None:
    """End one token of the user; NotFound `token_unknown`."""
    row = session.get(Token, token)
    if row is None or row.user != user or row.revoked_at is not None:
        raise NotFound("token_unknown")
    row.revoked_at = now
    session.add(row)
    write_audit(session, Audit(at=now, actor=user, action="token_revoked", subject=token))
