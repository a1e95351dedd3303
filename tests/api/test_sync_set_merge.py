"""Sets through push and pull: two phones add proofs to one question offline; all stay."""

from typing import Any

from services.kernel.ids import new_id
from tests.api.test_sync_text_merge import phone
from tests.support.house import Caller


def proofs(*ids: str) -> list[dict[str, str]]:
    return [{"entity": "note", "record": each} for each in ids]


def make_question(aide: Caller, *ids: str) -> tuple[str, str, int]:
    trip, record = aide.make_trip(), new_id()
    fields = {"text": "到底多少户？", "evidence": proofs(*ids)}
    aide.results(trip, aide.change("question", record, fields))
    return trip, record, aide.row(trip, record)["seq"]


def edit(caller: Caller, record: str, base: int, *ids: str) -> dict[str, Any]:
    caller.clock.advance(seconds=1)
    return caller.change("question", record, {"evidence": proofs(*ids)}, base=base)


def test_what_two_add_without_having_seen_each_other_all_stays_unmarked(aide: Caller) -> None:
    old, mine, theirs = sorted(new_id() for _ in range(3))
    trip, record, base = make_question(aide, old)
    tablet = phone(aide, "tablet_b1")
    aide.results(trip, edit(aide, record, base, old, mine))
    (result,) = tablet.results(trip, edit(tablet, record, base, old, theirs))
    assert result["status"] == "merged"
    row = aide.row(trip, record)
    assert row["fields"]["evidence"] == proofs(old, mine, theirs)
    assert "contested" not in row
    url = f"/api/v1/trips/{trip}/history/question/{record}"
    past = aide.client.get(url, headers=aide.headers).json()
    (told,) = [one for one in past if one["field"] == "evidence" and one["merged"]]
    assert told["value"] == proofs(old, theirs)
    assert told["merged"] == proofs(old, mine, theirs)


def test_what_one_takes_out_goes_and_what_the_other_added_stays(aide: Caller) -> None:
    wrong, right, new = sorted(new_id() for _ in range(3))
    trip, record, base = make_question(aide, wrong, right)
    tablet = phone(aide, "tablet_b1")
    aide.results(trip, edit(aide, record, base, right))
    tablet.results(trip, edit(tablet, record, base, wrong, right, new))
    assert aide.row(trip, record)["fields"]["evidence"] == proofs(right, new)


def test_several_adds_of_one_phone_without_network_meet_those_of_another(aide: Caller) -> None:
    one, two, theirs = sorted(new_id() for _ in range(3))
    trip, record, base = make_question(aide)
    tablet = phone(aide, "tablet_b1")
    changes = [edit(tablet, record, base, one), edit(tablet, record, base, one, two)]
    aide.results(trip, edit(aide, record, base, theirs))
    tablet.results(trip, *changes)
    row = aide.row(trip, record)
    assert row["fields"]["evidence"] == proofs(theirs, one, two)
    assert "contested" not in row
