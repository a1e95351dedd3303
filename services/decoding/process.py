"""Has a file decoded in a process of its own, with a time limit: a crash harms nothing here."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.decoding.reports import BROKEN, UNREADABLE, Report

TIME_LIMIT_S = 3600.0
_LOOK_EVERY_S = 1.0
# Ends that the file brought about; any other signal came from outside and says nothing of it.
_BY_THE_FILE = frozenset(
    {
        BROKEN,
        *(-crash for crash in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)),
        *(-crash for crash in (signal.SIGFPE, signal.SIGILL, signal.SIGTRAP)),
    }
)


class DecoderLost(Exception):
    """The process was ended from outside; trying again may help."""


@dataclass(frozen=True)
class Claimed:
    """What the device said about the bytes."""

    kind: str
    mime: str
    duration_ms: int | None


def decode(
    path: Path, claimed: Claimed, folder: Path, is_cancelled: Callable[[], bool] = lambda: False
) -> Report | None:
    """The report, its outputs in `folder`; None when cancelled."""
    asked = {
        "path": str(path),
        "folder": str(folder),
        "kind": claimed.kind,
        "mime": claimed.mime,
        "duration_ms": claimed.duration_ms,
    }
    # stdin stays open while the child works: its end tells the child that we are gone.
    with subprocess.Popen(
        [sys.executable, "-m", "services.decoding"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as child:
        try:
            return _talk(child, json.dumps(asked).encode() + b"\n", is_cancelled)
        finally:
            child.kill()


def _talk(
    child: "subprocess.Popen[bytes]", asked: bytes, is_cancelled: Callable[[], bool]
) -> Report | None:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(asked)
    child.stdin.flush()
    deadline = time.monotonic() + TIME_LIMIT_S
    while True:
        try:
            child.wait(_LOOK_EVERY_S)
            break
        except subprocess.TimeoutExpired:
            if is_cancelled():
                return None
            if time.monotonic() > deadline:
                return Report(problem=UNREADABLE)
    # A report is a few hundred bytes: it fits into the pipe, so waiting first cannot block.
    answer = child.stdout.read()
    if child.returncode == 0 and answer:
        return Report(**json.loads(answer))
    _note_death(child.returncode)
    if child.returncode in _BY_THE_FILE:
        return Report(problem=UNREADABLE)
    raise DecoderLost(f"ended with {child.returncode}")


def _note_death(returncode: int) -> None:
    # The child imports this module for every file, and the log would be most of its start.
    from services.kernel.log import get_logger

    get_logger("decoding").warning("decoder died", returncode=returncode)
