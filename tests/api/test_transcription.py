"""Transcribing again by REST: a recording sent by tus, its transcript and segments by pull."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import SQLModel

from services.bootstrap import House, build_house
from services.identity import User
from services.kernel.clock import SystemClock
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.transcription import transcript_id
from tests.support import tiny_whisper
from tests.support.house import Caller, TestClock
from tests.support.listening import run_heavy
from tests.support.tus import Tus

SOUND = (tiny_whisper.SAMPLES / "en-road-2021.webm").read_bytes()
SAID = "The village road was finished in 2021."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A fresh house that hears with the tiny model."""
    settings = Settings(**(tiny_whisper.SETTINGS | {"data": tmp_path}))
    made = build_house(settings, clock=TestClock())
    SQLModel.metadata.create_all(made.db.engine)
    yield made
    made.close()


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip(languages=["en"])


@pytest.fixture
def media(aide: Caller, trip: str) -> str:
    return Tus(aide).send(trip, SOUND, kind="audio", mime="audio/webm", name="road.webm")


def ask(caller: Caller, media: str, method: str = "POST") -> tuple[int, dict[str, object]]:
    url = f"/api/v1/media/{media}/transcribe"
    answer = caller.client.request(method, url, headers=caller.headers)
    return answer.status_code, answer.json()


def rows(caller: Caller, trip: str, entity: str) -> list[dict[str, object]]:
    found = [row for row in caller.pull(trip)["rows"] if row["entity"] == entity]
    return [row["fields"] for row in found if not row["deleted"]]


def test_a_recording_sent_by_tus_is_heard_and_pulled(
    house: House, aide: Caller, trip: str, media: str
) -> None:
    (waiting,) = rows(aide, trip, "transcript")
    assert (waiting["media"], waiting["state"]) == (media, "queued")
    run_heavy(house, SystemClock())
    (transcript,) = rows(aide, trip, "transcript")
    assert (transcript["state"], transcript["language"]) == ("done", "en")
    (segment,) = rows(aide, trip, "segment")
    assert segment["text"] == segment["machine_text"] == SAID
    assert segment["transcript"] == transcript_id(media)


def test_asking_again_makes_a_new_revision_and_keeps_what_a_person_wrote(
    house: House, aide: Caller, trip: str, media: str
) -> None:
    run_heavy(house, SystemClock())
    (segment,) = rows(aide, trip, "segment")
    text = {"text": "The village road was finished in 2020."}
    (result,) = aide.results(trip, aide.change("segment", str(segment["id"]), text))
    assert result["status"] == "applied"
    status, transcript = ask(aide, media)
    assert (status, transcript["state"], transcript["revision"]) == (202, "queued", 2)
    run_heavy(house, SystemClock())
    (after,) = rows(aide, trip, "segment")
    assert (after["id"], after["text"]) == (segment["id"], text["text"])


def test_stopping_and_asking_again(house: House, aide: Caller, trip: str, media: str) -> None:
    status, stopped = ask(aide, media, "DELETE")
    assert (status, stopped["state"], stopped["problem"]) == (200, "failed", "stopped")
    run_heavy(house, SystemClock())
    assert rows(aide, trip, "segment") == []
    status, again = ask(aide, media)
    assert (status, again["state"], again["problem"]) == (202, "queued", None)
    run_heavy(house, SystemClock())
    assert [row["text"] for row in rows(aide, trip, "segment")] == [SAID]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_strangers_and_unknown_recordings_get_the_same_404(
    aide: Caller, stranger: Caller, media: str, method: str
) -> None:
    status, problem = ask(stranger, media, method)
    assert (status, problem["code"]) == (404, "media_unknown")
    assert ask(aide, new_id(), method)[1]["code"] == "media_unknown"
    assert ask(aide, "not-an-id", method)[0] == 404


def test_a_recording_whose_bytes_have_not_come_is_a_conflict(aide: Caller, trip: str) -> None:
    media = new_id()
    aide.results(trip, aide.change("media", media, {"kind": "audio", "mime": "audio/webm"}))
    status, problem = ask(aide, media)
    assert (status, problem["code"]) == (409, "media_not_stored")


def test_the_engine_is_reported_and_the_mend_is_for_administrators(
    house: House, client: TestClient, aide: Caller
) -> None:
    url = "/api/v1/transcription/engine"
    told = client.get(url, headers=aide.headers).json()
    assert told == {"state": "ready", "engine": "faster-whisper", "hint": ""}
    house.settings.whisper_model = "small"
    told = client.get(url, headers=aide.headers).json()
    assert (told["state"], told["hint"]) == ("no_model", "")
    assert client.get(url).status_code == 401


def test_an_administrator_is_told_how_to_add_a_model(
    house: House, client: TestClient, aide: Caller
) -> None:
    house.settings.whisper_model = "small"
    with house.db.write() as session:
        session.get_one(User, aide.user).admin = True
    told = client.get("/api/v1/transcription/engine", headers=aide.headers).json()
    assert told["hint"] == "Run: suixing models download small"
