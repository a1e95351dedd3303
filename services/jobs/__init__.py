"""Durable work: `enqueue` in the transaction that caused it, a handler does it in a worker.

Depends on no room; rooms give it kinds and handlers, bootstrap gives it an engine.
"""

from services.jobs.claims import Claimant, release_worker
from services.jobs.engines import EngineName, open_engine, prepare_engine
from services.jobs.models import Job, JobStep, Lane, State
from services.jobs.port import (
    Final,
    Handler,
    Interrupted,
    JobEngine,
    JobHandlers,
    JobRun,
    WaitFor,
)
from services.jobs.queue import (
    cancel_job,
    clear_finished,
    enqueue,
    enqueue_all,
    has_open,
    open_job,
    retry_job,
    wake_waiting,
)
from services.jobs.reports import JobReport, list_jobs, trip_of_job

__all__ = [
    "Claimant",
    "EngineName",
    "Final",
    "Handler",
    "Interrupted",
    "Job",
    "JobEngine",
    "JobHandlers",
    "JobReport",
    "JobRun",
    "JobStep",
    "Lane",
    "State",
    "WaitFor",
    "cancel_job",
    "clear_finished",
    "enqueue",
    "enqueue_all",
    "has_open",
    "list_jobs",
    "open_engine",
    "open_job",
    "prepare_engine",
    "release_worker",
    "retry_job",
    "trip_of_job",
    "wake_waiting",
]
