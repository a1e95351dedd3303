"""One run of one job, the same for every engine: what its handler may call, how its end is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from services.jobs.claims import Claimant, Outcome, hold, settle
from services.jobs.models import Job, JobStep
from services.jobs.port import Final, Handler, Interrupted, WaitFor
from services.kernel.db import Database
from services.kernel.errors import Busy, SuixingError
from services.kernel.log import get_logger

T = TypeVar("T")
LOOK_EVERY_S = 1.0
SETTLE_TRIES = 5


class Run:
    """A claimed job in the hands of its handler; implements the port's JobRun."""

    def __init__(self, db: Database, job: Job, who: Claimant, stop: threading.Event) -> None:
        self.db = db
        self.job = job
        self.who = who
        self._stop = stop
        self._lost = threading.Event()
        self._spoke_at = time.monotonic()
        self.left_early = False

    @property
    def id(self) -> str:
        return self.job.id

    @property
    def payload(self) -> dict[str, Any]:
        return self.job.payload

    @property
    def trip(self) -> str | None:
        return self.job.trip

    @property
    def attempt(self) -> int:
        return self.job.attempt

    def step(self, name: str, work: Callable[[], T]) -> T:
        done = self._recorded(name)
        if done is not None:
            return cast(T, done.output)
        self._check()
        output = work()
        with self.write() as session:
            self._record(session, name, output)
        return output

    def save(self, name: str, work: Callable[[Session], T]) -> T:
        done = self._recorded(name)
        if done is not None:
            return cast(T, done.output)
        with self.write() as session:
            output = work(session)
            self._record(session, name, output)
        return output

    @contextmanager
    def write(self) -> Iterator[Session]:
        self._check()
        with self.db.write() as session:
            yield session
            # Last, so that locks are taken in the same order as by requests that cancel a job.
            if not hold(session, self.job, self.who):
                self._lost.set()
                raise Interrupted

    def progress(self, fraction: float) -> None:
        self._check()
        if self._is_time():
            self.confirm(progress=min(max(fraction, 0.0), 1.0))
            self._check()

    def cancelled(self) -> bool:
        if self._is_time():
            self.confirm()
        self.left_early = self._lost.is_set() or self._stop.is_set()
        return self.left_early

    def confirm(self, **more: Any) -> None:
        """Extend the lease; notes when it is lost. A database too busy now is asked again later."""
        try:
            with self.db.write() as session:
                if not hold(session, self.job, self.who, **more):
                    self._lost.set()
        except (Busy, OperationalError) as error:
            get_logger("jobs").warning("lease not confirmed", job=self.id, why=str(error))

    def _check(self) -> None:
        if self._lost.is_set() or self._stop.is_set():
            raise Interrupted

    def _is_time(self) -> bool:
        """True at most once a second: how often a run speaks to the database of itself."""
        now = time.monotonic()
        if now - self._spoke_at < LOOK_EVERY_S:
            return False
        self._spoke_at = now
        return True

    def _recorded(self, name: str) -> JobStep | None:
        with self.db.read() as session:
            return session.get(JobStep, (self.id, name))

    def _record(self, session: Session, name: str, output: Any) -> None:
        session.add(JobStep(job=self.id, name=name, output=output))
        session.flush()
        # A job that gets on is not the one that kills its workers: it starts counting anew.
        hold(session, self.job, self.who, attempt=1)


def execute(run: Run, handler: Handler) -> None:
    """Run a claimed job to its end and write that end down; raises nothing that a job can cause."""
    with _heartbeat(run):
        outcome = _outcome(run, handler)
    for _ in range(SETTLE_TRIES):
        try:
            with run.db.write() as session:
                settle(session, run.job, outcome, run.who)
            return
        except (IntegrityError, OperationalError, Busy):
            # A twin was enqueued in this moment, or the database is away: look again.
            time.sleep(0.2)
    get_logger("jobs").error("outcome not written, the lease will run out", job=run.id)


def _outcome(run: Run, handler: Handler) -> Outcome:
    log = get_logger("jobs").bind(job=run.id, kind=run.job.kind, attempt=run.attempt)
    try:
        handler(run)
    except WaitFor as wait:
        return Outcome("waiting", reason=wait.reason, seconds=wait.seconds, uses_attempt=False)
    except Interrupted:
        return Outcome("queued", uses_attempt=False)
    except Final as end:
        log.warning("job failed for good", code=end.code)
        return Outcome("failed", error=end.code)
    except Busy:
        return Outcome("waiting", reason="database_busy", seconds=1, uses_attempt=False)
    except Exception as error:
        log.exception("job failed")
        # The class says enough; a message could carry the words of a note.
        return Outcome("retry", error=_code(error))
    return Outcome("queued", uses_attempt=False) if run.left_early else Outcome("done")


def _code(error: Exception) -> str:
    return error.code if isinstance(error, SuixingError) else type(error).__name__


@contextmanager
def _heartbeat(run: Run) -> Iterator[None]:
    over = threading.Event()

    def beat() -> None:
        while not over.wait(run.who.lease.total_seconds() / 3):
            run.confirm()

    thread = threading.Thread(target=beat, name=f"heartbeat {run.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
