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

from services.decoding.examining import examine
from services.decoding.reports import BROKEN

MEMORY_BYTES = 4 * 1024**3


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
