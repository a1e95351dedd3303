"""One engine per process, used by one at a time, unloaded when nobody has spoken for a while."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from services.kernel.settings import Settings
from services.speech.opening import open_engine
from services.speech.port import Engine

# A small model holds half a gigabyte, and loads in seconds.
IDLE_SECONDS = 300.0


class KeptEngine:
    """Opens the engine of the settings at first use and keeps it warm between recordings."""

    def __init__(self, settings: Settings, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._settings = settings
        self._idle_seconds = idle_seconds
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    @contextmanager
    def using(self) -> Iterator[Engine]:
        """The engine, for this caller alone until the block ends."""
        with self._lock:
            self._stop_timer()
            if self._engine is None:
                self._engine = open_engine(self._settings)
            try:
                yield self._engine
            finally:
                self._start_timer()

    def _start_timer(self) -> None:
        self._timer = threading.Timer(self._idle_seconds, self._release)
        self._timer.daemon = True
        self._timer.start()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _release(self) -> None:
        # Somebody who holds the lock is using the engine and starts a new timer afterwards.
        if self._lock.acquire(blocking=False):
            try:
                if self._engine is not None:
                    self._engine.close()
            finally:
                self._lock.release()
