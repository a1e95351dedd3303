"""Personal tokens of REST clients: `Authorization: Bearer sx_…`."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from services.identity.audit import write_audit
from services.identity.credentials import TOKEN_PREFIX, hash_secret, new_secret
from services.identity.models import Audit, Token, User
from services.identity.sessions import SignedIn
from services.kernel.actor import Actor
from services.kernel.clock import SystemClock
from services.kernel.errors import NotFound

_TOUCH_EVERY = timedelta(minutes=10)


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
    row = session.exec(select(Token).where(Token.secret_hash == hash_secret(secret))).first()
    user = session.get(User, row.user) if row and row.revoked_at is None else None
    if row is None or user is None or user.disabled_at is not None:
        return None
    stale = row.last_used_at is None or now - row.last_used_at > _TOUCH_EVERY
    actor = Actor(user=user.id, name=user.name, admin=user.admin)
    return SignedIn(actor=actor, by="token", id=row.id, stale=stale)


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
