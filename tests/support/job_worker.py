"""A worker process for tests: python -m tests.support.job_worker URL ENGINE NAME LEASE TRACE.

Its one kind of job goes through three steps; each first leaves a line in the trace file, and the
second one stays in the middle for as long as the payload says, but only once, and until a file
TRACE.go lets it on. One thread per lane, so that only another process can take what it lost.
"""

import os
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from services.jobs import Claimant, JobEngine, JobHandlers, JobRun
from services.jobs.distributed import ProcrastinateEngine
from services.jobs.local import LocalEngine
from services.kernel.db import Database
from tests.support.job_house import write_result


def main(arguments: list[str]) -> None:
    url, engine, name, lease, trace = arguments
    handlers = JobHandlers()
    handlers.on("three_steps", lambda run: three_steps(run, Path(trace)))
    who = Claimant(name, timedelta(seconds=float(lease)))
    open_worker(engine, Database(url), handlers, who).work("light", threading.Event())


def open_worker(engine: str, db: Database, handlers: JobHandlers, who: Claimant) -> JobEngine:
    if engine == "local":
        return LocalEngine(db, handlers, who, threads={"light": 1, "heavy": 1})
    return ProcrastinateEngine(db, handlers, who, slots={"light": 1, "heavy": 1})


def three_steps(run: JobRun, trace: Path) -> None:
    run.step("first", lambda: leave(trace, "first"))
    run.step("second", lambda: linger(trace, run.payload["seconds"]))
    run.save("third", lambda session: write_result(session, run, f"by attempt {run.attempt}"))


def linger(trace: Path, seconds: float) -> int:
    again = "second" in trace.read_text()
    pid = leave(trace, "second")
    end = time.monotonic() + seconds
    while not again and time.monotonic() < end and not trace.with_suffix(".go").exists():
        time.sleep(0.05)
    return pid


def leave(trace: Path, step: str) -> int:
    """One line, appended whole, in the file that outlives this process."""
    with trace.open("a") as file:
        file.write(f"{step} {os.getpid()}\n")
    return os.getpid()


if __name__ == "__main__":
    main(sys.argv[1:])
