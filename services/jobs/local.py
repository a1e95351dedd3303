"""The embedded engine: threads of the worker poll the job table of the app's own database."""

import threading
from dataclasses import dataclass, field

from services.jobs.claims import Claimant, claim, has_due
from services.jobs.models import Job, Lane
from services.jobs.port import JobHandlers
from services.jobs.run import Run, execute
from services.kernel.db import Database
from services.kernel.log import get_logger

POLL_S = 0.2
THREADS: dict[Lane, int] = {"light": 2, "heavy": 1}
AFTER_ERROR_S = 2.0


@dataclass(frozen=True)
class LocalEngine:
    """Runs jobs of a lane in threads of this process, each claiming for itself."""

    db: Database
    handlers: JobHandlers
    who: Claimant
    poll: float = POLL_S
    threads: dict[Lane, int] = field(default_factory=lambda: dict(THREADS))

    def work(self, lane: Lane, stop: threading.Event) -> None:
        """Return when told to stop and every thread has let go of its job."""
        threads = [
            threading.Thread(target=self._loop, args=(lane, stop), daemon=True)
            for _ in range(self.threads[lane])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _loop(self, lane: Lane, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                job = self._take(lane)
            except Exception:
                # A database that is away must not end the worker: it comes back.
                get_logger("jobs").exception("cannot claim", lane=lane)
                stop.wait(AFTER_ERROR_S)
                continue
            if job is None:
                stop.wait(self.poll)
            else:
                execute(Run(self.db, job, self.who, stop), self.handlers.of(job.kind))

    def _take(self, lane: Lane) -> Job | None:
        kinds = self.handlers.kinds()
        with self.db.read() as session:
            if not has_due(session, lane, kinds, self.who.clock.now()):
                return None
        with self.db.write() as session:
            return claim(session, self.who, lane, kinds)
