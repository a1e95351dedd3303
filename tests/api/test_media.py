"""Bytes to readers: originals with ranges, what was derived, and who may have them."""

import re
from pathlib import Path

import pytest

from services.bootstrap import House
from services.kernel.ids import new_id
from tests.support.house import Caller
from tests.support.pictures import camera_exif, jpeg, open_picture
from tests.support.tus import Tus, run_jobs

DATA = bytes(range(256)) * 40
SOUND = Path("tests/data/whisper-tiny/samples/en-road-2021.webm")
ETAG = re.compile(r'"[0-9a-f]{64}"')


@pytest.fixture
def tus(aide: Caller) -> Tus:
    return Tus(aide)


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip()


@pytest.fixture
def media(tus: Tus, trip: str) -> str:
    return tus.send(trip, DATA, kind="file", mime="application/pdf", name="供水 台账.pdf")


class TestOriginal:
    def test_comes_whole_with_its_name_and_may_do_nothing_as_a_page(
        self, tus: Tus, media: str
    ) -> None:
        response = tus.get(media)
        assert (response.status_code, response.content) == (200, DATA)
        headers = response.headers
        assert headers["content-type"] == "application/pdf"
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]
        name = "filename*=UTF-8''%E4%BE%9B%E6%B0%B4%20%E5%8F%B0%E8%B4%A6.pdf"
        assert headers["content-disposition"] == f"inline; {name}"
        assert headers["accept-ranges"] == "bytes"
        assert ETAG.fullmatch(headers["etag"])

    @pytest.mark.parametrize(
        ("asked", "start", "end"),
        [
            ("bytes=0-0", 0, 1),
            ("bytes=100-299", 100, 300),
            ("bytes=10000-", 10000, 10240),
            ("bytes=10000-99999", 10000, 10240),
            ("bytes=-240", 10000, 10240),
            ("bytes=-99999", 0, 10240),
        ],
    )
    def test_a_range_is_206(self, tus: Tus, media: str, asked: str, start: int, end: int) -> None:
        response = tus.get(media, Range=asked)
        assert (response.status_code, response.content) == (206, DATA[start:end])
        assert response.headers["content-range"] == f"bytes {start}-{end - 1}/{len(DATA)}"
        assert response.headers["content-length"] == str(end - start)

    @pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=99999-100000", "bytes=-0"])
    def test_a_range_beyond_the_end_is_416(self, tus: Tus, media: str, asked: str) -> None:
        response = tus.get(media, Range=asked)
        assert (response.status_code, response.json()["code"]) == (416, "range_not_satisfiable")
        assert response.headers["content-range"] == f"bytes */{len(DATA)}"

    @pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=9-5", "bytes=a-b"])
    def test_ranges_that_are_not_understood_are_ignored(
        self, tus: Tus, media: str, asked: str
    ) -> None:
        assert tus.get(media, Range=asked).status_code == 200

    def test_an_unchanged_copy_is_304_and_a_changed_one_gets_no_part(
        self, tus: Tus, media: str
    ) -> None:
        etag = tus.get(media).headers["etag"]
        fresh = tus.get(media, **{"If-None-Match": f'"other", {etag}'})
        assert (fresh.status_code, fresh.content) == (304, b"")
        assert tus.get(media, **{"If-Range": etag, "Range": "bytes=0-9"}).status_code == 206
        assert tus.get(media, **{"If-Range": '"old"', "Range": "bytes=0-9"}).status_code == 200

    def test_a_page_is_handed_over_as_a_file(self, tus: Tus, trip: str) -> None:
        page = b"<!doctype html><script>alert(1)</script>"
        media = tus.send(trip, page, kind="file", mime="text/html")
        headers = tus.get(media).headers
        assert headers["content-disposition"].startswith("attachment")
        assert "sandbox" in headers["content-security-policy"]

    def test_a_malformed_type_is_not_passed_on(self, tus: Tus, trip: str) -> None:
        media = tus.send(trip, DATA, kind="file", mime="text/html\r\nSet-Cookie: a=b")
        assert tus.get(media).headers["content-type"] == "application/octet-stream"
        assert "set-cookie" not in tus.get(media).headers

    def test_without_bytes_is_404(self, tus: Tus, trip: str) -> None:
        media = tus.announce(trip, DATA)
        response = tus.get(media)
        assert (response.status_code, response.json()["code"]) == (404, "not_stored")


class TestDerived:
    def test_a_photo_gets_thumbnails_without_its_place(
        self, house: House, tus: Tus, trip: str
    ) -> None:
        media = tus.send(trip, jpeg(exif=camera_exif()))
        early = tus.get(media, "thumbnail")
        assert (early.status_code, early.json()["code"]) == (404, "not_ready")
        assert run_jobs(house) == ["derive_media"]
        assert tus.row(trip, media)["processing"] == "ready"
        small = tus.get(media, "thumbnail?size=300")
        assert small.headers["content-type"] == "image/webp"
        image = open_picture(small.content)
        assert image.size == (320, 240)
        assert not image.getexif()
        assert open_picture(tus.get(media, "thumbnail?size=5000").content).size == (800, 600)

    def test_a_recording_gets_a_playable_sound_that_can_be_searched(
        self, house: House, tus: Tus, trip: str
    ) -> None:
        media = tus.send(trip, SOUND.read_bytes(), kind="audio", mime="audio/webm;codecs=opus")
        run_jobs(house)
        row = tus.row(trip, media)
        assert (row["processing"], row["problem"]) == ("ready", None)
        assert 3500 < row["duration_ms"] < 4500
        playable = tus.get(media, "playable")
        assert playable.headers["content-type"] == "audio/mp4"
        # The index comes first, so that a browser can seek before it has all.
        assert playable.content.index(b"moov") < playable.content.index(b"mdat")
        assert tus.get(media, "playable", Range="bytes=0-99").status_code == 206
        peaks = tus.get(media, "peaks").json()
        assert peaks["bucket_ms"] == 100
        assert len(peaks["peaks"]) == pytest.approx(row["duration_ms"] / 100, abs=1)
        assert 30 < max(peaks["peaks"]) <= 255
        assert tus.get(media).content == SOUND.read_bytes()

    def test_equal_bytes_are_kept_once_and_each_media_has_its_own_row(
        self, house: House, tus: Tus, trip: str
    ) -> None:
        data = jpeg()
        first, second = tus.send(trip, data), tus.send(trip, data)
        run_jobs(house)
        assert [tus.row(trip, each)["processing"] for each in (first, second)] == ["ready"] * 2
        assert len(list(house.store.list("sha256/"))) == 1
        assert tus.get(second, "thumbnail").status_code == 200


class TestRights:
    def test_who_may_not_read_the_row_gets_no_byte_of_it(
        self, house: House, aide: Caller, tus: Tus, trip: str, stranger: Caller
    ) -> None:
        media = tus.send(trip, jpeg(), sensitivity="off_record")
        run_jobs(house)
        principal = self.join(trip, aide, stranger, "principal")
        for what in ("content", "thumbnail", "playable", "peaks"):
            response = principal.get(media, what)
            assert (response.status_code, response.json()["code"]) == (404, "media_unknown")
        assert principal.caller.client.post(
            f"/api/v1/media/{media}/retry", headers=principal.caller.headers
        ).status_code in (403, 404)
        aide.results(trip, aide.change("media", media, {"sensitivity": "restricted"}))
        assert principal.get(media).status_code == 200
        assert principal.get(media, "thumbnail").status_code == 200

    def test_knowing_a_hash_gives_nobody_the_bytes(
        self, tus: Tus, trip: str, stranger: Caller
    ) -> None:
        tus.send(trip, DATA, kind="file")
        thief = Tus(stranger)
        own = stranger.make_trip()
        media = thief.announce(own, DATA, kind="file")
        assert thief.get(media).json()["code"] == "not_stored"
        assert thief.row(own, media)["processing"] == "expected"

    def test_a_device_cannot_claim_the_second_receipt(
        self, aide: Caller, tus: Tus, trip: str
    ) -> None:
        media = tus.announce(trip, DATA)
        (result,) = aide.results(trip, aide.change("media", media, {"processing": "stored"}))
        assert (result["status"], result["problem"]["code"]) == ("rejected", "server_made")

    @pytest.mark.parametrize("role", ["viewer", "office", "companion"])
    def test_a_role_that_may_not_write_the_row_may_not_send_its_bytes(
        self, aide: Caller, tus: Tus, trip: str, stranger: Caller, role: str
    ) -> None:
        media = tus.announce(trip, DATA)
        other = self.join(trip, aide, stranger, role)
        response = other.post(media, len(DATA), DATA)
        assert (response.status_code, response.json()["code"]) == (403, "not_allowed")

    @staticmethod
    def join(trip: str, aide: Caller, caller: Caller, role: str) -> Tus:
        body = {"user": caller.user, "role": role}
        url = f"/api/v1/trips/{trip}/members"
        added = aide.client.post(url, json=body, headers=aide.headers)
        assert added.status_code < 300, added.text
        return Tus(caller)


def test_what_is_no_media_is_404(tus: Tus) -> None:
    for what in ("content", "playable", "thumbnail", "peaks"):
        assert tus.get(new_id(), what).json()["code"] == "media_unknown"
        assert tus.get("nonsense", what).status_code == 404
