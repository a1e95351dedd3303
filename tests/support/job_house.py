"""A job queue with a real database and real workers, in threads or in processes of their own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, insert
from sqlmodel import Session, select

from services.jobs import (
    Claimant,
    EngineName,
    Handler,
    Job,
    JobHandlers,
    JobRun,
    JobStep,
    Lane,
    enqueue,
    open_engine,
    prepare_engine,
)
from services.kernel.db import Database

ROOT = Path(__file__).parents[2]
# A machine that does much else may take long to start a process; nothing waits this long in vain.
TIMEOUT_S = 60.0

# Not in SQLModel's metadata: what a job wrote, and whether it wrote it twice.
RESULTS = Table(
    "result",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("job", String(36)),
    Column("text", String(80)),
)


class ShiftedClock:
    """The machine's clock plus what the test has let pass."""

    def __init__(self) -> None:
        self._shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def advance(self, seconds: float) -> None:
        self._shift += timedelta(seconds=seconds)


@dataclass
class JobHouse:
    """One database, one kind of engine, and what tests ask of them."""

    url: str
    engine: EngineName
    db: Database
    clock: ShiftedClock = field(default_factory=ShiftedClock)

    def enqueue(self, kind: str, payload: dict[str, Any] | None = None, **options: Any) -> str:
        with self.db.write() as session:
            return enqueue(session, kind, payload or {}, **options)

    def job(self, job_id: str) -> Job:
        with self.db.read() as session:
            return session.exec(select(Job).where(Job.id == job_id)).one()

    def steps(self, job_id: str) -> dict[str, Any]:
        with self.db.read() as session:
            rows = session.exec(select(JobStep).where(JobStep.job == job_id))
            return {row.name: row.output for row in rows}

    def results(self) -> list[tuple[str, str]]:
        """What jobs wrote, in order: (job, text)."""
        with self.db.read() as session:
            rows = session.execute(RESULTS.select().order_by(RESULTS.c.number))
            return [(row.job, row.text) for row in rows]

    def await_state(self, job_id: str, state: str) -> Job:
        """Wait until the job has this state; fails with what it has instead."""
        await_true(lambda: self.job(job_id).state == state, lambda: repr(self.job(job_id)))
        return self.job(job_id)

    @contextmanager
    def working(
        self, handlers: dict[str, Handler], lanes: Sequence[Lane] = ("light",), lease: float = 30
    ) -> Iterator[None]:
        """Workers in threads of this process, one per lane named."""
        registry = JobHandlers()
        for kind, handler in handlers.items():
            registry.on(kind, handler)
        stop = threading.Event()
        threads = []
        for number, lane in enumerate(lanes):
            who = Claimant(f"thread-{number}", timedelta(seconds=lease), self.clock)
            worker = open_engine(self.engine, self.db, registry, who)
            threads.append(threading.Thread(target=worker.work, args=(lane, stop)))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(TIMEOUT_S)
                assert not thread.is_alive(), "a worker did not stop"

    @contextmanager
    def process(self, name: str, lease: float, trace: Path) -> Iterator["subprocess.Popen[bytes]"]:
        """A worker process of its own, killed at the end if it still lives."""
        command = [sys.executable, "-m", "tests.support.job_worker"]
        arguments = [self.url, self.engine, name, str(lease), str(trace)]
        with subprocess.Popen([*command, *arguments], cwd=ROOT) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.kill(process.pid, signal.SIGKILL)


@contextmanager
def job_house(url: str, engine: EngineName) -> Iterator[JobHouse]:
    """The tables, the engine's own ones, and a database connection closed at the end."""
    db = Database(url)
    with ExitStack() as stack:
        stack.callback(db.dispose)
        Job.metadata.create_all(db.engine, tables=[Job.__table__, JobStep.__table__])
        RESULTS.metadata.create_all(db.engine)
        prepare_engine(engine, url)
        yield JobHouse(url, engine, db)


def nothing(run: JobRun) -> None:
    """The handler of jobs that only matter by being run."""


def write_result(session: Session, run: JobRun, text: str) -> None:
    session.execute(insert(RESULTS).values(job=run.id, text=text))


def await_true(
    condition: Callable[[], bool],
    explain: Callable[[], str] = lambda: "",
    seconds: float = TIMEOUT_S,
) -> None:
    """Look until `condition` holds; the end of patience is a failure with its explanation."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {explain()}"
        time.sleep(0.03)
