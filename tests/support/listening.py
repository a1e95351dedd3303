"""A house that transcribes: recordings go in by sync and store, jobs run when a test says so."""

import hashlib
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col

from services.bootstrap import House, build_house
from services.identity import NewUser, add_user
from services.jobs import Claimant, Job
from services.jobs.claims import claim
from services.jobs.run import Run, execute
from services.kernel.actor import Actor
from services.kernel.clock import Clock, milliseconds
from services.kernel.events import publish
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.media import AudioStored, blob_key
from services.sync import Envelope, push
from services.transcription import Segment, Transcript, transcript_id
from services.transcription.recordings import live
from tests.support import tiny_whisper
from tests.support.tables import lay_tables


class MovedClock:
    """The real time, and ahead of it by what a test added."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, **span: float) -> None:
        self.ahead += timedelta(**span)


@dataclass
class Desk:
    """An aide with a trip in a house, and the hand that runs the worker's jobs."""

    house: House
    clock: MovedClock
    actor: Actor
    trip: str = field(default_factory=new_id)
    device: str = "phone001"
    _counter: Iterator[int] = field(default_factory=itertools.count)

    def push(self, entity: str, record: str, **fields: Any) -> None:
        """One change of the aide's phone."""
        self.change(entity, record, fields)

    def change(self, entity: str, record: str, fields: dict[str, Any], **more: Any) -> None:
        now = milliseconds(self.clock.now())
        one = {"id": new_id(), "entity": entity, "record": record, "fields": fields}
        one |= {"hlc": f"{now:013d}-{next(self._counter):04x}-{self.device}"} | more
        with self.house.db.write() as session:
            answer = push(session, self.actor, self.trip, Envelope(self.device, now, [one]))
        assert answer.results[0].status in ("applied", "merged"), answer

    def record(self, content: bytes, **fields: Any) -> str:
        """A recording that was synced and whose bytes have come; returns its media id."""
        media = new_id()
        sha256 = hashlib.sha256(content).hexdigest()
        given = {"kind": "audio", "sha256": sha256, "size": len(content), "mime": "audio/webm"}
        self.push("media", media, **(given | fields))
        self.house.store.put_bytes(blob_key(sha256), content)
        with self.house.db.write() as session:
            publish(session, AudioStored(trip=self.trip, media=media))
        return media

    def sample(self, name: str, **fields: Any) -> str:
        return self.record((tiny_whisper.SAMPLES / name).read_bytes(), **fields)

    def work(self) -> list[str]:
        """Run every heavy job that is due, one after the other; the states they end in."""
        return run_heavy(self.house, self.clock)

    def transcript(self, media: str) -> Transcript:
        with self.house.db.read() as session:
            return session.get_one(Transcript, transcript_id(media))

    def segments(self, media: str) -> list[Segment]:
        """The segments that stand, in order of time."""
        with self.house.db.read() as session:
            found = live(session, Segment, col(Segment.media) == media)
        return sorted((segment for segment, _ in found), key=lambda s: (s.start_ms, s.revision))

    def texts(self, media: str) -> list[str]:
        return [segment.text for segment in self.segments(media)]


def run_heavy(house: House, clock: Clock) -> list[str]:
    """Do what the worker's heavy lane would do now; the states the jobs end in."""
    ended = []
    who = Claimant("test", clock=clock)
    while True:
        with house.db.write() as session:
            job = claim(session, who, "heavy", house.jobs.kinds())
        if job is None:
            return ended
        execute(Run(house.db, job, who, threading.Event()), house.jobs.of(job.kind))
        with house.db.read() as session:
            ended.append(session.get_one(Job, job.id).state)


@contextmanager
def open_desk(folder: Path, **settings: Any) -> Iterator[Desk]:
    """A fresh house with the tiny model, or with what `settings` say, and a trip in it."""
    clock = MovedClock()
    given = tiny_whisper.SETTINGS | {"data": folder} | settings
    lay_tables(Settings(**given))
    house = build_house(Settings(**given), clock=clock)
    with house.db.write() as session:
        user = add_user(session, NewUser(email="aide@example.org", name="小宋"))
        actor = Actor(user=user.id, name=user.name, device="phone001")
    desk = Desk(house, clock, actor)
    desk.push("trip", desk.trip, kind="research", title="石渡村调研", languages=["en", "zh"])
    try:
        yield desk
    finally:
        house.close()
