"""After a restore: numbers go on beyond all that were ever given, and every device reads again."""

from sqlmodel import Session

from services.bootstrap import House
from services.kernel.clock import milliseconds
from services.sync import SyncScope, leave_behind
from tests.support.house import Caller


def test_a_restored_trip_counts_on_beyond_every_number_that_was_given(
    house: House, aide: Caller
) -> None:
    trip = aide.make_trip()
    before = aide.pull(trip)
    assert before["lost"] == []
    start = _restore(house)
    (result,) = aide.results(trip, aide.change("stop", _record(1), {"place": "茶厂"}))
    assert result["seq"] == start + 1
    assert aide.pull(trip)["lost"] == [[before["next"] + 1, start]]


def test_a_device_is_told_to_read_all_again_after_each_restore(house: House, aide: Caller) -> None:
    trip = aide.make_trip()
    views, starts = [aide.pull(trip)["view"]], []
    for _ in range(2):
        aide.clock.advance(minutes=1)
        starts.append(_restore(house))
        views.append(aide.pull(trip)["view"])
    assert len(set(views)) == 3
    assert aide.pull(trip)["lost"] == [[3, starts[0]], [starts[0] + 1, starts[1]]]


def test_restoring_the_same_backup_twice_begins_two_different_eras(
    house: House, aide: Caller
) -> None:
    trip = aide.make_trip()
    with house.db.read() as session:
        leave_behind(session, house.clock.now())
        first = _seq(session, trip)
    # Reading sessions are thrown away: the second restore is of the same old state.
    aide.clock.advance(seconds=1)
    with house.db.read() as session:
        leave_behind(session, house.clock.now())
        assert _seq(session, trip) > first + 1000


def test_an_edit_made_on_a_lost_state_has_not_seen_what_was_written_since(
    house: House, aide: Caller
) -> None:
    trip, stop = aide.make_trip(), _record(2)
    (made,) = aide.results(trip, aide.change("stop", stop, {"place": "茶厂"}))
    # The base of a change that the backup does not hold any more.
    lost = made["seq"] + 40
    _restore(house)
    aide.results(trip, aide.change("stop", stop, {"place": "新茶厂"}, base=made["seq"]))
    other = Caller(aide.client, aide.user, aide.token, "device_other", aide.clock)
    other.results(trip, other.change("stop", stop, {"place": "老茶厂"}, base=lost))
    values = {each["value"] for each in aide.row(trip, stop)["contested"]["place"]}
    assert values == {"新茶厂", "老茶厂"}


def test_an_edit_made_on_a_lost_state_still_has_seen_what_was_there_before(
    house: House, aide: Caller
) -> None:
    trip, stop = aide.make_trip(), _record(3)
    (made,) = aide.results(trip, aide.change("stop", stop, {"place": "茶厂"}))
    _restore(house)
    other = Caller(aide.client, aide.user, aide.token, "device_other", aide.clock)
    change = other.change("stop", stop, {"place": "老茶厂"}, base=made["seq"] + 40)
    (result,) = other.results(trip, change)
    assert result["status"] == "applied"
    row = aide.row(trip, stop)
    assert (row["fields"]["place"], row.get("contested")) == ("老茶厂", None)


def test_the_same_change_offered_again_is_taken_once(house: House, aide: Caller) -> None:
    trip = aide.make_trip()
    change = aide.change("stop", _record(4), {"place": "茶厂"})
    (first,) = aide.results(trip, change)
    start = _restore(house)
    (again,) = aide.results(trip, change)
    assert (again["status"], again["seq"]) == ("duplicate", first["seq"])
    with house.db.read() as session:
        assert _seq(session, trip) == start


def _restore(house: House) -> int:
    """Begin a new era; the number it begins after."""
    with house.db.write() as session:
        leave_behind(session, house.clock.now())
    return milliseconds(house.clock.now()) * 1000


def _seq(session: Session, trip: str) -> int:
    scope = session.get(SyncScope, trip)
    assert scope is not None
    return scope.seq


def _record(number: int) -> str:
    return f"0193f000-0000-7000-8000-{number:012d}"
