"""What sync does after the database went back in time: numbers go on where none was ever given."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from services.kernel.clock import milliseconds
from services.sync.models import SyncLost, SyncScope

# A new era begins at the time of the restore: no trip takes as many changes in a millisecond, so
# it lies beyond every number of every earlier history, whichever of them was restored.
NUMBERS_PER_MS = 1000


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
    session.flush()
    return len(scopes)


def lost_spans(session: Session, scope: str) -> list[LostSpan]:
    """The numbers of a scope that restores left behind, oldest first."""
    query = select(SyncLost).where(SyncLost.scope == scope).order_by(col(SyncLost.after))
    return [LostSpan(row.after + 1, row.until) for row in session.exec(query)]
