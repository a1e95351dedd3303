"""What people may know of the work in hand: which jobs of a trip are open, failed, and why."""

from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session, col, select

from services.jobs.models import Job, State

_TOLD: tuple[State, ...] = ("queued", "running", "waiting", "failed")


class JobReport(BaseModel):
    """One job that is not done. `reason` says what it waits for, `error` why it failed (codes)."""

    id: str
    kind: str
    state: State
    key: str | None
    attempt: int
    progress: float
    reason: str
    error: str
    created_at: datetime


def list_jobs(session: Session, trip: str, *, limit: int = 200) -> list[JobReport]:
    """The trip's jobs that are open or failed, oldest first."""
    query = (
        select(Job)
        .where(Job.trip == trip, col(Job.state).in_(_TOLD))
        .order_by(col(Job.created_at))
        .limit(limit)
    )
    return [JobReport(**job.model_dump()) for job in session.exec(query)]


def trip_of_job(session: Session, job: str) -> str | None:
    """The trip a job works for; None when there is no such job or it belongs to none."""
    found = session.get(Job, job)
    return found.trip if found else None
