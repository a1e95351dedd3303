"""A trip in a whole house, and the hand that reads its claims when a test says so."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from services.contradictions import READ_CLAIMS, Claim, ClaimTerm, Contradiction, ContradictionFound
from services.jobs import Claimant, Job
from services.jobs.claims import claim
from services.jobs.run import Run, execute
from services.kernel.ids import new_id
from services.sync import ServerWrite, write_as_server
from tests.support.listening import Desk, open_desk


@dataclass
class Table:
    """The desk of an aide, seen from the room of contradictions."""

    desk: Desk
    found: list[ContradictionFound] = field(default_factory=list)

    def note(self, text: str, **fields: Any) -> str:
        note = new_id()
        self.desk.push("note", note, kind="quote", text=text, **fields)
        return note

    def edit(self, entity: str, record: str, **fields: Any) -> None:
        self.desk.push(entity, record, **fields)

    def person(self, name: str) -> str:
        person = new_id()
        self.desk.push("person", person, name=name)
        return person

    def recording(self, **fields: Any) -> str:
        media = new_id()
        given = {"kind": "audio", "sha256": "0" * 64, "size": 10, "mime": "audio/webm"} | fields
        self.desk.push("media", media, **given)
        return media

    def segment(self, media: str, text: str, **fields: Any) -> str:
        """A segment as the server writes it."""
        segment = new_id()
        times = {"start_ms": 12_000, "end_ms": 15_000}
        given = {"media": media, "text": text, "machine_text": text} | times | fields
        with self.desk.house.db.write() as session:
            write_as_server(session, self.desk.trip, [ServerWrite("segment", segment, given)])
        return segment

    def read(self) -> list[str]:
        """Run all readings that are due; the states they end in."""
        who = Claimant("test", clock=self.desk.clock)
        ended = []
        while True:
            with self.desk.house.db.write() as session:
                job = claim(session, who, "light", [READ_CLAIMS])
            if job is None:
                return ended
            execute(
                Run(self.desk.house.db, job, who, threading.Event()),
                self.desk.house.jobs.of(READ_CLAIMS),
            )
            with self.desk.house.db.read() as session:
                ended.append(session.get_one(Job, job.id).state)

    def flags(self, *states: str) -> list[Contradiction]:
        """The flags in these states; without any: all."""
        with self.desk.house.db.read() as session:
            rows = list(session.exec(select(Contradiction)))
        return [row for row in rows if not states or row.state in states]

    def claims(self, record: str) -> list[Claim]:
        """The claims of a record that stand."""
        with self.desk.house.db.read() as session:
            return list(session.exec(select(Claim).where(Claim.record == record)))

    def postings(self) -> int:
        with self.desk.house.db.read() as session:
            return session.exec(select(func.count()).select_from(ClaimTerm)).one()


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with open_desk(tmp_path / "data") as desk:
        made = Table(desk)
        desk.house.db.handlers.on(ContradictionFound, lambda _, event: made.found.append(event))
        yield made
