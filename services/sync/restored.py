"""What sync does after the database went back in time: numbers go on where none was ever given."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from services.kernel.clock import milliseconds
from services.sync.models import SyncLost, SyncScope

# A new era begins at the time of the restore: no trip takes as many changes in a millisecond, so
# it lies beyond every number of every earlier history, whichever of them was restored.
NUMBERS_PER_MS = 1000
# No trip takes so many changes: numbers from here on are of an era after a restore.
FIRST_ERA = 10**12
# In the place of a scope: the restores of the whole database, for scopes that it does not hold.
WHOLE = "*"


class LostSpan(NamedTuple):
    """Sequence numbers `first` to `last` belong to changes that a restore left behind."""

    first: int
    last: int


def leave_behind(session: Session, now: datetime) -> int:
    """Begin a new era in every scope; returns how many there are.

    A phone's cursor and the `base` of its edits may lie beyond the restored sequence. So the
    sequence jumps over all numbers that can have been given since the backup: a lost number never
    comes to mean another change, and an edit made on a lost one is judged as not having seen what
    was written since.
    """
    scopes = session.exec(select(SyncScope).with_for_update()).all()
    start = milliseconds(now) * NUMBERS_PER_MS
    for scope in scopes:
        until = max(start, scope.seq + NUMBERS_PER_MS)
        session.add(SyncLost(scope=scope.id, after=scope.seq, until=until, at=now))
        scope.seq = until
        session.add(scope)
    last = session.exec(select(func.max(SyncLost.until)).where(SyncLost.scope == WHOLE)).one()
    after = last or 0
    until = max(start, after + NUMBERS_PER_MS)
    session.add(SyncLost(scope=WHOLE, after=after, until=until, at=now))
    session.flush()
    return len(scopes)


def era_of(session: Session) -> int | None:
    """Beyond every number that any scope had before the last restore; None = there was none."""
    return session.exec(select(func.max(SyncLost.until))).one()


def begin_again(session: Session, scope: str, now: datetime) -> int | None:
    """The number after which a scope counts that was lost whole; None when there was no restore."""
    start = era_of(session)
    if start is not None and session.get(SyncLost, (scope, 0)) is None:
        session.add(SyncLost(scope=scope, after=0, until=start, at=now))
        session.flush()
    return start


def lost_spans(session: Session, scope: str) -> list[LostSpan]:
    """The numbers of a scope that restores left behind, oldest first."""
    query = select(SyncLost).where(SyncLost.scope == scope).order_by(col(SyncLost.after))
    return [LostSpan(row.after + 1, row.until) for row in session.exec(query)]
