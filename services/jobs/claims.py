"""Who may work on which job: claiming, holding and settling, the same for every engine.

A claim is a lease with a token. Whoever lost the lease finds the token changed and can write
nothing; a job whose worker died is claimed again when its lease is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Update, and_, bindparam, or_, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session, col, select

from services.jobs.models import Job, Lane
from services.jobs.queue import has_open_twin
from services.kernel.clock import Clock, SystemClock
from services.kernel.ids import new_id

MAX_ATTEMPTS = 5
FREE: dict[str, Any] = {"worker": None, "token": None, "lease_until": None}


@dataclass(frozen=True)
class Claimant:
    """A worker process: its name, for how long a claim of it stands unconfirmed, its clock."""

    name: str
    lease: timedelta = timedelta(seconds=30)
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True)
class Outcome:
    """How a run ended: the state to go to, and what to say about it."""

    state: str
    reason: str = ""
    error: str = ""
    seconds: float = 0
    uses_attempt: bool = True


def due(
    job: Any, lane: Lane, kinds: Sequence[str], now: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    """True for jobs to be claimed: ready and no twin running, or left by a worker that died."""
    twin = aliased(Job)
    same = and_(twin.kind == job.kind, twin.key == job.key, col(twin.state) == "running")
    ready = and_(
        job.state.in_(["queued", "waiting"]),
        job.run_at <= now,
        ~select(twin.id).where(same).exists(),
    )
    left = and_(job.state == "running", job.lease_until < now)
    return and_(job.lane == lane, job.kind.in_(kinds), or_(ready, left))


def has_due(session: Session, lane: Lane, kinds: Sequence[str], now: datetime) -> bool:
    """A look without a lock, so that an idle worker never holds up a writer."""
    return (
        session.exec(select(Job.id).where(due(Job, lane, kinds, now)).limit(1)).first() is not None
    )


def claim(
    session: Session, who: Claimant, lane: Lane, kinds: Sequence[str], job_id: str | None = None
) -> Job | None:
    """Take the job that is due first (or the one named, if it is due); None when there is none."""
    now = who.clock.now()
    session.execute(_fail_exhausted(), {"now": now})
    given = {"now": now, "until": now + who.lease, "by": who.name, "mark": new_id()}
    named = {} if job_id is None else {"named": job_id}
    taken = session.execute(_take(lane, tuple(kinds), bool(named)), given | named)
    return taken.scalar_one_or_none()


@cache
def _take(lane: Lane, kinds: tuple[str, ...], is_named: bool) -> ReturningUpdate[tuple[Job]]:
    """The statement of a claim; to build it costs more than to run it."""
    job = aliased(Job)
    first = select(job.id).where(due(job, lane, kinds, bindparam("now")))
    if is_named:
        first = first.where(job.id == bindparam("named"))
    first = first.order_by(col(job.run_at), col(job.id)).limit(1)
    return (
        update(Job)
        .where(col(Job.id) == first.with_for_update(skip_locked=True).scalar_subquery())
        .values(
            state="running",
            attempt=Job.attempt + 1,
            reason="",
            worker=bindparam("by"),
            token=bindparam("mark"),
            lease_until=bindparam("until"),
        )
        .returning(Job)
    )


def hold(session: Session, job: Job, who: Claimant, **more: Any) -> bool:
    """Confirm the claim for another lease, and what else there is to say; False: it is lost."""
    held = session.execute(
        update(Job)
        .where(*_mine(job))
        .values(lease_until=who.clock.now() + who.lease, **more)
        .execution_options(synchronize_session=False)
    )
    return bool(held.rowcount)  # type: ignore[attr-defined] # an UPDATE gives a CursorResult


def settle(session: Session, job: Job, outcome: Outcome, who: Claimant) -> None:
    """Write how the run ended, unless the claim was lost; retries wait 2^attempt seconds."""
    row = session.exec(select(Job).where(*_mine(job)).with_for_update()).one_or_none()
    if row is None:
        return
    now = who.clock.now()
    state, seconds = outcome.state, outcome.seconds
    if state == "retry":
        state, seconds = ("failed" if row.attempt >= MAX_ATTEMPTS else "queued"), 2**row.attempt
    error = outcome.error
    if state in ("queued", "waiting") and has_open_twin(session, row):
        state, error = "cancelled", "superseded"
    ended = state not in ("queued", "waiting")
    changes = FREE | {
        "state": state,
        "reason": outcome.reason,
        "error": error,
        "attempt": row.attempt if outcome.uses_attempt else row.attempt - 1,
        "run_at": row.run_at if ended else now + timedelta(seconds=seconds),
        "progress": 1.0 if state == "done" else row.progress,
        "finished_at": now if ended else None,
    }
    row.sqlmodel_update(changes)


def release_worker(session: Session, name: str, now: datetime) -> None:
    """A worker is known to be dead: whatever it (or a child `name/…`) held can be taken at once."""
    dead = or_(col(Job.worker) == name, col(Job.worker).startswith(f"{name}/", autoescape=True))
    session.execute(
        update(Job)
        .where(col(Job.state) == "running", dead)
        .values(lease_until=now - timedelta(milliseconds=1))
    )


def _mine(job: Job) -> tuple[ColumnElement[bool], ...]:
    return col(Job.id) == job.id, col(Job.token) == job.token


@cache
def _fail_exhausted() -> Update:
    # A job that kills its worker again and again must not take the others with it.
    return (
        update(Job)
        .where(
            col(Job.state) == "running",
            col(Job.lease_until) < bindparam("now"),
            col(Job.attempt) >= MAX_ATTEMPTS,
        )
        .values(**FREE, state="failed", error="worker_lost", finished_at=bindparam("now"))
        .execution_options(synchronize_session=False)
    )
