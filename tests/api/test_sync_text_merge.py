"""Long text through push and pull: merged by paragraph, marked where two clash, kept in full."""

from typing import Any

from services.kernel.ids import new_id
from tests.support.house import Caller


def phone(aide: Caller, device: str) -> Caller:
    return Caller(aide.client, aide.user, aide.token, device, aide.clock)


def make_note(aide: Caller, text: str) -> tuple[str, str, int]:
    trip, record = aide.make_trip(), new_id()
    aide.results(trip, aide.change("note", record, {"kind": "minute", "text": text}))
    return trip, record, aide.row(trip, record)["seq"]


def edit(caller: Caller, record: str, text: str, base: int) -> dict[str, Any]:
    caller.clock.advance(seconds=1)
    return caller.change("note", record, {"text": text}, base=base)


def parts_of(row: dict[str, Any]) -> list[list[tuple[int, int, str | None]]]:
    accounts = row["contested"]["text"]
    return [[(p["start"], p["end"], p["value"]) for p in one["parts"]] for one in accounts]


def test_different_paragraphs_are_merged_whole_and_nothing_is_marked(aide: Caller) -> None:
    trip, record, base = make_note(aide, "一\n二\n三")
    tablet = phone(aide, "tablet_b1")
    late = edit(tablet, record, "一\n二\n三乙", base)
    aide.results(trip, edit(aide, record, "一甲\n二\n三", base))
    (result,) = tablet.results(trip, late)
    assert result["status"] == "merged"
    row = aide.row(trip, record)
    assert row["fields"]["text"] == "一甲\n二\n三乙"
    assert "contested" not in row


def test_both_versions_of_one_paragraph_stay_and_are_settled_in_place(aide: Caller) -> None:
    trip, record, base = make_note(aide, "一\n二\n三")
    tablet = phone(aide, "tablet_b1")
    aide.results(trip, edit(aide, record, "一\n二甲\n三", base))
    tablet.results(trip, edit(tablet, record, "一\n二乙\n三", base))
    row = aide.row(trip, record)
    assert row["fields"]["text"] == "一\n二甲\n二乙\n三"
    assert parts_of(row) == [[(1, 3, "二甲")], [(1, 3, "二乙")]]
    assert [one["value"] for one in row["contested"]["text"]] == ["一\n二甲\n三", "一\n二乙\n三"]
    aide.results(trip, edit(aide, record, "一\n二乙\n三", row["seq"]))
    settled = aide.row(trip, record)
    assert (settled["fields"]["text"], "contested" in settled) == ("一\n二乙\n三", False)


def test_settling_one_place_leaves_the_other_marked(aide: Caller) -> None:
    trip, record, base = make_note(aide, "一\n中\n二")
    tablet = phone(aide, "tablet_b1")
    aide.results(trip, edit(aide, record, "一甲\n中\n二甲", base))
    tablet.results(trip, edit(tablet, record, "一乙\n中\n二乙", base))
    row = aide.row(trip, record)
    assert row["fields"]["text"] == "一甲\n一乙\n中\n二甲\n二乙"
    aide.results(trip, edit(aide, record, "一甲\n中\n二甲\n二乙", row["seq"]))
    left = aide.row(trip, record)
    assert parts_of(left) == [[(2, 4, "二甲")], [(2, 4, "二乙")]]


def test_several_edits_of_one_phone_without_network_never_clash_with_each_other(
    aide: Caller,
) -> None:
    trip, record, base = make_note(aide, "一\n二\n三")
    tablet = phone(aide, "tablet_b1")
    mine = [edit(tablet, record, f"一\n二\n三乙{n}", base) for n in range(3)]
    aide.results(trip, edit(aide, record, "一甲\n二\n三", base))
    results = tablet.results(trip, *mine)
    assert [each["status"] for each in results] == ["merged"] * 3
    row = aide.row(trip, record)
    assert row["fields"]["text"] == "一甲\n二\n三乙2"
    assert "contested" not in row


def test_without_base_the_last_writer_stands_and_nothing_is_marked(aide: Caller) -> None:
    trip, record, base = make_note(aide, "一\n二")
    tablet = phone(aide, "tablet_b1")
    aide.results(trip, edit(aide, record, "一甲\n二", base))
    tablet.clock.advance(seconds=1)
    tablet.results(trip, tablet.change("note", record, {"text": "另写"}))
    row = aide.row(trip, record)
    assert (row["fields"]["text"], "contested" in row) == ("另写", False)


def test_history_tells_what_was_sent_and_what_came_of_it(aide: Caller) -> None:
    trip, record, base = make_note(aide, "一\n二")
    tablet = phone(aide, "tablet_b1")
    aide.results(trip, edit(aide, record, "一甲\n二", base))
    tablet.results(trip, edit(tablet, record, "一\n二乙", base))
    url = f"/api/v1/trips/{trip}/history/note/{record}"
    history = aide.client.get(url, headers=aide.headers).json()
    texts = [(past["value"], past["merged"]) for past in history if past["field"] == "text"]
    assert texts == [("一\n二", None), ("一甲\n二", None), ("一\n二乙", "一甲\n二乙")]


def test_three_who_had_not_seen_each_other_all_stay(aide: Caller) -> None:
    trip, record, base = make_note(aide, "二")
    callers = [aide, phone(aide, "tablet_b1"), phone(aide, "tablet_c1")]
    for caller, text in zip(callers, ("二甲", "二乙", "二丙"), strict=True):
        caller.results(trip, edit(caller, record, text, base))
    row = aide.row(trip, record)
    assert row["fields"]["text"] == "二甲\n二乙\n二丙"
    assert {one["value"] for one in row["contested"]["text"]} == {"二甲", "二乙", "二丙"}
