"""The decoder process: reads one file that nobody vouches for, with bounded memory, and reports.

Run by `process.py` as `python -m services.decoding`; what crashes here harms nothing else.
One line of JSON on stdin says what to do, one on stdout what was found.
"""

import json
import os
import resource
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path

from services.decoding.formats import HEAD_BYTES, Format, lies, sniff
from services.decoding.reports import (
    BROKEN,
    EMPTY,
    MIME_MISMATCH,
    TRUNCATED,
    UNREADABLE,
    Report,
    Undecodable,
)
from services.decoding.truncation import is_truncated

MEMORY_BYTES = 4 * 1024**3
# A recording that lasts less than this part of what the phone counted has lost its end.
_WHOLE = 0.95
_SLACK_MS = 2000


def examine(path: Path, kind: str, mime: str, duration_ms: int | None, folder: Path) -> Report:
    """Say what the file is, what is wrong with it, and derive what can be derived.

    `kind`, `mime` and `duration_ms` are what the device claims.
    """
    if path.stat().st_size == 0:
        return Report(problem=EMPTY)
    with path.open("rb") as file:
        real = sniff(file.read(HEAD_BYTES))
    try:
        report = _decode(path, kind, real, folder)
    except Undecodable as error:
        report = Report(problem=error.code)
    report.mime = real.mime if real else None
    if lies(mime, kind, real):
        report.problem = MIME_MISMATCH
    elif report.problem in (None, UNREADABLE) and real is not None:
        is_cut = is_truncated(path, real.family) or _is_short(report, duration_ms)
        report.problem = TRUNCATED if is_cut else report.problem
    return report


def _decode(path: Path, kind: str, real: Format | None, folder: Path) -> Report:
    # Libraries are imported when needed: a photo does not pay for ffmpeg.
    kinds = real.kinds if real else frozenset()
    if "photo" in kinds:
        from services.decoding.pictures import read_picture

        return read_picture(path, folder)
    if kinds:
        from services.decoding import sounds

        return sounds.read_film(path, folder) if kind == "video" else _listen(path, kind, folder)
    if kind == "file" or real is not None:
        return Report()
    raise Undecodable(UNREADABLE)


def _listen(path: Path, kind: str, folder: Path) -> Report:
    from services.decoding import sounds

    try:
        return sounds.read_sound(path, folder)
    except Undecodable:
        if kind != "file":
            raise
        return sounds.read_film(path, folder)


def _is_short(report: Report, duration_ms: int | None) -> bool:
    if duration_ms is None or report.duration_ms is None:
        return False
    lost = duration_ms - report.duration_ms
    return lost > _SLACK_MS and report.duration_ms < duration_ms * _WHOLE


def _end_with_parent() -> None:
    """The worker holds the other end of stdin: when it dies, however it dies, so does this."""
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(1)


def main() -> None:
    """Answer one question; exit code 3 means that the file broke us, with the reason on stderr."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    path, folder = Path(asked["path"]), Path(asked["folder"])
    try:
        report = examine(path, asked["kind"], asked["mime"], asked["duration_ms"], folder)
        sys.stdout.write(json.dumps(asdict(report)) + "\n")
        sys.stdout.flush()
        code = 0
    except Exception:
        # Any error of any library on a file that nobody vouches for.
        traceback.print_exc()
        sys.stderr.flush()
        code = BROKEN
    # Not sys.exit: a thread still reads stdin, and libraries have threads of their own.
    os._exit(code)


if __name__ == "__main__":
    main()
