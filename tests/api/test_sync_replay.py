"""The log alone tells what stands: values, merged texts, stamps."""

from sqlmodel import select

from services.bootstrap import House
from services.kernel.clock import milliseconds
from services.kernel.ids import new_id
from services.sync import SyncChange, SyncHead
from services.sync.replay import replay
from tests.support.house import Caller


def test_replayed_changes_come_to_the_head_and_the_row_also_with_a_wrong_clock(
    house: House, aide: Caller
) -> None:
    trip, record, ahead = aide.make_trip(), new_id(), 5 * 3_600_000
    aide.results(trip, aide.change("note", record, {"kind": "minute", "text": "一\n二"}))
    base = aide.row(trip, record)["seq"]
    tablet = Caller(aide.client, aide.user, aide.token, "tablet_b1", aide.clock)
    aide.clock.advance(seconds=1)
    aide.results(trip, aide.change("note", record, {"text": "一甲\n二"}, base=base))
    wrong = tablet.change("note", record, {"text": "一\n二乙"}, base=base)
    wrong["hlc"] = tablet.hlc(shift_ms=ahead)
    tablet.results(trip, wrong, now=milliseconds(aide.clock.now()) + ahead)
    with house.db.read() as session:
        log = session.scalars(select(SyncChange).where(SyncChange.record == record)).all()
        told = replay(log)
        head = session.get(SyncHead, ("note", record))
        assert head is not None
        assert told.stamps == head.stamps
    assert told.values["text"] == aide.row(trip, record)["fields"]["text"] == "一甲\n二乙"
