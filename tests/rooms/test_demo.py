"""`suixing demo` makes a whole trip by the ways that a phone uses, again and again."""

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, col, func, select

from cli._demo_trip import read_demo
from cli.demo import run_demo
from services.bootstrap import SYNCED, build_house
from services.kernel.settings import Settings
from services.media import Media
from services.notes import Note
from services.trips import Member, Trip


@dataclass
class Twice:
    """A folder in which the demo was made twice: what each run printed, and the database."""

    said: list[str]
    session: Session


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    data = tmp_path_factory.mktemp("demo")
    said = []
    for _ in range(2):
        with redirect_stdout(io.StringIO()) as out:
            run_demo(data=data)
        said.append(out.getvalue())
    house = build_house(Settings(data=data))
    with house.db.read() as session:
        yield Twice(said, session)
    house.close()


def test_a_fresh_folder_gets_an_account_to_see_the_trip_with(twice: Twice) -> None:
    assert "sign in as demo@example.org with password" in twice.said[0]
    assert set(twice.session.exec(select(Member.role))) == {"aide"}


def test_the_notes_are_in_both_languages(twice: Twice) -> None:
    trip = twice.session.exec(select(Trip)).first()
    assert trip is not None
    texts = twice.session.exec(select(Note.text).where(Note.trip == trip.id)).all()
    assert any("合作社有58户" in text for text in texts)
    assert any("800 thousand" in text for text in texts)


def test_every_photo_and_recording_of_the_demo_reaches_the_store(twice: Twice) -> None:
    media = twice.session.exec(select(Media)).all()
    assert sorted(each.kind for each in media) == ["audio"] * 4 + ["photo"] * 6
    assert all(each.stored_at is not None for each in media)


def test_a_second_demo_is_another_trip_of_the_same_account(twice: Twice) -> None:
    assert "password" not in twice.said[1]
    assert twice.session.exec(select(func.count(col(Trip.id)))).one() == 2
    assert len(set(twice.session.exec(select(Member.user)))) == 1


def test_the_demo_shows_every_entity_that_people_write() -> None:
    made_by_server = {"member", "transcript", "segment", "contradiction"}
    trip = read_demo(datetime(2026, 11, 23, 4, tzinfo=UTC))
    shown = {each.entity for each in trip.records}
    missing = {str(table.__tablename__) for table in SYNCED} - made_by_server - shown
    assert missing == set()


def test_the_demo_trip_began_yesterday_at_the_place_it_is_about() -> None:
    trip = read_demo(datetime(2026, 11, 23, 17, tzinfo=UTC))
    assert trip.records[0].fields["starts_on"] == "2026-11-23"
    first = next(each for each in trip.records if each.entity == "stop")
    assert first.fields["starts_at"] == "2026-11-23T01:30:00.000Z"
