"""The contract of the object store, in a folder and on S3."""

import errno
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.kernel.errors import Busy, Full, Invalid
from services.kernel.settings import Settings
from services.storage import MissingObject, ObjectStore, open_store
from tests.support.s3 import new_bucket, running_s3

KEY = "media/ab/录音 1.webm"


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    with running_s3() as endpoint:
        yield endpoint


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return open_store(Settings(data=tmp_path / "data"))
    endpoint = request.getfixturevalue("s3_endpoint")
    return open_store(s3_settings(endpoint, new_bucket(endpoint)))


def s3_settings(endpoint: str, bucket: str) -> Settings:
    return Settings(
        storage_url=f"s3://{bucket}/some/prefix",
        storage_endpoint=endpoint,
        storage_region="us-east-1",
        storage_key_id="test",
        storage_secret="test",
    )


def test_bytes_come_back_as_they_were_put(store: ObjectStore) -> None:
    store.put_bytes(KEY, b"sound")
    assert b"".join(store.read(KEY)) == b"sound"
    assert (store.size(KEY), store.exists(KEY)) == (5, True)


def test_a_file_of_many_parts_comes_back_whole_and_stays_where_it_was(
    store: ObjectStore, tmp_path: Path
) -> None:
    recording = tmp_path / "recording"
    content = os.urandom(20 * 1024 * 1024 + 7)
    recording.write_bytes(content)

    store.put_file(KEY, recording)

    pieces = list(store.read(KEY))
    assert b"".join(pieces) == content
    assert len(pieces) > 5, "it must not come as one piece in memory"
    assert recording.read_bytes() == content


def test_a_file_may_become_an_object_and_replaces_what_was_there(
    store: ObjectStore, tmp_path: Path
) -> None:
    for content in (b"a long first version", b"second"):
        recording = tmp_path / "recording"
        recording.write_bytes(content)
        store.adopt_file(KEY, recording)
        store.adopt_file(KEY, recording)
        recording.unlink()
        assert b"".join(store.read(KEY)) == content
    assert [entry.key for entry in store.entries("")] == [KEY]


def test_a_file_of_another_disk_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def another_disk(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    store = open_store(Settings(data=tmp_path))
    recording = tmp_path / "recording"
    recording.write_bytes(b"sound")
    monkeypatch.setattr(Path, "hardlink_to", another_disk)
    store.adopt_file(KEY, recording)
    recording.write_bytes(b"other")
    assert b"".join(store.read(KEY)) == b"sound"


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    store.put_bytes(KEY, b"")
    assert (store.size(KEY), list(store.read(KEY))) == (0, [])


def test_a_put_replaces_what_was_there(store: ObjectStore) -> None:
    store.put_bytes(KEY, b"a long first version")
    store.put_bytes(KEY, b"second")
    assert b"".join(store.read(KEY)) == b"second"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 3, b"012"),
        (7, None, b"789"),
        (8, 100, b"89"),
        (10, None, b""),
        (50, 60, b""),
        (3, 3, b""),
    ],
)
def test_a_range_gives_what_there_is_of_it(
    store: ObjectStore, start: int, end: int | None, expected: bytes
) -> None:
    store.put_bytes(KEY, b"0123456789")
    assert b"".join(store.read(KEY, start, end)) == expected


def test_a_missing_object_is_named_before_the_first_byte(store: ObjectStore) -> None:
    assert not store.exists(KEY)
    with pytest.raises(MissingObject):
        store.read(KEY)
    with pytest.raises(MissingObject):
        store.size(KEY)
    with pytest.raises(MissingObject), store.local_copy(KEY):
        pass


def test_a_deleted_object_is_gone_and_deleting_nothing_is_no_error(store: ObjectStore) -> None:
    store.put_bytes(KEY, b"x")
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)


def test_objects_are_listed_by_folder(store: ObjectStore) -> None:
    for key in ("media/a/1", "media/a/2", "media/ab/3", "other/4"):
        store.put_bytes(key, b"x")
    assert sorted(store.list("media/a")) == ["media/a/1", "media/a/2"]
    assert len(list(store.list())) == 4
    assert list(store.list("none")) == []


def test_a_library_that_wants_a_path_gets_one(store: ObjectStore) -> None:
    store.put_bytes(KEY, b"sound")
    with store.local_copy(KEY) as path:
        assert path.read_bytes() == b"sound"
        assert path.suffix == ".webm"
    assert store.exists(KEY)


def test_a_key_cannot_leave_the_store(store: ObjectStore) -> None:
    with pytest.raises(ValueError, match="path"):
        store.put_bytes("../evil", b"x")


def test_two_that_put_the_same_object_leave_it_whole(store: ObjectStore) -> None:
    contents = [bytes([n]) * 3_000_000 for n in range(4)]
    threads = [threading.Thread(target=store.put_bytes, args=(KEY, c)) for c in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert b"".join(store.read(KEY)) in contents


def test_a_folder_is_flushed_from_file_to_root_before_a_put_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(Settings(data=tmp_path))
    flushed: list[str] = []
    real = os.fsync

    def note(descriptor: int) -> None:
        flushed.append(str(Path(f"/dev/fd/{descriptor}").resolve()).replace(str(tmp_path), ""))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    store.put_bytes("media/ab/1", b"x")
    assert flushed[0].startswith("/blobs/.staging/"), "the bytes, before they get their name"
    assert flushed[1:] == ["/blobs/media/ab", "/blobs/media", "/blobs"]
    recording = tmp_path / "recording"
    recording.write_bytes(b"y")
    flushed.clear()
    store.adopt_file("media/ab/2", recording)
    assert flushed == ["/recording", "/blobs/media/ab"], "the names above are durable already"


def test_a_put_that_fails_leaves_nothing_behind_and_says_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(Settings(data=tmp_path))
    store.put_bytes(KEY, b"first")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Full):
        store.put_bytes(KEY, b"second")
    assert b"".join(store.read(KEY)) == b"first"
    assert [p.name for p in (tmp_path / "blobs").rglob("*") if p.is_file()] == [Path(KEY).name]


def test_an_s3_store_that_is_away_says_try_again() -> None:
    store = open_store(s3_settings("http://127.0.0.1:9", "bucket"))
    with pytest.raises(Busy):
        store.size(KEY)


def test_a_storage_url_of_another_kind_is_refused() -> None:
    with pytest.raises(Invalid):
        open_store(Settings(storage_url="ftp://host/folder"))


def test_what_comes_in_pieces_is_one_object(store: ObjectStore) -> None:
    pieces = [bytes([number]) * 3_000_000 for number in range(8)]
    store.put_pieces(KEY, iter(pieces))
    assert b"".join(store.read(KEY)) == b"".join(pieces)
    store.put_pieces(KEY, iter([]))
    assert store.size(KEY) == 0


@pytest.mark.parametrize("count", [1, 8])
def test_pieces_that_break_off_leave_what_was_there(store: ObjectStore, count: int) -> None:
    def broken() -> Iterator[bytes]:
        yield from (bytes([number]) * 3_000_000 for number in range(count))
        raise Full("storage_full")

    store.put_bytes(KEY, b"first")
    with pytest.raises(Full):
        store.put_pieces(KEY, broken())
    assert b"".join(store.read(KEY)) == b"first"
    assert [entry.key for entry in store.entries("")] == [KEY]


def test_entries_tell_sizes_and_what_is_not_an_object_yet(store: ObjectStore) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    store.put_bytes("media/a/1", b"abc")
    store.put_bytes(".staging/uploads/x/0", b"part")
    (entry,) = store.entries("media")
    assert (entry.key, entry.size) == ("media/a/1", 3)
    assert entry.modified > before
    assert [each.size for each in store.entries(".staging")] == [4]
    assert list(store.list()) == ["media/a/1"]


def test_all_below_a_prefix_go_at_once_and_nothing_else(store: ObjectStore) -> None:
    for key in ("media/a/1", "media/a/2", "media/ab/3"):
        store.put_bytes(key, b"x")
    store.delete_below("media/a")
    store.delete_below("media/a")
    assert list(store.list()) == ["media/ab/3"]
