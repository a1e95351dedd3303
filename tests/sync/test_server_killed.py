"""`suixing serve` is killed under six writers: what was acknowledged is there, once, without a gap.

Both databases, real processes, SIGKILL to the whole process group. Four kills by default, twenty
with `make test-sync N=…`; see docs/reliability.md.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import httpx
import pytest

from services.identity import NewUser, add_user, create_token
from services.kernel.clock import SystemClock, milliseconds
from services.kernel.db import Database
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from tests.support.devices import Json, Key, Phone
from tests.support.kept import Kept, read_kept
from tests.support.server import Server
from tests.support.six_writers import Writer

KILLS = int(os.environ.get("SYNC_KILLS", "4"))
WRITERS = 6
MEMBERS = "/api/v1/trips/{}/members"


@pytest.fixture(params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A server on each database; its worker reads what is written, as in life."""
    if request.param == "postgresql":
        monkeypatch.setenv("SUIXING_DATABASE_URL", request.getfixturevalue("postgres_url"))
    made = Server(tmp_path / "data")
    made.start()
    yield made
    made.kill()


@contextmanager
def database(server: Server) -> Iterator[Database]:
    opened = Database(Settings(data=server.data).resolved_database_url)
    try:
        yield opened
    finally:
        opened.dispose()


def wall() -> int:
    return milliseconds(SystemClock().now())


def new_phones(server: Server, trip: str) -> list[Phone]:
    """A phone for each of six people, who are not on the trip yet."""
    phones = []
    with database(server) as opened, opened.write() as session:
        for number in range(WRITERS):
            wanted = NewUser(email=f"writer{number}@example.org", name=f"写手{number}")
            user = add_user(session, wanted)
            token, _ = create_token(session, user.id, name="phone")
            phones.append(Phone(f"phone_of_{number}", user.id, token, trip, wall))
    return phones


def gather(server: Server) -> list[Writer]:
    """One trip with six aides and one record that all of them edit."""
    trip, shared = new_id(), ("stop", new_id())
    phones = new_phones(server, trip)
    writers = [Writer(one, server.url, Random(n), shared) for n, one in enumerate(phones)]
    first = phones[0]
    first.write(("trip", trip), {"kind": "research", "title": "石渡村供水调研"})
    first.write(shared, {"purpose": "看水"})
    with httpx.Client(base_url=server.url, timeout=60) as http:
        writers[0].finish(http)
        for phone in phones[1:]:
            body = {"user": phone.user, "role": "aide"}
            answer = http.post(MEMBERS.format(trip), json=body, headers=writers[0].headers)
            assert answer.status_code == 201, answer.text
    return writers


def kill_under_load(server: Server, writers: list[Writer]) -> None:
    """Kill and start the server again while everybody writes on; returns when all is sent."""
    rng, stop = Random(11), threading.Event()
    threads = [threading.Thread(target=one.run, args=(stop,)) for one in writers]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        time.sleep(rng.uniform(0.3, 1.5))
        server.kill()
        server.start()
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()


def test_a_server_killed_under_six_writers_keeps_what_it_acknowledged(server: Server) -> None:
    writers = gather(server)
    kill_under_load(server, writers)
    assert [one.failure for one in writers] == [None] * WRITERS
    with httpx.Client(base_url=server.url, timeout=60) as http:
        for writer in writers:
            writer.finish(http)
    assert all(one.broken for one in writers), "every writer was interrupted"
    server.kill()
    with database(server) as opened:
        kept = read_kept(opened, writers[0].phone.trip)
    check_receipts(kept, writers)
    check_sequence(kept, writers)
    check_records(kept, writers)
    told = {"kills": KILLS, "changes": len(kept.log), "broken": sum(one.broken for one in writers)}
    print(f"\n{server.data.parent.name}: {told}")  # noqa: T201


def check_receipts(kept: Kept, writers: list[Writer]) -> None:
    """Every receipt names a change in the log; the log holds nothing else of these devices."""
    sent: dict[str, Json] = {}
    for writer in writers:
        assert writer.sent.keys() == writer.receipts.keys(), "everything was answered in the end"
        sent |= writer.sent
        for change, seq in writer.receipts.items():
            assert kept.log[change].seq == seq
    people = {one for one, change in kept.log.items() if change.device != "server"}
    assert people == sent.keys()
    for change, told in sent.items():
        row = kept.log[change]
        assert (row.entity, row.record, row.fields) == (
            told["entity"],
            told["record"],
            told["fields"],
        )


def check_sequence(kept: Kept, writers: list[Writer]) -> None:
    """No seq twice, none left out but where a contest moved a record; no cursor went back."""
    seqs = [change.seq for change in kept.log.values() if change.seq is not None]
    assert len(set(seqs)) == len(seqs)
    superseded = len(kept.log) - len(seqs)
    assert len(set(range(1, kept.seq + 1)) - set(seqs)) <= superseded
    assert len(set(kept.heads.values())) == len(kept.heads), "one seq, one record"
    for writer in writers:
        assert writer.pulled == sorted(set(writer.pulled))
        assert writer.phone.feed.cursor == kept.seq


def check_records(kept: Kept, writers: list[Writer]) -> None:
    """Each note once, with its own text; every phone shows exactly what the server has."""
    assert kept.integrity == "ok"
    made = {one["record"] for w in writers for one in w.sent.values() if one["entity"] == "note"}
    notes = {key[1]: row for key, row in kept.rows.items() if key[0] == "note"}
    assert notes.keys() == made
    assert len({row["text"] for row in notes.values()}) == len(notes)
    for writer in writers:
        assert not writer.phone.outbox
        shown: dict[Key, Json] = writer.phone.shown()
        assert shown.keys() == kept.rows.keys()
        for key, row in kept.rows.items():
            assert {name: shown[key][name] for name in row} == row
            assert writer.phone.server[key].seq == kept.heads[key]
