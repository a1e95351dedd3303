"""After a restore phones hand in what they hold and the backup lacks: once, and without marks.

A restore is made here by beginning a new era; what the backup would lack is never written.
"""

from typing import Any

import pytest

from services.bootstrap import House
from services.kernel.clock import milliseconds
from services.kernel.ids import new_id
from services.safekeeping.check_log import check_numbers, check_records
from services.sync import ServerWrite, SyncScope, leave_behind, write_as_server
from tests.support.house import Caller, new_caller

BORN = 1_794_902_400_000
TEXT = "第一段。\n第二段。"


@pytest.fixture
def house(any_house: House) -> House:
    """Restored servers are of either kind."""
    return any_house


def test_a_lost_record_comes_back_as_its_author_made_it(house: House, aide: Caller) -> None:
    trip = aide.make_trip()
    author = _member(house, aide, trip, "companion")
    lost = _restore(house, aide, trip)
    note = new_id()
    made = _resent(aide, "note", note, {"kind": "quote", "text": TEXT}, lost, author=author.user)
    (result,) = aide.results(trip, made)
    assert result["status"] == "applied"
    row = aide.row(trip, note)
    assert row["fields"]["created_by"] == author.user
    assert row["fields"]["created_at"] == "2026-11-17T08:00:00.000Z"
    _assert_sound(house, trip)


def test_a_stranger_is_nobodys_author(house: House, aide: Caller) -> None:
    trip = aide.make_trip()
    stranger = new_caller(house, aide.client, "路人")
    lost = _restore(house, aide, trip)
    note = new_id()
    aide.results(trip, _resent(aide, "note", note, {"kind": "quote"}, lost, author=stranger.user))
    assert aide.row(trip, note)["fields"]["created_by"] == aide.user


def test_two_phones_hand_in_the_same_record_and_it_is_there_once(
    house: House, aide: Caller
) -> None:
    trip = aide.make_trip()
    other = _device(aide)
    lost = _restore(house, aide, trip)
    note, fields = new_id(), {"kind": "quote", "text": TEXT, "certainty": "sure"}
    aide.results(trip, _resent(aide, "note", note, fields, lost))
    # This phone had read one edit more, then one fewer: what stood later in that history stands.
    for text, at in (("后来的一版。", lost + 2), ("先前的一版。", lost + 1)):
        other.results(trip, _resent(other, "note", note, fields | {"text": text}, at))
    (again,) = other.results(trip, _resent(other, "note", note, {"kind": "quote"}, lost + 2))
    assert again["status"] == "superseded"
    row = aide.row(trip, note)
    assert (row["fields"]["text"], row.get("contested")) == ("后来的一版。", None)
    _assert_sound(house, trip)


def test_a_lost_edit_comes_back_and_loses_against_what_was_made_with_it_in_sight(
    house: House, aide: Caller
) -> None:
    trip, stop = aide.make_trip(), new_id()
    aide.results(trip, aide.change("stop", stop, {"place": "茶厂", "purpose": "看水"}))
    other = _device(aide)
    lost = _restore(house, aide, trip)
    # Unsent until now, made on the lost edit.
    other.results(trip, other.change("stop", stop, {"place": "老茶厂"}, base=lost))
    fields = {"place": "新茶厂", "purpose": "看路"}
    (result,) = aide.results(trip, _resent(aide, "stop", stop, fields, lost))
    assert result["status"] == "merged"
    row = aide.row(trip, stop)
    assert (row["fields"]["place"], row["fields"]["purpose"]) == ("老茶厂", "看路")
    assert row.get("contested") is None
    _assert_sound(house, trip)


def test_an_edit_made_on_the_lost_state_settles_whichever_comes_first(
    house: House, aide: Caller
) -> None:
    trip, stop = aide.make_trip(), new_id()
    aide.results(trip, aide.change("stop", stop, {"place": "茶厂"}))
    other = _device(aide)
    lost = _restore(house, aide, trip)
    aide.results(trip, _resent(aide, "stop", stop, {"place": "新茶厂"}, lost))
    aide.results(trip, aide.change("stop", stop, {"place": "老茶厂"}, base=lost))
    # A phone that comes later with the lost state changes nothing any more.
    other.results(trip, _resent(other, "stop", stop, {"place": "新茶厂"}, lost))
    row = aide.row(trip, stop)
    assert (row["fields"]["place"], row.get("contested")) == ("老茶厂", None)
    _assert_sound(house, trip)


def test_a_late_phone_does_not_contest_what_was_written_after_the_lost_state_came_back(
    house: House, aide: Caller
) -> None:
    trip, stop = aide.make_trip(), new_id()
    aide.results(trip, aide.change("stop", stop, {"place": "茶厂"}))
    other = _device(aide)
    lost = _restore(house, aide, trip)
    (back,) = aide.results(trip, _resent(aide, "stop", stop, {"place": "新茶厂"}, lost))
    aide.results(trip, aide.change("stop", stop, {"place": "旧茶厂"}, base=back["seq"]))
    other.results(trip, _resent(other, "stop", stop, {"place": "新茶厂"}, lost))
    row = aide.row(trip, stop)
    assert (row["fields"]["place"], row.get("contested")) == ("旧茶厂", None)


def test_two_who_had_not_seen_each_other_are_both_kept_and_marked(
    house: House, aide: Caller
) -> None:
    trip, stop = aide.make_trip(), new_id()
    (made,) = aide.results(trip, aide.change("stop", stop, {"place": "茶厂"}))
    other = _device(aide)
    lost = _restore(house, aide, trip)
    other.results(trip, other.change("stop", stop, {"place": "老茶厂"}, base=made["seq"]))
    aide.results(trip, _resent(aide, "stop", stop, {"place": "新茶厂"}, lost))
    row = aide.row(trip, stop)
    assert {each["value"] for each in row["contested"]["place"]} == {"老茶厂", "新茶厂"}
    assert row["fields"]["place"] == "老茶厂"
    _assert_sound(house, trip)


def test_what_a_phone_hands_in_for_another_is_not_its_own_word(house: House, aide: Caller) -> None:
    trip, stop = aide.make_trip(), new_id()
    (made,) = aide.results(trip, aide.change("stop", stop, {"place": "茶厂"}))
    lost = _restore(house, aide, trip)
    # Written before this phone had read the other's word, which it now hands in.
    own = aide.change("stop", stop, {"place": "老茶厂"}, base=made["seq"])
    aide.results(trip, _resent(aide, "stop", stop, {"place": "新茶厂"}, lost), own)
    row = aide.row(trip, stop)
    assert {each["value"] for each in row["contested"]["place"]} == {"老茶厂", "新茶厂"}


def test_other_paragraphs_written_meanwhile_are_merged_with_a_lost_text(
    house: House, aide: Caller
) -> None:
    trip, note = aide.make_trip(), new_id()
    birth = aide.change("note", note, {"kind": "quote", "text": TEXT})
    (made,) = aide.results(trip, birth)
    other = _device(aide)
    lost = _restore(house, aide, trip)
    later = {"text": "第一段。\n第二段，改。"}
    other.results(trip, other.change("note", note, later, base=made["seq"]))
    for phone in (aide, _device(aide, "tablet01")):
        fields = {"text": "第一段，丢过。\n第二段。"}
        phone.results(trip, _resent(phone, "note", note, fields, lost))
    row = aide.row(trip, note)
    assert (row["fields"]["text"], row.get("contested")) == ("第一段，丢过。\n第二段，改。", None)
    _assert_sound(house, trip)


def test_a_lost_deletion_counts_again_and_an_edit_before_it_does_not_undo_it(
    house: House, aide: Caller
) -> None:
    trip, stop = aide.make_trip(), new_id()
    aide.results(trip, aide.change("stop", stop, {"place": "茶厂"}))
    other = _device(aide)
    lost = _restore(house, aide, trip)
    aide.results(trip, _resent(aide, "stop", stop, {}, lost + 1, deleted=True))
    other.results(trip, _resent(other, "stop", stop, {"place": "新茶厂"}, lost))
    assert aide.row(trip, stop)["deleted"] is True
    _assert_sound(house, trip)


def test_an_edit_after_the_lost_deletion_brings_the_record_back(house: House, aide: Caller) -> None:
    trip, stop = aide.make_trip(), new_id()
    aide.results(trip, aide.change("stop", stop, {"place": "茶厂"}))
    other = _device(aide)
    lost = _restore(house, aide, trip)
    other.results(trip, _resent(other, "stop", stop, {"place": "新茶厂"}, lost))
    aide.results(trip, _resent(aide, "stop", stop, {}, lost + 1, deleted=True))
    assert aide.row(trip, stop)["deleted"] is True
    other.results(trip, _resent(other, "stop", stop, {"place": "旧茶厂"}, lost + 2))
    assert aide.row(trip, stop)["deleted"] is False
    _assert_sound(house, trip)


def test_a_lost_ruling_stays_that_of_whoever_gave_it(house: House, aide: Caller) -> None:
    trip, flag = aide.make_trip(), new_id()
    judge = _member(house, aide, trip, "principal")
    lost = _restore(house, aide, trip)
    with house.db.write() as session:
        made = {"kind": "number", "a": _side("三百户"), "b": _side("四百户"), "reason": {}}
        write_as_server(session, trip, [ServerWrite("contradiction", flag, made)])
    ruling = {"verdict": "a", "reason": "", "by": judge.user, "at": "2026-11-17T09:00:00.000Z"}
    fields = {"state": "ruled", "ruling": ruling}
    aide.results(trip, _resent(aide, "contradiction", flag, fields, lost, author=judge.user))
    row = aide.row(trip, flag)["fields"]
    assert (row["state"], row["ruling"]) == ("ruled", ruling)
    _assert_sound(house, trip)


def test_an_edit_of_a_lost_record_waits_for_the_record(house: House, aide: Caller) -> None:
    trip = aide.make_trip()
    lost = _restore(house, aide, trip)
    (result,) = aide.results(trip, aide.change("stop", new_id(), {"place": "茶厂"}, base=lost))
    assert result["problem"]["code"] == "record_lost"


def test_nothing_is_handed_in_again_where_nothing_was_lost(house: House, aide: Caller) -> None:
    trip = aide.make_trip()
    (result,) = aide.results(trip, _resent(aide, "stop", new_id(), {"place": "茶厂"}, 4))
    assert result["problem"]["code"] == "base_not_lost"
    del house


def test_a_trip_that_was_lost_whole_is_founded_again_and_all_its_phones_read_anew(
    house: House, aide: Caller
) -> None:
    with house.db.write() as session:
        leave_behind(session, house.clock.now())
    trip = new_id()
    fields = {"kind": "research", "title": "备份之后建的"}
    results = aide.results(
        trip,
        _resent(aide, "trip", trip, fields, 3),
        _resent(aide, "stop", new_id(), {"place": "茶厂"}, 9),
    )
    assert [result["status"] for result in results] == ["applied", "applied"]
    pulled = aide.pull(trip)
    start = milliseconds(house.clock.now()) * 1000
    assert pulled["lost"] == [[1, start]]
    assert pulled["view"].endswith(f"-{start}")
    assert {row["entity"] for row in pulled["rows"]} == {"trip", "member", "stop"}
    _assert_sound(house, trip)


def test_without_a_restore_no_trip_is_founded_again(house: House, aide: Caller) -> None:
    trip = new_id()
    made = _resent(aide, "trip", trip, {"kind": "research", "title": "没有的"}, 3)
    (result,) = aide.results(trip, made)
    assert result["problem"]["code"] == "base_not_lost"
    del house


def _resent(caller: Caller, entity: str, record: str, fields: Any, at: int, **more: Any) -> Any:
    return caller.change(entity, record, fields, base=at, hlc=f"{BORN}-0000-resent", **more)


def _side(quote: str) -> dict[str, Any]:
    said = {"entity": "note", "record": new_id(), "field": "text", "quote": quote}
    return said | {"start": 0, "end": len(quote), "value": quote}


def _restore(house: House, caller: Caller, trip: str) -> int:
    """Begin a new era; a number that was lost."""
    before: int = caller.pull(trip)["next"]
    with house.db.write() as session:
        leave_behind(session, house.clock.now())
    caller.clock.advance(minutes=1)
    return before + 5


def _device(caller: Caller, name: str = "device_other") -> Caller:
    return Caller(caller.client, caller.user, caller.token, name, caller.clock)


def _member(house: House, aide: Caller, trip: str, role: str) -> Caller:
    member = new_caller(house, aide.client, "小李")
    url, body = f"/api/v1/trips/{trip}/members", {"user": member.user, "role": role}
    assert aide.client.post(url, json=body, headers=aide.headers).status_code == 201
    return member


def _assert_sound(house: House, trip: str) -> None:
    with house.db.read() as session:
        scope = session.get(SyncScope, trip)
        assert scope is not None
        assert [*check_numbers(session, scope), *check_records(session, scope)] == []
