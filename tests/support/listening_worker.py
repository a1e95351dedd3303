"""A worker of its own process that does transcribe jobs until it is killed or told to stop."""

import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path

from services.bootstrap import build_house
from services.jobs import Claimant, open_engine
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.transcription import run
from tests.support import tiny_whisper


def main(folder: str) -> None:
    # Small groups, so that a kill falls between two of them however fast the machine is.
    run.GROUP_SIZE = 4
    house = build_house(Settings(**(tiny_whisper.SETTINGS | {"data": Path(folder)})))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    who = Claimant(f"worker-{new_id()}", lease=timedelta(seconds=1))
    open_engine("local", house.db, house.jobs, who).work("heavy", stop)
    house.close()


if __name__ == "__main__":
    main(sys.argv[1])
