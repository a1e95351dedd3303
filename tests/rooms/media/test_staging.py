"""The contract of staging, in a folder and in an object store: bytes stay, one writes at a time."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from services.kernel.errors import Full, Locked, Mismatch, TooLarge
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.media import (
    Expectation,
    FileStaging,
    Staging,
    Stalled,
    gathering,
    receive,
    tus,
)
from services.storage import open_store
from tests.support.s3 import new_bucket, running_s3
from tests.support.stagings import Place

UPLOAD = new_id()
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with running_s3() as running:
        yield running


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return Place(tmp_path)
    address = request.getfixturevalue("endpoint")
    return Place(tmp_path, address, new_bucket(address))


@pytest.fixture
def staging(place: Place) -> Staging:
    return place.open()


def content(staging: Staging, upload: str = UPLOAD) -> bytes:
    with staging.claim(upload) as file:
        return b"".join(file.pieces())


async def body(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def silent(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    await asyncio.Event().wait()


def test_what_was_synced_is_the_offset_and_comes_back(staging: Staging) -> None:
    assert staging.offset(UPLOAD) == 0
    for piece in (b"abc", b"", b"defg"):
        with staging.claim(UPLOAD) as file:
            file.append(piece)
            file.sync()
            assert file.size == staging.offset(UPLOAD)
    assert content(staging) == b"abcdefg"


def test_one_claim_of_many_parts_comes_back_whole(staging: Staging) -> None:
    pieces = [bytes([number]) * (3 * MIB + number) for number in range(7)]
    with staging.claim(UPLOAD) as file:
        for piece in pieces:
            file.append(piece)
        assert file.size == sum(map(len, pieces))
        file.sync()
    assert staging.offset(UPLOAD) == sum(map(len, pieces))
    assert content(staging) == b"".join(pieces)


@pytest.mark.parametrize("size", [3, 9 * MIB])
def test_a_writer_killed_in_the_middle_leaves_what_it_synced_and_locks_no_longer(
    place: Place, staging: Staging, size: int
) -> None:
    words = ["-m", "tests.support.stagings", *place.arguments, UPLOAD, str(size)]
    command = [sys.executable, *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Locked):
            staging.claim(UPLOAD)
        assert staging.offset(UPLOAD) >= size
        other.kill()
        other.wait()
    offset = place.open_later().offset(UPLOAD)
    assert size <= offset <= 2 * size
    with place.open_later().claim(UPLOAD) as file:
        assert file.size == offset
        file.append(b"c")
        file.sync()
    expected = b"a" * size + b"b" * (offset - size) + b"c"
    assert content(place.open_later()) == expected


def test_the_lock_holds_within_one_process_too(staging: Staging) -> None:
    with staging.claim(UPLOAD), pytest.raises(Locked):
        staging.claim(UPLOAD)
    staging.claim(UPLOAD).close()
    with staging.claim(UPLOAD) as file:
        file.close()


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "", "a" * 36, UPLOAD.upper()])
def test_only_an_id_names_an_upload(staging: Staging, name: str) -> None:
    for use in (staging.claim, staging.offset, staging.discard):
        with pytest.raises(ValueError, match="not an upload id"):
            use(name)


def test_what_was_appended_in_vain_can_be_dropped_again(staging: Staging) -> None:
    with staging.claim(UPLOAD) as file:
        file.append(b"abc")
        file.sync()
        file.append(b"x" * 9 * MIB)
        file.append(b"y")
        file.truncate(3)
        assert file.size == 3
        file.append(b"d")
        file.sync()
    assert content(staging) == b"abcd"


def test_a_discarded_upload_is_gone_and_its_name_is_free(staging: Staging) -> None:
    other = new_id()
    for upload in (UPLOAD, other):
        with staging.claim(upload) as file:
            file.append(b"abc")
            file.sync()
    assert sorted(staging.uploads()) == sorted([UPLOAD, other])
    with staging.claim(UPLOAD):
        staging.discard(UPLOAD)
    staging.discard(UPLOAD)
    assert (staging.offset(UPLOAD), staging.offset(other)) == (0, 3)
    assert staging.uploads() == [other]


def test_bytes_of_today_are_not_old(staging: Staging) -> None:
    with staging.claim(UPLOAD) as file:
        file.append(b"abc")
        file.sync()
    staging.discard_if_old(UPLOAD)
    assert staging.offset(UPLOAD) == 3
    staging.discard_if_old(new_id())


def test_it_becomes_one_object(staging: Staging, tmp_path: Path) -> None:
    store = open_store(Settings(data=tmp_path / "kept"))
    with staging.claim(UPLOAD) as file:
        for number in range(10):
            file.append(bytes([number]) * MIB)
        file.sync()
        file.move_to(store, "sha256/ab/cd")
    assert b"".join(store.read("sha256/ab/cd")) == b"".join(bytes([n]) * MIB for n in range(10))
    assert staging.offset(UPLOAD) == 10 * MIB, "until the receipt is written they stay"


def test_a_silent_connection_gives_up_the_claim_and_keeps_the_bytes(staging: Staging) -> None:
    expected = Expectation(length=100, idle_seconds=0.05)
    with staging.claim(UPLOAD) as file, pytest.raises(Stalled):
        asyncio.run(receive(silent(b"abc"), file, expected))
    assert content(staging) == b"abc"


def test_a_body_that_breaks_off_keeps_its_bytes(staging: Staging) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"abc"
        raise ConnectionError

    with staging.claim(UPLOAD) as file, pytest.raises(ConnectionError):
        asyncio.run(receive(broken(), file, Expectation(length=100)))
    assert staging.offset(UPLOAD) == 3


def test_small_pieces_are_written_together(
    staging: Staging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "HOLD_SECONDS", 3600)
    seen: set[int] = set()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(gathering.BLOCK // 1024 + 1):
            seen.add(file.size)
            yield bytes(1024)

    with staging.claim(UPLOAD) as file:
        whole = gathering.BLOCK + 1024
        assert asyncio.run(receive(pieces(), file, Expectation(length=whole))) == whole
    assert seen == {0, gathering.BLOCK}
    assert staging.offset(UPLOAD) == whole


def test_a_piece_waits_for_no_slow_one(staging: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "HOLD_SECONDS", 0)

    async def slow() -> AsyncIterator[bytes]:
        for piece in (b"ab", b"cd"):
            yield piece
            while file.size < 2:
                await asyncio.sleep(0.01)
        while file.size < 4:
            await asyncio.sleep(0.01)

    with staging.claim(UPLOAD) as file:
        assert asyncio.run(receive(slow(), file, Expectation(length=4))) == 4
    assert content(staging) == b"abcd"


def test_after_a_late_write_that_found_no_room_nothing_is_written(
    staging: Staging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "HOLD_SECONDS", 0)
    tried: list[bytes] = []

    def full(data: bytes) -> None:
        tried.append(data)
        raise Full("storage_full")

    async def slow() -> AsyncIterator[bytes]:
        yield b"ab"
        while not tried:
            await asyncio.sleep(0.01)
        yield b"cd"

    with staging.claim(UPLOAD) as file:
        monkeypatch.setattr(file, "append", full)
        with pytest.raises(Full):
            asyncio.run(receive(slow(), file, Expectation(length=4)))
    assert tried == [b"ab"]
    assert staging.offset(UPLOAD) == 0


def test_once_it_is_an_object_nobody_writes_it(tmp_path: Path) -> None:
    store = open_store(Settings(data=tmp_path / "kept"))
    with FileStaging(tmp_path / "uploads").claim(UPLOAD) as file:
        file.append(b"abc")
        file.move_to(store, "sha256/ab/cd")
        with pytest.raises(Locked):
            file.append(b"d")
        with pytest.raises(Locked):
            file.truncate(1)
    assert b"".join(store.read("sha256/ab/cd")) == b"abc"


def test_too_long_or_wrong_bodies_leave_what_was_there(staging: Staging) -> None:
    with staging.claim(UPLOAD) as file:
        assert asyncio.run(receive(body(b"a", b"", b"bc"), file, Expectation(length=5))) == 3
        with pytest.raises(TooLarge):
            asyncio.run(receive(body(b"d", b"ef"), file, Expectation(length=5)))
        wrong = tus.Checksum("sha1", bytes(20))
        with pytest.raises(Mismatch):
            asyncio.run(receive(body(b"de"), file, Expectation(5, wrong)))
    assert content(staging) == b"abc"
