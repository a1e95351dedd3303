"""Processes that belong together: children kept alive by their parent, and ended with it."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

from services.kernel.log import get_logger

GRACE_S = 8.0
WATCH_S = 0.5
LIVED_LONG_S = 60.0
LONGEST_PAUSE_S = 30.0
_PR_SET_PDEATHSIG = 1
# How a process ends that was told to: by itself, or by the signal before it could listen.
ON_PURPOSE = (0, -signal.SIGTERM, -signal.SIGINT)


class Child:
    """One command of this program, run again whenever it crashes, until told to end.

    The thread that starts a child waits for it too: Linux ends a child with its parent *thread*.
    """

    def __init__(self, *words: str) -> None:
        parent = ("--parent", str(os.getpid()))
        self._command = [sys.executable, "-m", "cli", *words, *parent]
        self._over = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Ask it to end, wait as long as its grace allows, then make it."""
        self._over.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            self._thread.join(GRACE_S)
            if self._thread.is_alive():
                process.kill()
        self._thread.join()

    def _keep(self) -> None:
        pause = 1.0
        while not self._over.is_set():
            begun = time.monotonic()
            # Standard output carries results only, and a child has none.
            self._process = subprocess.Popen(self._command, stdout=2)
            code = self._process.wait()
            if code in ON_PURPOSE:
                return
            pause = 1.0 if time.monotonic() - begun > LIVED_LONG_S else pause
            get_logger("cli").error("child ended, starts again", code=code, pause=pause)
            self._over.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set; call it from the main thread."""
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)
    return stop


def end_with_parent(parent: int, stop: threading.Event) -> None:
    """Set `stop` when the process `parent` is gone: told by Linux at once, else by looking."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    def watch() -> None:
        while os.getppid() == parent:
            if stop.wait(WATCH_S):
                return
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
