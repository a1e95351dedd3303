"""A disk that is really full: 507, what is there stays, and it goes on once there is room."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from services.bootstrap import House
from tests.support.house import Caller
from tests.support.small_disk import MIB, SmallDisk, small_disk
from tests.support.tus import Tus, is_problem

# The database is not on the small disk, but a limit on files would hold for it, too.
ROOM = 4 * MIB
DATA = random.Random(5).randbytes(6 * MIB)


@pytest.fixture
def tus(aide: Caller) -> Tus:
    return Tus(aide)


@contextmanager
def small(house: House, name: str) -> Iterator[SmallDisk]:
    with small_disk(house.settings.data / name, ROOM) as disk:
        yield disk


def test_full_in_mid_patch_keeps_what_found_room_and_resumes(house: House, tus: Tus) -> None:
    trip = tus.caller.make_trip()
    kept = tus.send(trip, DATA[:1000])
    with small(house, "uploads") as disk:
        media = tus.announce(trip, DATA, kind="file")
        url = tus.post(media, len(DATA), DATA[: 3 * MIB]).headers["location"]
        assert is_problem(tus.patch(url, 3 * MIB, DATA[3 * MIB :]), 507, "storage_full")
        offset = tus.offset(url)
        assert 3 * MIB <= offset <= ROOM
        again = tus.patch(url, offset, DATA[offset:])
        assert is_problem(again, 507, "storage_full")
        assert tus.offset(url) >= offset, "trying again takes nothing away"
        assert tus.row(trip, media)["processing"] == "expected"
        assert tus.get(kept).content == DATA[:1000]
        disk.make_room(64 * MIB)
        offset = tus.offset(url)
        assert tus.patch(url, offset, DATA[offset:]).status_code == 204
        assert tus.get(media).content == DATA


def test_full_where_files_are_kept_costs_no_byte_that_came(house: House, tus: Tus) -> None:
    trip = tus.caller.make_trip()
    with small(house, "blobs") as disk:
        kept = tus.send(trip, DATA[:1000])
        media = tus.announce(trip, DATA, kind="file")
        url = tus.post(media, len(DATA), DATA[: 3 * MIB]).headers["location"]
        assert is_problem(tus.patch(url, 3 * MIB, DATA[3 * MIB :]), 507, "storage_full")
        assert tus.get(media).json()["code"] == "not_stored"
        assert tus.get(kept).content == DATA[:1000]
        left = [path for path in disk.folder.rglob("*") if path.is_file()]
        assert len(left) == 1, "no half-written file takes room"
        disk.make_room(64 * MIB)
        if tus.offset(url) < len(DATA):
            # The limit on files, where it stands in for the disk, holds for what waits, too.
            offset = tus.offset(url)
            assert tus.patch(url, offset, DATA[offset:]).status_code == 204
        assert tus.row(trip, media)["processing"] == "stored"
        assert tus.get(media).content == DATA
