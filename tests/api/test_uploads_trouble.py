"""tus where things go their own way: growing recordings, rights, and machines in trouble."""

import errno
import os

import pytest

from services.bootstrap import House
from services.kernel.errors import Busy
from tests.support.house import Caller
from tests.support.tus import URL, Tus, is_problem, sha256

DATA = bytes(range(256)) * 40


@pytest.fixture
def tus(aide: Caller) -> Tus:
    return Tus(aide)


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip()


class TestGrowingRecording:
    def test_bytes_may_come_before_their_length_and_hash_are_known(
        self, aide: Caller, tus: Tus, trip: str
    ) -> None:
        media = tus.announce(trip, DATA, kind="audio", mime="audio/webm", sha256=None, size=None)
        made = tus.post(media, None, DATA[:100])
        url = made.headers["location"]
        assert tus.head(url).headers["upload-defer-length"] == "1"
        assert tus.patch(url, 100, DATA[100:200]).status_code == 204
        last = tus.patch(url, 200, DATA[200:], Upload_Length=str(len(DATA)))
        assert last.status_code == 204
        assert tus.row(trip, media)["processing"] == "received"
        aide.results(trip, aide.change("media", media, {"sha256": sha256(DATA)}))
        row = tus.row(trip, media)
        assert (row["processing"], row["size"]) == ("stored", len(DATA))

    def test_a_hash_that_arrives_later_and_is_not_theirs_asks_for_them_again(
        self, aide: Caller, tus: Tus, trip: str
    ) -> None:
        media = tus.announce(trip, DATA, sha256=None)
        tus.post(media, 50, DATA[:50])
        assert tus.row(trip, media)["processing"] == "received"
        aide.results(trip, aide.change("media", media, {"sha256": sha256(DATA)}))
        row = tus.row(trip, media)
        assert (row["processing"], row["problem"]) == ("expected", "hash_mismatch")
        assert tus.post(media, len(DATA), DATA).status_code == 201
        assert tus.row(trip, media)["processing"] == "stored"
        assert tus.get(media).content == DATA

    def test_the_hash_that_the_row_got_meanwhile_is_verified(
        self, aide: Caller, tus: Tus, trip: str
    ) -> None:
        media = tus.announce(trip, DATA, sha256=None)
        url = tus.post(media, None, DATA[:100]).headers["location"]
        aide.results(trip, aide.change("media", media, {"sha256": sha256(DATA)}))
        response = tus.patch(url, 100, b"wrong", Upload_Length="105")
        assert is_problem(response, 460, "hash_mismatch")


class TestRights:
    def test_anonymous_is_401_before_a_byte_is_read(
        self, aide: Caller, tus: Tus, trip: str
    ) -> None:
        url = tus.post(tus.announce(trip, DATA), len(DATA)).headers["location"]
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        }
        response = aide.client.patch(url, content=DATA, headers=headers)
        assert is_problem(response, 401, "signed_out")
        assert tus.offset(url) == 0

    def test_a_stranger_gets_404_everywhere(self, tus: Tus, trip: str, stranger: Caller) -> None:
        media = tus.announce(trip, DATA)
        url = tus.post(media, len(DATA), DATA[:10]).headers["location"]
        other = Tus(stranger)
        assert other.post(media, len(DATA)).status_code == 404
        assert other.patch(url, 10, DATA[10:]).status_code == 404
        assert other.head(url).status_code == 404
        assert other.delete(url).status_code == 404
        assert tus.offset(url) == 10

    @pytest.mark.parametrize("name", ["..", "..%2f..%2fsuixing.db", "%2e%2e", "nul%00", "x" * 300])
    def test_an_upload_id_never_becomes_a_path(self, tus: Tus, name: str) -> None:
        assert tus.head(f"{URL}/{name}").status_code in (404, 405)


class TestMachineTrouble:
    def test_a_full_disk_is_507_and_keeps_what_is_there(
        self, tus: Tus, trip: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = tus.post(tus.announce(trip, DATA), len(DATA), DATA[:1000]).headers["location"]

        def full(fd: int, data: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            response = tus.patch(url, 1000, DATA[1000:])
        assert is_problem(response, 507, "storage_full")
        assert tus.offset(url) == 1000
        assert tus.patch(url, 1000, DATA[1000:]).status_code == 204

    def test_a_store_that_is_away_costs_a_retry_and_no_byte(
        self, house: House, tus: Tus, trip: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*_: object) -> None:
            raise Busy("storage_unavailable", retry_after=5)

        media = tus.announce(trip, DATA)
        url = tus.post(media, len(DATA)).headers["location"]
        with monkeypatch.context() as patched:
            patched.setattr(house.store, "adopt_file", away)
            assert is_problem(tus.patch(url, 0, DATA), 503, "storage_unavailable")
        # All bytes are here; asking for the offset is enough to have them stored.
        assert tus.row(trip, media)["processing"] == "expected"
        assert tus.offset(url) == len(DATA)
        assert tus.row(trip, media)["processing"] == "stored"
