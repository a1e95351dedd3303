"""Custody: which bytes are expected, here or missing, and what each device says it still holds."""

from typing import Any

import pytest

from services.bootstrap import House
from tests.support.house import Caller
from tests.support.pictures import jpeg
from tests.support.tus import Tus, run_jobs, sha256

DATA = bytes(range(256)) * 40
HELD = {"records": 12, "files": 3, "bytes": 4_000_000, "oldest_age_ms": 3_600_000}


@pytest.fixture
def tus(aide: Caller) -> Tus:
    return Tus(aide)


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip()


def read(caller: Caller, trip: str) -> Any:
    url = f"/api/v1/trips/{trip}/custody"
    response = caller.client.get(url, headers=caller.headers)
    assert response.status_code == 200, response.text
    return response.json()


def devices(caller: Caller, trip: str) -> dict[str, Any]:
    return {each["device"]: each for each in read(caller, trip)["devices"]}


def tally(kinds: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = (each for each in kinds if each["kind"] == kind)
    return found


def report(caller: Caller, trip: str, told: Any = None, device: str = "") -> Any:
    url = f"/api/v1/trips/{trip}/devices/{device or caller.device}/unsent"
    return caller.client.put(url, json=HELD if told is None else told, headers=caller.headers)


def join(trip: str, aide: Caller, caller: Caller, role: str) -> None:
    body = {"user": caller.user, "role": role}
    url = f"/api/v1/trips/{trip}/members"
    assert aide.client.post(url, json=body, headers=aide.headers).status_code == 201


class TestBlobs:
    def test_lists_what_each_device_announced_and_what_is_missing(
        self, house: House, aide: Caller, tus: Tus, trip: str
    ) -> None:
        tablet = Tus(Caller(aide.client, aide.user, aide.token, "tablet_b1", aide.clock))
        here = tus.send(trip, jpeg())
        there = tablet.announce(trip, DATA, kind="file", name="台账.pdf")
        run_jobs(house)
        mine, other = (devices(aide, trip)[name] for name in (aide.device, "tablet_b1"))
        assert [blob["media"] for blob in mine["stored"]] == [here]
        assert mine["missing"] == []
        assert [blob["media"] for blob in other["expected"]] == [there]
        assert other["stored"] == []
        (missing,) = other["missing"]
        assert (missing["sha256"], missing["size"]) == (sha256(DATA), len(DATA))
        assert (missing["processing"], missing["received"]) == ("expected", 0)
        assert (missing["kind"], missing["name"]) == ("file", "台账.pdf")

    def test_tells_how_far_an_upload_has_come_and_never_counts_a_part_as_stored(
        self, aide: Caller, tus: Tus, trip: str
    ) -> None:
        media = tus.announce(trip, DATA)
        url = tus.post(media, len(DATA), DATA[:4000]).headers["location"]
        (shown,) = read(aide, trip)["devices"]
        assert [(blob["media"], blob["received"]) for blob in shown["missing"]] == [(media, 4000)]
        assert shown["stored"] == []
        photos = tally(shown["kinds"], "photo")
        assert (photos["expected"], photos["stored"], photos["partial"]) == (1, 0, 1)
        assert (photos["expected_bytes"], photos["stored_bytes"]) == (len(DATA), 0)
        assert photos["received_bytes"] == 4000
        assert tus.patch(url, 4000, DATA[4000:]).status_code == 204
        photos = tally(read(aide, trip)["kinds"], "photo")
        assert (photos["stored"], photos["missing"], photos["partial"]) == (1, 0, 0)
        assert photos["stored_bytes"] == photos["received_bytes"] == len(DATA)

    def test_counts_each_kind_over_all_devices(self, aide: Caller, tus: Tus, trip: str) -> None:
        tablet = Tus(Caller(aide.client, aide.user, aide.token, "tablet_b2", aide.clock))
        for number in range(3):
            tus.send(trip, jpeg() + bytes([number]))
        tablet.announce(trip, DATA)
        tablet.announce(trip, DATA, kind="audio", mime="audio/webm", sha256=None, size=None)
        kinds = read(aide, trip)["kinds"]
        photos, sounds = tally(kinds, "photo"), tally(kinds, "audio")
        assert (photos["expected"], photos["stored"], photos["missing"]) == (4, 3, 1)
        assert (sounds["expected"], sounds["missing"], sounds["expected_bytes"]) == (1, 1, 0)

    def test_a_growing_recording_counts_with_what_has_come(
        self, aide: Caller, tus: Tus, trip: str
    ) -> None:
        media = tus.announce(trip, DATA, kind="audio", mime="audio/webm", sha256=None, size=None)
        url = tus.post(media, None, DATA[:100]).headers["location"]
        sounds = tally(read(aide, trip)["kinds"], "audio")
        assert (sounds["expected_bytes"], sounds["received_bytes"]) == (100, 100)
        tus.patch(url, 100, DATA[100:], Upload_Length=str(len(DATA)))
        (shown,) = read(aide, trip)["devices"]
        (blob,) = shown["missing"]
        assert (blob["processing"], blob["received"]) == ("received", len(DATA))

    def test_hides_what_the_reader_may_not_see(
        self, aide: Caller, stranger: Caller, tus: Tus, trip: str
    ) -> None:
        join(trip, aide, stranger, "viewer")
        tus.announce(trip, DATA, sensitivity="off_record")
        tus.announce(trip, DATA)
        assert tally(read(aide, trip)["kinds"], "photo")["expected"] == 2
        assert tally(read(stranger, trip)["kinds"], "photo")["expected"] == 1

    def test_is_not_for_strangers(self, trip: str, stranger: Caller) -> None:
        url = f"/api/v1/trips/{trip}/custody"
        assert stranger.client.get(url, headers=stranger.headers).status_code == 404
        assert stranger.client.get(url).status_code == 401


class TestUnsent:
    def test_the_team_sees_what_a_device_last_said_with_the_time(
        self, aide: Caller, stranger: Caller, trip: str
    ) -> None:
        join(trip, aide, stranger, "companion")
        said_at = aide.clock.now()
        told = report(aide, trip)
        assert told.status_code == 200, told.text
        aide.clock.advance(hours=5)
        shown = devices(stranger, trip)[aide.device]
        assert shown["unsent"] == told.json()
        unsent = shown["unsent"]
        assert (unsent["records"], unsent["files"], unsent["bytes"]) == (12, 3, 4_000_000)
        assert unsent["at"] == shown["heard_at"] == "2026-11-18T02:00:00.000Z"
        assert said_at.isoformat() == "2026-11-18T02:00:00+00:00"
        assert unsent["oldest"] == "2026-11-18T01:00:00.000Z"
        assert (shown["user"], shown["user_name"]) == (aide.user, "小宋")

    def test_the_last_word_counts(self, aide: Caller, trip: str) -> None:
        report(aide, trip)
        nothing = {"records": 0, "files": 0, "bytes": 0}
        assert report(aide, trip, nothing).json()["oldest"] is None
        assert devices(aide, trip)[aide.device]["unsent"]["records"] == 0

    def test_a_device_that_never_said_anything_has_no_word(
        self, aide: Caller, tus: Tus, trip: str
    ) -> None:
        tus.announce(trip, DATA)
        shown = devices(aide, trip)[aide.device]
        assert shown["unsent"] is None
        assert shown["heard_at"] is not None

    def test_a_viewer_speaks_for_a_device_that_never_pushed(
        self, aide: Caller, stranger: Caller, trip: str
    ) -> None:
        join(trip, aide, stranger, "viewer")
        assert report(stranger, trip).status_code == 200
        assert devices(aide, trip)[stranger.device]["user_name"] == "路人"

    def test_each_trip_has_its_own_word(self, aide: Caller, trip: str) -> None:
        other = aide.make_trip()
        report(aide, trip)
        assert devices(aide, other) == {}

    def test_is_not_for_strangers_nor_for_other_peoples_devices(
        self, aide: Caller, stranger: Caller, trip: str
    ) -> None:
        assert report(stranger, trip).status_code == 404
        join(trip, aide, stranger, "companion")
        refused = report(stranger, trip, device=aide.device)
        assert (refused.status_code, refused.json()["code"]) == (403, "device_of_another")

    def test_a_revoked_device_is_refused_and_its_last_word_stays(
        self, aide: Caller, trip: str
    ) -> None:
        report(aide, trip)
        url = f"/api/v1/devices/{aide.device}"
        revoked = aide.client.delete(url, headers=aide.headers)
        assert revoked.status_code < 300, revoked.text
        refused = report(aide, trip, {"records": 0, "files": 0, "bytes": 0})
        assert (refused.status_code, refused.json()["code"]) == (403, "device_revoked")
        assert devices(aide, trip)[aide.device]["unsent"]["records"] == 12

    @pytest.mark.parametrize(
        "told",
        [
            {},
            HELD | {"records": -1},
            HELD | {"bytes": 2**60},
            HELD | {"more": 1},
            HELD | {"files": "x"},
        ],
    )
    def test_a_malformed_word_is_422(self, aide: Caller, trip: str, told: Any) -> None:
        assert report(aide, trip, told).status_code == 422

    def test_a_malformed_device_is_422(self, aide: Caller, trip: str) -> None:
        assert report(aide, trip, device="x").json()["code"] == "device_invalid"
