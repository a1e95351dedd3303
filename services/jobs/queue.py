"""Giving work away: rows written in the transaction that caused them, for any engine to find."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypedDict, Unpack

from sqlalchemy import bindparam, case, delete, update
from sqlalchemy import select as sa_select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from services.jobs.models import OPEN, Job, JobStep, Lane
from services.kernel.clock import SystemClock
from services.kernel.errors import Conflict, NotFound
from services.kernel.ids import new_id

_CLOCK = SystemClock()
_AT_ONCE = 400


class Options(TypedDict, total=False):
    """What may be said about a job: `key` it coalesces by, its lane, its trip, seconds to wait."""

    key: str | None
    lane: Lane
    trip: str | None
    delay: float


def enqueue(
    session: Session, kind: str, payload: dict[str, Any], **options: Unpack[Options]
) -> str:
    """Write a job in the caller's transaction and return its id.

    An open job of the same kind and key takes the new payload and starts over instead; beside a
    running one the new job waits its turn, so that what changed meanwhile is seen.
    """
    row = _row(kind, payload, options)
    joined = _insert_or_join(session.get_bind().dialect.name, tells=True)
    job: str = session.connection().execute(joined, row).scalar_one()
    if job != row["id"]:
        # Its finished steps saw the world before this change.
        session.execute(delete(JobStep).where(col(JobStep.job) == job))
    return job


def enqueue_all(
    session: Session, kind: str, payloads: dict[str, dict[str, Any]], **options: Unpack[Options]
) -> None:
    """As `enqueue` for many payloads by their keys, in a few statements whatever their number."""
    keys = list(payloads)
    for start in range(0, len(keys), _AT_ONCE):
        part = keys[start : start + _AT_ONCE]
        open_jobs = select(Job.id).where(Job.kind == kind, col(Job.key).in_(part), OPEN)
        session.execute(delete(JobStep).where(col(JobStep.job).in_(open_jobs)))
        rows = [_row(kind, payloads[key], {**options, "key": key}) for key in part]
        joined = _insert_or_join(session.get_bind().dialect.name, tells=False)
        session.connection().execute(joined, rows)


def _row(kind: str, payload: dict[str, Any], options: Options) -> dict[str, Any]:
    now = _CLOCK.now()
    return {
        "id": new_id(),
        "kind": kind,
        "payload": payload,
        "lane": options.get("lane", "light"),
        "key": options.get("key"),
        "trip": options.get("trip"),
        "state": "queued",
        "attempt": 0,
        "progress": 0.0,
        "reason": "",
        "error": "",
        "run_at": now + timedelta(seconds=options.get("delay", 0)),
        "created_at": now,
    }


def has_open(session: Session, kind: str, key: str) -> bool:
    """True when a job of this kind and key is queued or waiting."""
    found = session.connection().execute(_OPEN_ONE, {"of_kind": kind, "of_key": key})
    return found.first() is not None


def open_job(kind: str, key: str) -> Any:
    """The id of a job as `has_open` looks for, to be asked as a part of another statement."""
    return sa_select(_JOBS.c.id).where(_JOBS.c.kind == kind, _JOBS.c.key == key, OPEN).limit(1)


_JOBS = Job.__table__  # type: ignore[attr-defined] # set by SQLModel's metaclass
_OPEN_ONE = (
    sa_select(_JOBS.c.id)
    .where(_JOBS.c.kind == bindparam("of_kind"), _JOBS.c.key == bindparam("of_key"), OPEN)
    .limit(1)
)


# Made once, and on the table: every photo gives work away, and the ORM's way costs a multiple.
@cache
def _insert_or_join(dialect: str, *, tells: bool) -> Any:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(_JOBS)
    new = insert.excluded
    earliest = case((new.run_at < _JOBS.c.run_at, new.run_at), else_=_JOBS.c.run_at)
    fresh = {name: new[name] for name in ("payload", "trip", "state", "attempt", "reason", "error")}
    joined = insert.on_conflict_do_update(
        index_elements=["kind", "key"], index_where=OPEN, set_={**fresh, "run_at": earliest}
    )
    return joined.returning(_JOBS.c.id) if tells else joined


def retry_job(session: Session, job_id: str) -> None:
    """Queue a failed job again with all its attempts; its finished steps are kept.

    Where another job of the same kind and key is open already, that one does the work.
    """
    job = _locked(session, job_id)
    if job.state != "failed":
        raise Conflict("job_not_failed")
    if has_open_twin(session, job):
        job.state, job.error = "cancelled", "superseded"
        return
    job.state, job.attempt, job.error, job.reason = "queued", 0, "", ""
    job.run_at, job.finished_at = _CLOCK.now(), None


def cancel_job(session: Session, job_id: str) -> None:
    """End a job that has not ended; a running one loses its right to write and stops soon."""
    job = _locked(session, job_id)
    if job.state not in ("queued", "waiting", "running"):
        return
    job.state, job.token, job.lease_until = "cancelled", None, None
    job.finished_at = _CLOCK.now()


def wake_waiting(session: Session, reason: str) -> None:
    """Let every job that waits for `reason` try now, such as when a model has been added."""
    session.execute(
        update(Job)
        .where(col(Job.state) == "waiting", col(Job.reason) == reason)
        .values(run_at=_CLOCK.now())
    )


def clear_finished(session: Session, before: datetime) -> None:
    """Forget jobs that were done or cancelled before then; failed ones stay for somebody to see."""
    session.execute(
        delete(Job).where(col(Job.state).in_(["done", "cancelled"]), col(Job.finished_at) < before)
    )


def has_open_twin(session: Session, job: Job) -> bool:
    """True when another job of this kind and key is queued or waiting."""
    if job.key is None:
        return False
    twin = select(Job.id).where(Job.kind == job.kind, Job.key == job.key, Job.id != job.id, OPEN)
    return session.exec(twin).first() is not None


def _locked(session: Session, job_id: str) -> Job:
    job = session.exec(select(Job).where(Job.id == job_id).with_for_update()).one_or_none()
    if job is None:
        raise NotFound("job_unknown")
    return job
