"""Uploads that nobody comes back for: what is complete is finished, the rest goes in its time."""

import os

import pytest
from sqlmodel import select

from services.bootstrap import House
from services.jobs import Job
from services.kernel.errors import Busy
from services.kernel.ids import new_id
from services.media import Intake, open_intake, sweep
from tests.support.house import Caller
from tests.support.tus import Tus, run_jobs

DATA = bytes(range(256)) * 40


@pytest.fixture
def tus(aide: Caller) -> Tus:
    return Tus(aide)


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip()


@pytest.fixture
def intake(house: House) -> Intake:
    return open_intake(house.settings, house.db, house.store, house.clock)


def test_a_complete_upload_is_stored_without_its_client(
    house: House, tus: Tus, trip: str, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Busy("storage_unavailable", retry_after=5)

    media = tus.announce(trip, DATA)
    with monkeypatch.context() as patched:
        for way in ("adopt_file", "put_bytes"):
            patched.setattr(house.store, way, away)
        assert tus.post(media, len(DATA), DATA).status_code == 503
    sweep(intake)
    assert tus.row(trip, media)["processing"] == "stored"
    assert tus.get(media).content == DATA


def test_an_expired_upload_goes_with_its_bytes_and_others_stay(
    aide: Caller, tus: Tus, trip: str, intake: Intake
) -> None:
    old = tus.post(tus.announce(trip, DATA), len(DATA), DATA[:10]).headers["location"]
    aide.clock.advance(days=10)
    young = tus.post(tus.announce(trip, DATA[1:]), len(DATA) - 1, DATA[1:9]).headers["location"]
    aide.clock.advance(days=5)
    sweep(intake)
    assert tus.head(old).status_code == 404
    assert tus.offset(young) == 8
    assert len(intake.staging.uploads()) == 1


def test_a_file_without_a_row_goes_after_a_day(house: House, intake: Intake) -> None:
    fresh, stale = new_id(), new_id()
    for upload in (fresh, stale):
        with intake.staging.claim(upload) as file:
            file.append(b"abc")
    os.utime(intake.staging.path(stale), (0, 0))
    sweep(intake)
    assert intake.staging.uploads() == [fresh]


def test_an_upload_that_is_being_written_is_left_alone(
    aide: Caller, tus: Tus, trip: str, intake: Intake
) -> None:
    url = tus.post(tus.announce(trip, DATA), len(DATA), DATA[:10]).headers["location"]
    aide.clock.advance(days=20)
    with intake.staging.claim(url.rsplit("/", 1)[1]):
        sweep(intake)
    assert len(intake.staging.uploads()) == 1


def test_the_sweep_comes_again_as_long_as_an_upload_is_known(
    house: House, aide: Caller, tus: Tus, trip: str
) -> None:
    tus.post(tus.announce(trip, DATA), len(DATA), DATA[:10])
    assert run_jobs(house, "sweep_uploads") == []
    make_due(house)
    assert run_jobs(house, "sweep_uploads") == ["sweep_uploads"]
    aide.clock.advance(days=20)
    make_due(house)
    assert run_jobs(house, "sweep_uploads") == ["sweep_uploads"]
    assert not open_sweeps(house)


def make_due(house: House) -> None:
    with house.db.write() as session:
        (job,) = session.exec(select(Job).where(Job.kind == "sweep_uploads", Job.state == "queued"))
        job.run_at = job.created_at


def open_sweeps(house: House) -> list[Job]:
    with house.db.read() as session:
        query = select(Job).where(Job.kind == "sweep_uploads", Job.state == "queued")
        return list(session.exec(query))
