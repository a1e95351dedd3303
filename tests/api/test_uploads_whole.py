"""A small file that comes whole with its announcement: all or nothing, and never twice."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlmodel import select

from services.bootstrap import House, safekeeping_place
from services.kernel.errors import Full
from services.media import MediaBlob, Upload, set_quota
from services.media import whole as whole_module
from services.media.keeping import keep_data
from services.safekeeping import check_data
from tests.support.house import Caller
from tests.support.tus import Tus, checksum, is_problem, sha256

DATA = bytes(range(256)) * 40


@pytest.fixture
def tus(aide: Caller) -> Tus:
    return Tus(aide)


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip()


@pytest.fixture
def media(tus: Tus, trip: str) -> str:
    return tus.announce(trip, DATA)


@contextmanager
def commits(house: House) -> Iterator[list[str]]:
    """What is begun for writing on the database meanwhile."""
    begun: list[str] = []

    def hear(*heard: object) -> None:
        if str(heard[2]) == "BEGIN IMMEDIATE":
            begun.append(str(heard[2]))

    event.listen(house.db.engine, "before_cursor_execute", hear)
    try:
        yield begun
    finally:
        event.remove(house.db.engine, "before_cursor_execute", hear)


def objects(house: House) -> list[str]:
    return [entry.key for entry in house.store.entries("")]


def rows(house: House, kind: type[Upload] | type[MediaBlob]) -> int:
    with house.db.read() as session:
        return len(session.exec(select(kind)).all())


def staged(house: House) -> list[str]:
    folder = house.settings.data / "uploads"
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_it_is_written_in_one_transaction_and_staged_nowhere(
    house: House, tus: Tus, trip: str, media: str
) -> None:
    tus.post(media, len(DATA))
    tus.delete(tus.post(media, len(DATA)).headers["location"])
    with commits(house) as begun:
        made = tus.post(media, len(DATA), DATA)
    assert len(begun) == 1
    assert (made.status_code, made.headers["upload-offset"]) == (201, str(len(DATA)))
    assert (tus.row(trip, media)["processing"], staged(house)) == ("stored", [])
    assert tus.offset(made.headers["location"]) == len(DATA)
    assert tus.get(media).content == DATA
    assert list(check_data(safekeeping_place(house))) == []


def test_sent_again_by_a_phone_that_never_got_the_answer_it_is_there_once(
    house: House, tus: Tus, media: str
) -> None:
    made = [tus.post(media, len(DATA), body) for body in (DATA, DATA, b"")]
    assert [one.headers["upload-offset"] for one in made] == [str(len(DATA))] * 3
    assert len({one.headers["location"] for one in made}) == 1
    assert (rows(house, Upload), rows(house, MediaBlob), len(objects(house))) == (1, 1, 1)


def test_a_server_that_dies_before_the_receipt_has_promised_nothing_and_takes_it_again(
    house: House, tus: Tus, trip: str, media: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise SystemError

    with monkeypatch.context() as patched:
        patched.setattr(whole_module, "receive_whole", die)
        assert tus.post(media, len(DATA), DATA).status_code == 500
    assert tus.row(trip, media)["processing"] == "expected"
    assert tus.get(media).status_code == 404
    assert (rows(house, Upload), rows(house, MediaBlob), len(objects(house))) == (0, 0, 1)
    assert list(check_data(safekeeping_place(house))) == [], "its phone brings it again"
    assert tus.post(media, len(DATA), DATA).status_code == 201
    assert (rows(house, MediaBlob), len(objects(house))) == (1, 1)
    assert tus.get(media).content == DATA


def test_where_there_is_no_room_what_came_waits_and_goes_on(
    house: House, tus: Tus, trip: str, media: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise Full("storage_full")

    with monkeypatch.context() as patched:
        patched.setattr(house.store, "put_bytes", full)
        assert is_problem(tus.post(media, len(DATA), DATA), 507, "storage_full")
    again = tus.post(media, len(DATA))
    assert again.headers["upload-offset"] == str(len(DATA))
    assert tus.head(again.headers["location"]).status_code == 200
    assert tus.row(trip, media)["processing"] == "stored"


def test_wrong_bytes_are_460_and_nothing_of_them_is_kept(
    house: House, tus: Tus, trip: str, media: str
) -> None:
    assert is_problem(tus.post(media, len(DATA), bytes(len(DATA))), 460, "hash_mismatch")
    row = tus.row(trip, media)
    assert (row["processing"], row["problem"]) == ("expected", "hash_mismatch")
    assert (rows(house, Upload), objects(house), staged(house)) == (0, [], [])
    assert tus.post(media, len(DATA), DATA).status_code == 201
    assert tus.row(trip, media)["problem"] is None


def test_a_wrong_checksum_is_460_and_nothing_of_it_is_kept(
    house: House, tus: Tus, media: str
) -> None:
    wrong = tus.post(media, len(DATA), DATA, Upload_Checksum=checksum(b"something else"))
    assert is_problem(wrong, 460, "checksum_mismatch")
    assert (rows(house, Upload), objects(house), staged(house)) == (0, [], [])
    right = tus.post(media, len(DATA), DATA, Upload_Checksum=checksum(DATA))
    assert right.status_code == 201


def test_it_ends_an_upload_that_was_begun(house: House, tus: Tus, trip: str, media: str) -> None:
    begun = tus.post(media, len(DATA), DATA[:100]).headers["location"]
    made = tus.post(media, len(DATA), DATA)
    assert made.headers["location"] == begun
    assert tus.offset(begun) == len(DATA)
    assert (tus.row(trip, media)["processing"], staged(house)) == ("stored", [])
    assert rows(house, Upload) == 1


def test_a_limit_holds_for_it(house: House, aide: Caller, tus: Tus, trip: str, media: str) -> None:
    with house.db.write() as session:
        set_quota(session, aide.user, len(DATA) + 10)
    assert tus.post(media, len(DATA), DATA).status_code == 201
    other = tus.announce(trip, DATA[:100])
    assert is_problem(tus.post(other, 100, DATA[:100]), 507, "quota_exceeded")
    assert len(objects(house)) == 1


def test_two_that_bring_the_last_bytes_a_limit_allows_do_not_pass_it(
    house: House, aide: Caller, tus: Tus, trip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were admitted; the second one's receipt is refused."""
    with house.db.write() as session:
        set_quota(session, aide.user, 150)
    first, second = tus.announce(trip, DATA[:100]), tus.announce(trip, DATA[1:101])

    def overtaken(*asked: object) -> None:
        monkeypatch.undo()
        assert tus.post(second, 100, DATA[1:101]).status_code == 201
        keep_data(*asked)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(whole_module, "keep_data", overtaken)
    assert is_problem(tus.post(first, 100, DATA[:100]), 507, "quota_exceeded")
    assert rows(house, MediaBlob) == 1


def test_without_a_hash_in_the_row_it_goes_the_usual_way(tus: Tus, trip: str) -> None:
    media = tus.announce(trip, DATA, sha256=None)
    assert tus.post(media, len(DATA), DATA).status_code == 201
    assert tus.row(trip, media)["processing"] == "received"
    tus.caller.results(trip, tus.caller.change("media", media, {"sha256": sha256(DATA)}))
    assert tus.row(trip, media)["processing"] == "stored"


def test_the_row_is_looked_at_again_after_its_bytes(
    house: House, tus: Tus, trip: str, media: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hash became another while the bytes came: they are kept, but are not what it means."""

    def meanwhile(*asked: object) -> None:
        monkeypatch.undo()
        change = tus.caller.change("media", media, {"sha256": sha256(b"other")})
        tus.caller.results(trip, change)
        keep_data(*asked)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(whole_module, "keep_data", meanwhile)
    tus.post(media, len(DATA), DATA)
    assert tus.row(trip, media)["processing"] == "expected"
    assert tus.get(media).status_code == 404
    assert rows(house, MediaBlob) == 1
