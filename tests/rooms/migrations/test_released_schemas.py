"""A database of every released schema is brought to the present one, whole, and served."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from api.app import create_app
from services.bootstrap import House, build_house, migrate, safekeeping_place
from services.contradictions import Contradiction, FlagPlace
from services.identity import User, create_token
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.media import MediaBlob
from services.safekeeping import check_data
from services.sync import SyncChange, SyncHead
from services.trips import Quarantined, Trip
from tests.support.house import Caller, TestClock
from tests.support.tree import ROOT

SCHEMAS = sorted((ROOT / "tests" / "data" / "schemas").glob("*.sql"))
# A fixture holds no objects: what says that they are missing is no fault of the migration.
ABOUT_OBJECTS = {"object_missing"}


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
def test_an_older_database_is_migrated_whole_and_served(tmp_path: Path, schema: Path) -> None:
    file = tmp_path / "suixing.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(schema.read_text(encoding="utf-8"))
        log = set(connection.execute("SELECT id, seq, fields FROM sync_change"))
        notes = dict(connection.execute("SELECT id, text FROM note"))
    settings = Settings(data=tmp_path)
    migrate(settings)
    with closing(sqlite3.connect(file)) as connection:
        assert set(connection.execute("SELECT id, seq, fields FROM sync_change")) == log
    with _opened(settings) as house:
        flaws = list(check_data(safekeeping_place(house), quick=True))
        assert [flaw for flaw in flaws if flaw.code not in ABOUT_OBJECTS] == []
        with house.db.read() as session:
            for table in (Quarantined, MediaBlob, SyncChange, SyncHead):
                assert session.exec(select(table)).first() is not None
            flags = set(session.exec(select(Contradiction.id)))
            assert flags == set(session.exec(select(FlagPlace.flag))) != set()
        _sync_goes_on(house, notes)


def _sync_goes_on(house: House, notes: dict[str, str]) -> None:
    """A phone of that time pulls what it had, and what it had not sent is taken."""
    clock = TestClock()
    clock.time = house.clock.now()
    with house.db.write() as session:
        trip, token, user = _signed_in(session)
    with TestClient(create_app(house=house)) as client:
        phone = Caller(client, user, token, "phone_of_then", clock)
        rows = {row["record"]: row for row in phone.pull(trip)["rows"]}
        assert {note: rows[note]["fields"]["text"] for note in notes} == notes
        note = next(iter(notes))
        text = {"text": notes[note] + "\n补记"}
        edit = phone.change("note", note, text, base=rows[note]["seq"])
        made = phone.change("note", new_id(), {"kind": "minute", "text": "路上写的"})
        statuses = [result["status"] for result in phone.results(trip, edit, made)]
        assert statuses == ["applied", "applied"]
        assert phone.results(trip, made)[0]["status"] == "duplicate"


def _signed_in(session: Session) -> tuple[str, str, str]:
    trip, user = session.exec(select(Trip)).one(), session.exec(select(User)).one()
    return trip.id, create_token(session, user.id, name="test")[0], user.id


@contextmanager
def _opened(settings: Settings) -> Iterator[House]:
    house = build_house(settings)
    try:
        yield house
    finally:
        house.close()
