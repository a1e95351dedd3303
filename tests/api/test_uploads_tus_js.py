"""The phones' own client library against a real server that is killed: nothing twice, all right."""

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.kernel.settings import Settings
from tests.support.phone import Phone, make_token, told_by
from tests.support.relay import Relay
from tests.support.server import Server

MIB = 1024 * 1024
DATA = random.Random(3).randbytes(6 * MIB + 12345)
# Heads of all requests, those asked in vain while the server was away included.
HEADS = 512 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("server") / "data")
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    return make_token(Settings(data=server.data))


@pytest.fixture
def phone(server: Server, token: str) -> Iterator[Phone]:
    made = Phone(server.url, token)
    yield made
    made.http.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "recording"
    path.write_bytes(DATA)
    return path


@pytest.mark.parametrize("deferred", [False, True])
def test_killed_in_mid_chunk_it_goes_on_and_sends_at_most_one_chunk_twice(
    server: Server, phone: Phone, file: Path, deferred: bool
) -> None:
    media = phone.announce(DATA)
    with Relay(server.port, hold_at=3 * MIB + MIB // 2) as relay:
        client = phone.begin_by_tus_js(relay.url, file, media, deferred=deferred)
        assert relay.held.wait(120), "the middle was never reached"
        server.kill()
        relay.cut()
        server.start()
        said = told_by(client)
        assert said[-1] == {"done": True}, said[-3:]
        assert relay.sent <= len(DATA) + MIB + HEADS
    accepted = [each["accepted"] for each in said if "accepted" in each]
    assert accepted == sorted(set(accepted)), "the offset never goes back"
    assert phone.row(media)["processing"] in ("stored", "ready", "failed")
    body = phone.http.get(f"/api/v1/media/{media}/content").content
    assert hashlib.sha256(body).digest() == hashlib.sha256(DATA).digest()
    assert (phone.custody()["kinds"][0]["stored"], phone.custody()["kinds"][0]["missing"]) == (1, 0)


def test_a_photo_that_comes_with_its_announcement_is_there_once_when_its_server_was_killed(
    server: Server, phone: Phone, tmp_path: Path
) -> None:
    photo = DATA[:300_000]
    path = tmp_path / "photo"
    path.write_bytes(photo)
    media = phone.announce(photo)
    with Relay(server.port, hold_at=200_000) as relay:
        client = phone.begin_by_tus_js(relay.url, path, media, whole=True)
        assert relay.held.wait(120), "the middle was never reached"
        server.kill()
        relay.cut()
        server.start()
        said = told_by(client)
        assert said[-1] == {"done": True}, said[-3:]
    assert [each["accepted"] for each in said if "accepted" in each] == [len(photo)]
    assert phone.row(media)["processing"] in ("stored", "ready", "failed")
    assert phone.http.get(f"/api/v1/media/{media}/content").content == photo
    assert (phone.custody()["kinds"][0]["stored"], phone.custody()["kinds"][0]["missing"]) == (1, 0)


def test_cut_at_half_it_is_never_listed_played_or_transcribed_as_whole(
    server: Server, phone: Phone, file: Path
) -> None:
    media = phone.announce(DATA, kind="audio", mime="audio/webm")
    with Relay(server.port) as relay:
        client = phone.begin_by_tus_js(relay.url, file, media, stopAt=3 * MIB)
        said = told_by(client)
    url = next(each["url"] for each in said if "url" in each)
    half = phone.offset(url.removeprefix(relay_part(url)))
    assert 3 * MIB <= half < len(DATA)
    row = phone.row(media)
    assert (row["processing"], row["stored_at"]) == ("expected", None)
    assert {what: phone.status(media, what) for what in ("content", "playable", "peaks")} == {
        "content": 404,
        "playable": 404,
        "peaks": 404,
    }
    (device,) = phone.custody()["devices"]
    assert [(blob["media"], blob["received"]) for blob in device["missing"]] == [(media, half)]
    assert device["stored"] == []
    jobs = phone.http.get(f"/api/v1/trips/{phone.trip}/jobs").json()
    assert [job for job in jobs if job["kind"] in ("transcribe", "derive_media")] == []
    entities = {
        each["entity"] for each in phone.http.get(f"/api/v1/sync/{phone.trip}/pull").json()["rows"]
    }
    assert not entities & {"transcript", "segment"}


def relay_part(url: str) -> str:
    """Scheme and host of an address."""
    return url[: url.index("/api/")]


def test_a_growing_recording_survives_the_server_between_its_pieces(
    server: Server, phone: Phone
) -> None:
    media = phone.announce(kind="audio", mime="audio/webm")
    url = phone.post(media, None)
    offset = 0
    for number in range(6):
        piece = DATA[offset : offset + 100_000]
        assert phone.patch(url, offset, piece).status_code == 204
        offset += len(piece)
        if number == 2:
            server.kill()
            server.start()
        head = phone.http.head(url).headers
        assert (head["upload-offset"], head["upload-defer-length"]) == (str(offset), "1")
        assert "upload-length" not in head
    end = phone.patch(url, offset, b"", Upload_Length=str(offset))
    assert end.status_code == 204, end.text
    assert phone.row(media)["processing"] == "received"
    assert phone.status(media, "playable") == 404
    digest = hashlib.sha256(DATA[:offset]).hexdigest()
    phone.push(("media", media, {"sha256": digest}))
    row = phone.await_processing(media, "stored", "ready", "failed")
    assert (row["sha256"], row["size"]) == (digest, offset)
    assert phone.http.get(f"/api/v1/media/{media}/content").content == DATA[:offset]
