"""The engine for many machines: procrastinate on PostgreSQL wakes a worker, the job table decides.

A procrastinate job is only a ticket `run_job(id)`: it may be lost, doubled or late without harm,
for the relay writes one for every job that is due and has none, and a run still has to claim.
Its tables live in a schema of their own, so that they can be made anew when the library changes.
"""

import asyncio
import contextlib
import hashlib
import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url, text
from sqlmodel import col, select

from services.jobs.claims import Claimant, claim, due
from services.jobs.models import Job, Lane
from services.jobs.port import JobHandlers
from services.jobs.run import Run, execute
from services.kernel.db import Database
from services.kernel.log import get_logger

SCHEMA = "procrastinate"
TASK = "run_job"
POLL_S = 0.25
SLOTS: dict[Lane, int] = {"light": 2, "heavy": 1}
AFTER_ERROR_S = 2.0
RELAY_AT_ONCE = 500

WITHOUT_TICKET = text(
    f"NOT EXISTS (SELECT 1 FROM {SCHEMA}.procrastinate_jobs AS ticket"
    " WHERE ticket.queueing_lock = job.id AND ticket.status = 'todo')"
)


def prepare(url: str) -> None:
    """Make procrastinate's tables, or make them anew after an update of it; else do nothing."""
    wanted = SchemaManager.get_schema()
    mark = hashlib.sha256(wanted.encode()).hexdigest()
    with psycopg.connect(_conninfo(url)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('suixing jobs schema'))")
        found = connection.execute(
            "SELECT obj_description(oid) FROM pg_namespace WHERE nspname = %s", [SCHEMA]
        ).fetchone()
        if found and found[0] == mark:
            return
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        connection.execute(wanted)
        connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{mark}'")


@dataclass(frozen=True)
class ProcrastinateEngine:
    """Runs jobs of a lane as procrastinate hands them to this process."""

    db: Database
    handlers: JobHandlers
    who: Claimant
    poll: float = POLL_S
    slots: dict[Lane, int] = field(default_factory=lambda: dict(SLOTS))

    def work(self, lane: Lane, stop: threading.Event) -> None:
        """Return when told to stop; outlives any absence of the database."""
        # Its own account of every ticket would drown the log of the jobs.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        while not stop.is_set():
            try:
                asyncio.run(self._serve(lane, stop))
            except Exception:
                get_logger("jobs").exception("engine starts again", lane=lane)
                stop.wait(AFTER_ERROR_S)

    async def _serve(self, lane: Lane, stop: threading.Event) -> None:
        app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=_conninfo(self.db.url), min_size=1, max_size=4
            )
        )

        @app.task(name=TASK, queue=lane)
        def run_job(job_id: str) -> None:
            self._run(lane, stop, job_id)

        async with app.open_async(), self._worker(app, lane) as worker:
            swept = 0.0
            while not stop.is_set() and not worker.done():
                await self._relay(app, lane)
                if (now := asyncio.get_running_loop().time()) - swept > self._lease:
                    swept = now
                    await _drop_stalled(app, self._lease)
                await asyncio.sleep(self.poll)

    @contextlib.asynccontextmanager
    async def _worker(
        self, app: procrastinate.App, lane: Lane
    ) -> AsyncIterator[asyncio.Task[None]]:
        worker = asyncio.create_task(
            app.run_worker_async(
                queues=[lane],
                name=self.who.name,
                concurrency=self.slots[lane],
                install_signal_handlers=False,
                delete_jobs="always",
                # A notice that comes while it fetches goes unheard: do not wait the usual 5 s.
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=self._lease / 3,
                stalled_worker_timeout=self._lease,
            )
        )
        try:
            yield worker
        finally:
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker

    async def _relay(self, app: procrastinate.App, lane: Lane) -> None:
        for job in await asyncio.to_thread(self._without_ticket, lane):
            ticket = app.configure_task(TASK, queue=lane, queueing_lock=job)
            # Another machine's relay may have been quicker.
            with contextlib.suppress(AlreadyEnqueued):
                await ticket.defer_async(job_id=job)

    def _without_ticket(self, lane: Lane) -> list[str]:
        ready = due(Job, lane, self.handlers.kinds(), self.who.clock.now())
        with self.db.read() as session:
            jobs = (
                select(Job.id).where(ready, WITHOUT_TICKET).order_by(col(Job.run_at), col(Job.id))
            )
            return list(session.exec(jobs.limit(RELAY_AT_ONCE)))

    def _run(self, lane: Lane, stop: threading.Event, job_id: str) -> None:
        with self.db.write() as session:
            job = claim(session, self.who, lane, self.handlers.kinds(), job_id)
        if job is not None:
            execute(Run(self.db, job, self.who, stop), self.handlers.of(job.kind))

    @property
    def _lease(self) -> float:
        return self.who.lease.total_seconds()


async def _drop_stalled(app: procrastinate.App, seconds: float) -> None:
    """Tickets held by workers that died: the relay writes new ones once the lease is over."""
    manager = app.job_manager
    for ticket in await manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
        await manager.finish_job(ticket, status=Status.FAILED, delete_job=True)


def _conninfo(url: str) -> str:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    # As the app's own writers do: what freezes in mid-transaction lets go of its locks.
    frozen = "-c idle_in_transaction_session_timeout=30000"
    return make_conninfo(plain, options=f"-c search_path={SCHEMA} {frozen}")
