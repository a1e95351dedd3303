"""Durable work: `enqueue` in the transaction that caused it, a handler does it in a worker.

Depends on no room; rooms give it kinds and handlers, bootstrap gives it an engine.
"""

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
from services.jobs.queue import cancel_job, clear_finished, enqueue, retry_job, wake_waiting

__all__ = [
    "Final",
    "Handler",
    "Interrupted",
    "Job",
    "JobEngine",
    "JobHandlers",
    "JobRun",
    "JobStep",
    "Lane",
    "State",
    "WaitFor",
    "cancel_job",
    "clear_finished",
    "enqueue",
    "retry_job",
    "wake_waiting",
]
