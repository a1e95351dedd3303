"""Whatever bytes come: if their hash is right they are kept, and the row says what they are."""

import os
import signal
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image
from sqlmodel import select

from services.bootstrap import House
from services.jobs import Job
from tests.support.audio import silent_film
from tests.support.house import Caller
from tests.support.pictures import (
    TURNED_RIGHT,
    camera_exif,
    heic,
    jpeg,
    open_picture,
    picture,
    png_of,
)
from tests.support.tus import Tus, run_jobs

SAMPLES = Path("tests/data/whisper-tiny/samples")
WEBM = SAMPLES / "en-road-2021.webm"
PLACE = {"lat": 30.26, "lon": 120.15}


@pytest.fixture
def tus(aide: Caller) -> Tus:
    return Tus(aide)


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip()


def derived(house: House, tus: Tus, trip: str, data: bytes, **fields: Any) -> dict[str, Any]:
    """Send, derive, and check that the bytes are still what was sent; returns the row."""
    media = tus.send(trip, data, **fields)
    assert run_jobs(house) == ["derive_media"]
    assert tus.get(media).content == data
    return tus.row(trip, media)


def ended(row: dict[str, Any]) -> tuple[str, str | None]:
    return row["processing"], row["problem"]


class TestUnreadable:
    def test_a_picture_of_900_megapixels_is_not_decoded(
        self, house: House, tus: Tus, trip: str
    ) -> None:
        row = derived(house, tus, trip, png_of(30_000, 30_000), mime="image/png")
        assert ended(row) == ("failed", "too_large_to_decode")

    def test_an_empty_and_a_lying_file_are_kept_and_harm_nothing_else(
        self, house: House, tus: Tus, trip: str
    ) -> None:
        empty = tus.send(trip, b"", kind="audio", mime="audio/webm")
        lying = tus.send(trip, WEBM.read_bytes(), kind="photo", mime="image/jpeg")
        good = tus.send(trip, jpeg())
        run_jobs(house)
        assert ended(tus.row(trip, empty)) == ("failed", "empty")
        assert ended(tus.row(trip, lying)) == ("failed", "mime_mismatch")
        assert tus.get(empty).content == b""
        assert tus.get(lying).content == WEBM.read_bytes()
        assert tus.row(trip, good)["processing"] == "ready"
        with house.db.read() as session:
            states = {job.state for job in session.exec(select(Job)) if job.kind == "derive_media"}
        assert states == {"done"}


class TestWhatIsLeft:
    def test_the_first_half_of_a_recording_can_be_played(
        self, house: House, tus: Tus, trip: str
    ) -> None:
        data = WEBM.read_bytes()
        media = tus.send(trip, data[: len(data) // 2], kind="audio", mime="audio/webm")
        run_jobs(house)
        row = tus.row(trip, media)
        assert ended(row) == ("failed", "truncated")
        assert 1000 < row["duration_ms"] < 3000
        with av.open(BytesIO(tus.get(media, "playable").content)) as sound:
            assert sound.streams.audio[0].codec_context.name == "aac"

    def test_the_first_half_of_a_photo_can_be_seen(self, house: House, tus: Tus, trip: str) -> None:
        data = jpeg()
        media = tus.send(trip, data[: len(data) // 2])
        run_jobs(house)
        assert ended(tus.row(trip, media)) == ("failed", "truncated")
        assert open_picture(tus.get(media, "thumbnail").content).size == (320, 240)

    def test_less_sound_than_the_phone_counted_is_truncated(
        self, house: House, tus: Tus, trip: str
    ) -> None:
        told = {"kind": "audio", "mime": "audio/webm", "duration_ms": 60_000}
        row = derived(house, tus, trip, WEBM.read_bytes(), **told)
        assert ended(row) == ("failed", "truncated")
        assert row["duration_ms"] == 60_000

    def test_a_film_shows_its_first_picture(
        self, house: House, tus: Tus, trip: str, tmp_path: Path
    ) -> None:
        data = silent_film(tmp_path / "film.mp4").read_bytes()
        media = tus.send(trip, data, kind="video", mime="video/mp4")
        run_jobs(house)
        row = tus.row(trip, media)
        assert ended(row) == ("ready", None)
        assert (row["width"], row["height"]) == (64, 64)
        assert tus.get(media, "thumbnail").status_code == 200
        assert tus.get(media, "playable").content == data

    def test_any_paper_is_ready_as_it_is(self, house: House, tus: Tus, trip: str) -> None:
        row = derived(house, tus, trip, b"%PDF-1.7\n...", kind="file", mime="application/pdf")
        assert ended(row) == ("ready", None)


class TestExif:
    def test_place_time_and_size_are_read_when_the_device_gave_none(
        self, house: House, tus: Tus, trip: str
    ) -> None:
        row = derived(house, tus, trip, jpeg(exif=camera_exif(orientation=TURNED_RIGHT)))
        assert {name: row[name] for name in PLACE} == PLACE
        assert (row["width"], row["height"]) == (600, 800)
        # The camera wrote no zone: it showed the time of the trip, which is in China.
        assert row["captured_at"] == "2026-11-20T01:30:00.000Z"

    def test_a_zone_that_the_camera_wrote_counts(self, house: House, tus: Tus, trip: str) -> None:
        row = derived(house, tus, trip, jpeg(exif=camera_exif(offset="-05:00")))
        assert row["captured_at"] == "2026-11-20T14:30:00.000Z"

    def test_what_the_device_said_stands(self, house: House, tus: Tus, trip: str) -> None:
        own = {"lat": 1.5, "lon": 2.5, "captured_at": "2026-11-19T00:00:00.000Z"}
        row = derived(house, tus, trip, jpeg(exif=camera_exif()), **own)
        assert {name: row[name] for name in own} == own

    def test_a_heic_is_read_and_shown_too(self, house: House, tus: Tus, trip: str) -> None:
        media = tus.send(trip, heic(exif=camera_exif()), mime="image/heic")
        run_jobs(house)
        row = tus.row(trip, media)
        assert ended(row) == ("ready", None)
        assert {name: row[name] for name in PLACE} == PLACE
        assert (row["width"], row["height"]) == (800, 600)
        assert open_picture(tus.get(media, "thumbnail").content).size == (320, 240)

    @pytest.mark.parametrize("make", [jpeg, heic])
    def test_a_turned_photo_is_shown_upright(
        self, house: House, tus: Tus, trip: str, make: Any
    ) -> None:
        # Held upright, the camera stores the picture on its side: its red top left lies elsewhere.
        stored = picture().transpose(Image.Transpose.ROTATE_90)
        data = make(stored, camera_exif(orientation=TURNED_RIGHT))
        media = tus.send(trip, data, mime=f"image/{make.__name__}")
        run_jobs(house)
        shown = open_picture(tus.get(media, "thumbnail").content).convert("RGB")
        assert shown.size == (320, 240)
        red, green, _ = shown.getpixel((20, 20))
        assert red > 180 > 90 > green


class TestTryingAgain:
    def test_a_failed_media_can_be_derived_again(
        self, house: House, aide: Caller, tus: Tus, trip: str
    ) -> None:
        media = tus.send(trip, jpeg(), mime="image/png")
        run_jobs(house)
        assert ended(tus.row(trip, media)) == ("failed", "mime_mismatch")
        aide.results(trip, aide.change("media", media, {"mime": "image/jpeg"}))
        answer = aide.client.post(f"/api/v1/media/{media}/retry", headers=aide.headers)
        assert (answer.status_code, answer.json()["processing"]) == (202, "stored")
        assert run_jobs(house) == ["derive_media"]
        assert ended(tus.row(trip, media)) == ("ready", None)

    def test_without_bytes_there_is_nothing_to_try(self, aide: Caller, tus: Tus, trip: str) -> None:
        media = tus.announce(trip, b"later")
        answer = aide.client.post(f"/api/v1/media/{media}/retry", headers=aide.headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_stored")

    def test_a_decoder_that_is_killed_from_outside_says_nothing_of_the_file(
        self, house: House, tus: Tus, trip: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        media = tus.send(trip, jpeg())

        class Killed(subprocess.Popen[bytes]):
            """The real process, met by a SIGTERM at its start."""

            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, **options)
                os.kill(self.pid, signal.SIGTERM)

        with monkeypatch.context() as patched:
            patched.setattr(subprocess, "Popen", Killed)
            run_jobs(house)
        assert ended(tus.row(trip, media)) == ("stored", None)
        with house.db.write() as session:
            (job,) = [job for job in session.exec(select(Job)) if job.kind == "derive_media"]
            assert job.state == "queued"
            job.run_at = job.created_at
        run_jobs(house)
        assert ended(tus.row(trip, media)) == ("ready", None)


def test_bytes_that_the_store_has_lost_are_expected_again(
    house: House, tus: Tus, trip: str
) -> None:
    data = jpeg()
    media = tus.send(trip, data)
    (key,) = house.store.list("sha256/")
    house.store.delete(key)
    run_jobs(house)
    row = tus.row(trip, media)
    assert ended(row) == ("expected", "object_missing")
    assert row["stored_at"] is None
    assert tus.post(media, len(data), data).status_code == 201
    run_jobs(house)
    assert ended(tus.row(trip, media)) == ("ready", None)
