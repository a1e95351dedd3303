"""The tables of the job queue: a job and what its finished steps gave."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String, text
from sqlmodel import Field, SQLModel

from services.kernel.entity import JsonColumn, UtcDateTime

Lane = Literal["light", "heavy"]
State = Literal["queued", "running", "waiting", "done", "failed", "cancelled"]

OPEN = text("state IN ('queued', 'waiting')")


class Job(SQLModel, table=True):
    """One piece of work; `key` names what it is about, `token` who may write its outcome.

    At most one job of a kind and key is open (queued or waiting), and at most one is running.
    """

    __table_args__ = (
        Index("job_open_key", "kind", "key", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("job_due", "state", "lane", "run_at"),
    )

    id: str = Field(primary_key=True, sa_type=String(36))
    kind: str = Field(sa_type=String(80))
    lane: Lane = Field(default="light", sa_type=String(10))
    key: str | None = Field(default=None, sa_type=String(200))
    trip: str | None = Field(default=None, sa_type=String(36), index=True)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JsonColumn)
    state: State = Field(default="queued", sa_type=String(10))
    attempt: int = 0
    run_at: datetime = Field(sa_type=UtcDateTime)
    worker: str | None = Field(default=None, sa_type=String(120))
    token: str | None = Field(default=None, sa_type=String(36))
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    progress: float = 0.0
    reason: str = Field(default="", sa_type=String(80))
    error: str = Field(default="", sa_type=String(200))
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class JobStep(SQLModel, table=True):
    """The output of one finished step: a repeated run reads it instead of doing it again."""

    __tablename__ = "job_step"

    job: str = Field(
        sa_column_args=(ForeignKey("job.id", ondelete="CASCADE"),),
        primary_key=True,
        sa_type=String(36),
    )
    name: str = Field(primary_key=True, sa_type=String(120))
    output: Any = Field(default=None, nullable=True, sa_type=JsonColumn)
