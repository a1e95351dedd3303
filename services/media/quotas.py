"""How many bytes a user may keep here: what is stored and what is announced, against a limit."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, String, bindparam, func
from sqlalchemy import select as sa_select
from sqlmodel import Field, Session, SQLModel, col, select

from services.identity import User
from services.kernel.errors import Full
from services.media.arrivals import MediaBlob, Upload


class UserQuota(SQLModel, table=True):
    """A user's own limit in place of the setting; 0 = none."""

    __tablename__ = "user_quota"

    user: str = Field(foreign_key="user.id", primary_key=True, sa_type=String(36))
    bytes: int = Field(sa_type=BigInteger)


@dataclass(frozen=True)
class Usage:
    """Bytes of one user; `growing` have come of recordings whose length is not known yet.

    Equal bytes sent for two media count twice, though they are kept once.
    """

    limit: int
    stored: int
    announced: int
    growing: int = 0

    @property
    def used(self) -> int:
        return self.stored + self.announced + self.growing

    def require(self, more: int) -> None:
        """Full `quota_exceeded` with the figures unless so many more bytes fit; 0 = no limit."""
        if self.limit and self.used + more > self.limit:
            raise Full("quota_exceeded", limit=self.limit, used=self.used, needed=more)


def find_limit(session: Session, user: str, default: int) -> int:
    own: int | None = session.execute(_OWN, {"of": user}).scalar_one_or_none()
    return default if own is None else own


_OWN = sa_select(col(UserQuota.bytes)).where(col(UserQuota.user) == bindparam("of"))


def read_usage(session: Session, user: str, default: int, now: datetime) -> Usage:
    """What counts against the limit, but for `growing`, which lies in the staging."""
    stored = select(func.coalesce(func.sum(col(MediaBlob.size)), 0)).where(MediaBlob.user == user)
    announced = select(func.coalesce(func.sum(col(Upload.length)), 0))
    return Usage(
        limit=find_limit(session, user, default),
        stored=session.exec(stored).one() or 0,
        announced=session.exec(announced.where(*_open(user, now))).one() or 0,
    )


def growing_uploads(session: Session, user: str, now: datetime) -> list[str]:
    """The user's open uploads of unknown length."""
    query = select(Upload.id).where(*_open(user, now), col(Upload.length).is_(None))
    return list(session.exec(query))


def set_quota(session: Session, user: str, limit: int | None) -> None:
    """Give a user an own limit in bytes, 0 = none; None goes back to the setting."""
    own = session.get(UserQuota, user)
    if limit is None:
        if own is not None:
            session.delete(own)
        return
    own = own or UserQuota(user=user, bytes=limit)
    own.bytes = limit
    session.add(own)


def hold_user(session: Session, user: str) -> None:
    """Let nobody else count this user's bytes until this transaction ends."""
    session.exec(select(User.id).where(User.id == user).with_for_update()).one_or_none()


def _open(user: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Upload.user) == user,
        col(Upload.finished).is_(False),
        col(Upload.expires_at) >= now,
    )
