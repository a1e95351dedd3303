"""Writes a rich database of the present schema as SQL: `python scripts/schema_fixture.py FILE`.

Run once per release from the root of that release's code; tests/rooms/migrations loads each.
"""

import contextlib
import io
import sqlite3
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from sqlmodel import select

from cli.demo import run_demo
from services.bootstrap import House, build_house
from services.jobs import Claimant
from services.jobs.claims import claim
from services.jobs.run import Run, execute
from services.kernel.clock import SystemClock
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.media import Media, Upload
from services.sync import ServerWrite, write_as_server
from services.trips import Quarantined


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with contextlib.redirect_stdout(io.StringIO()):
            run_demo(data=data)
        house = build_house(Settings(data=data))
        try:
            _add_rest(house)
            _work_off(house)
        finally:
            house.close()
        with contextlib.closing(sqlite3.connect(data / "suixing.db")) as connection:
            target.write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")


def _add_rest(house: House) -> None:
    """A transcript with its segment, an upload half way, a change kept aside."""
    now = datetime.now(UTC)
    with house.db.write() as session:
        media = session.exec(select(Media).where(Media.kind == "audio")).first()
        assert media is not None
        transcript, segment, trip = new_id(), new_id(), media.trip
        said = "这条路是2019年修好的。"
        heard = {"media": media.id, "transcript": transcript, "start_ms": 0, "end_ms": 4000}
        heard |= {"text": said, "machine_text": said}
        done = {"media": media.id, "state": "done", "cursor_ms": 4000}
        expected = ServerWrite("media", new_id(), {"kind": "file", "mime": "text/plain"})
        writes = [ServerWrite("transcript", transcript, done)]
        writes += [ServerWrite("segment", segment, heard), expected]
        write_as_server(session, trip, writes)
        user = media.created_by or ""
        upload = {"id": new_id(), "trip": trip, "media": expected.record, "user": user}
        session.add(Upload(**upload, length=9, created_at=now, expires_at=now + timedelta(days=9)))
        change = {"id": new_id(), "entity": "note", "record": new_id(), "fields": {"text": "迟到"}}
        aside = {"trip": trip, "user": new_id(), "device": "phone_gone", "at": now}
        session.add(Quarantined(id=change["id"], change=change, **aside))


def _work_off(house: House) -> None:
    """Claims and thumbnails; the recordings still wait for a model."""
    who = Claimant("fixture", timedelta(minutes=5), SystemClock())
    while True:
        with house.db.write() as session:
            job = claim(session, who, "light", ("derive_media", "read_claims"))
        if job is None:
            return
        execute(Run(house.db, job, who, threading.Event()), house.jobs.of(job.kind))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
