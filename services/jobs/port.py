"""What a room needs to give work away and to do it; the engines behind it are in this folder.

A step is at-least-once in its effects and exactly-once in its record: it may run again after a
crash, but its output, and what it wrote through the job's own transactions, stands once.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from sqlmodel import Session

from services.jobs.models import Lane
from services.kernel.db import Database

T = TypeVar("T")


class WaitFor(Exception):
    """The job cannot go on yet, and that is nobody's fault: it waits and uses no attempt.

    `reason` is a code that the screens translate, such as `waiting_for_model`.
    """

    def __init__(self, reason: str, seconds: float = 30) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class Final(Exception):
    """Trying again would not help: the job is failed at once with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Interrupted(Exception):
    """The job is no longer this run's: cancelled, taken over, or the worker ends. Let it pass."""


class JobRun(Protocol):
    """One run of a job, as its handler sees it. No transaction is open between the calls."""

    @property
    def id(self) -> str: ...

    @property
    def payload(self) -> dict[str, Any]: ...

    @property
    def trip(self) -> str | None: ...

    @property
    def attempt(self) -> int:
        """1 on the first run; runs that only waited do not count."""
        ...

    @property
    def db(self) -> Database: ...

    def step(self, name: str, work: Callable[[], T]) -> T:
        """Do `work` without a transaction and record its output; done before: only return it.

        The output must be JSON, and is what a later run gets back.
        """
        ...

    def save(self, name: str, work: Callable[[Session], T]) -> T:
        """As `step`, with `work` in the very transaction that records it: its writes stand once."""
        ...

    def write(self) -> AbstractContextManager[Session]:
        """A transaction that commits only while the job is still this run's."""
        ...

    def progress(self, fraction: float) -> None:
        """Say how far the job is, 0 to 1; cheap, written at most about once a second."""
        ...

    def cancelled(self) -> bool:
        """True when the handler should stop and return; cheap enough for a loop."""
        ...


Handler = Callable[[JobRun], None]


class JobHandlers:
    """Which function does which kind of job; filled once by bootstrap."""

    def __init__(self) -> None:
        self._by_kind: dict[str, Handler] = {}

    def on(self, kind: str, handler: Handler) -> None:
        self._by_kind[kind] = handler

    def of(self, kind: str) -> Handler:
        return self._by_kind[kind]

    def kinds(self) -> list[str]:
        return sorted(self._by_kind)


class JobEngine(Protocol):
    """Runs jobs of one lane in this process until told to stop."""

    def work(self, lane: Lane, stop: threading.Event) -> None: ...
