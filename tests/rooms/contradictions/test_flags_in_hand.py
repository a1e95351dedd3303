"""Flags that people have in hand, and those of a recording that is heard anew."""

from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import select

from services.contradictions import ClaimCursor, Contradiction, FlagPlace, queue_unread
from services.contradictions.standing import flags_at
from services.kernel.ids import new_id
from services.sync import ServerWrite, write_as_server
from tests.rooms.contradictions.conftest import Table

TYPED = "村里的公路是2019年修好的。"
HEARD = "村里的公路是2021年修好的。"


def spoken(table: Table) -> tuple[str, str, str]:
    """A note and a segment that differ, read; note, recording and segment."""
    note = table.note(TYPED, said_at="2026-11-18T01:00:00Z")
    media = table.recording(captured_at="2026-11-18T03:00:00Z")
    segment = table.segment(media, HEARD)
    table.read()
    return note, media, segment


def hear_anew(table: Table, media: str, old: str, text: str, start_ms: int) -> str:
    """Another revision: the old segment goes in the transaction that brings the new one."""
    segment = new_id()
    fields = {"media": media, "text": text, "machine_text": text, "revision": 2}
    fields |= {"start_ms": start_ms, "end_ms": start_ms + 3_000}
    writes = [ServerWrite("segment", segment, fields), ServerWrite("segment", old, deleted=True)]
    with table.desk.house.db.write() as session:
        write_as_server(session, table.desk.trip, writes)
    table.read()
    return segment


@pytest.mark.parametrize("state", ["open", "verifying"])
def test_a_flag_in_hand_is_withdrawn_when_its_text_is_edited_away_and_comes_back(
    table: Table, state: str
) -> None:
    note, _, _ = spoken(table)
    [flag] = table.flags()
    table.edit("contradiction", flag.id, state=state)
    table.edit("note", note, text="村里的公路是2021年修好的。")
    table.read()
    assert [row.state for row in table.flags()] == ["withdrawn"]
    table.edit("note", note, text=TYPED)
    table.read()
    assert [(row.id, row.state) for row in table.flags()] == [(flag.id, "open")]


@pytest.mark.parametrize("sensitivity", ["restricted", "off_record"])
def test_a_flag_in_hand_is_withdrawn_when_its_note_becomes_private(
    table: Table, sensitivity: str
) -> None:
    note, _, _ = spoken(table)
    [flag] = table.flags()
    table.edit("contradiction", flag.id, state="verifying")
    table.edit("note", note, sensitivity=sensitivity)
    assert [(row.state, row.sensitivity) for row in table.flags()] == [("withdrawn", sensitivity)]


def test_what_a_person_writes_after_the_withdrawal_stands(table: Table) -> None:
    note, _, _ = spoken(table)
    [flag] = table.flags()
    table.edit("contradiction", flag.id, state="verifying")
    table.edit("note", note, text="没有公路。")
    table.read()
    ruling = {"verdict": "b", "reason": "看了竣工牌"}
    table.edit("contradiction", flag.id, state="ruled", ruling=ruling)
    table.edit("note", note, text="还是没有公路。")
    table.read()
    assert [row.state for row in table.flags()] == ["ruled"]


def test_the_flag_stays_the_same_one_when_its_recording_is_heard_anew(table: Table) -> None:
    _, media, segment = spoken(table)
    [flag] = table.flags()
    anew = hear_anew(table, media, segment, "对，" + HEARD, 19_000)
    [moved] = table.flags()
    assert (moved.id, moved.state, moved.b["record"]) == (flag.id, "open", anew)
    assert moved.b["quote"] == ("对，" + HEARD)[moved.b["start"] : moved.b["end"]]


@pytest.mark.parametrize("heard", [HEARD, "村里的公路是2020年修好的。"])
def test_a_pair_found_false_stays_silent_when_its_recording_is_heard_anew(
    table: Table, heard: str
) -> None:
    _, media, segment = spoken(table)
    [flag] = table.flags()
    table.edit("contradiction", flag.id, ruling={"verdict": "dismissed", "reason": "两条路"})
    hear_anew(table, media, segment, heard, 12_400)
    assert [(row.id, row.state) for row in table.flags()] == [(flag.id, "ruled")]


def test_a_pair_found_false_stays_silent_when_the_text_is_edited_elsewhere(table: Table) -> None:
    note, _, _ = spoken(table)
    paper = new_id()
    table.edit("document", paper, kind="report", title="报告", body="茶厂有15台机器。")
    table.note("茶厂有12台机器。")
    table.read()
    for flag in table.flags():
        table.edit("contradiction", flag.id, ruling={"verdict": "dismissed", "reason": ""})
    table.edit("note", note, text="天晴。" + TYPED + "路边有树。")
    table.edit("document", paper, body="前言。\n\n茶厂有15台机器。\n\n结语。")
    table.read()
    assert [row.state for row in table.flags()] == ["ruled", "ruled"]


def test_a_pair_that_was_opened_again_is_in_the_reach_of_its_text(table: Table) -> None:
    note, _, _ = spoken(table)
    [flag] = table.flags()
    table.edit("contradiction", flag.id, ruling={"verdict": "dismissed", "reason": ""})
    table.edit("contradiction", flag.id, state="open")
    table.edit("note", note, text="没有公路。")
    table.read()
    [row] = table.flags()
    assert (row.state, row.ruling and row.ruling["verdict"]) == ("withdrawn", "dismissed")


def test_a_flag_of_an_older_server_learns_what_it_lacks_when_its_texts_are_read_again(
    table: Table,
) -> None:
    spoken(table)
    [flag] = table.flags()
    old: dict[str, Any] = {"consequence": "none", "difference": "differ"}
    old |= {side: {**getattr(flag, side)} for side in "ab"}
    for side in "ab":
        del old[side]["normalised"]
    with table.desk.house.db.write() as session:
        write_as_server(session, table.desk.trip, [ServerWrite("contradiction", flag.id, old)])
        # As migration 0009 does.
        session.exec(delete(ClaimCursor))
        queue_unread(session)
    table.read()
    [now] = table.flags()
    assert (now.id, now.consequence, now.a["normalised"]) == (flag.id, "deadline", "2019")
    assert len(table.found) == 1


def test_a_record_finds_its_own_flags_by_index_and_no_others(table: Table) -> None:
    note, media, segment = spoken(table)
    table.note("茶厂有12台机器。")
    other = table.note("茶厂有15台机器。")
    table.read()
    with table.desk.house.db.read() as session:
        places = {(row.flag, row.place) for row in session.exec(select(FlagPlace))}
        mine = flags_at(session, table.desk.trip, [note])
        plan = session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT flag FROM flag_place WHERE place IN ('x', 'y')"
        )
        assert all("SEARCH" in row[3] for row in plan)
        [flag] = mine
        assert flags_at(session, table.desk.trip, [media]).keys() == mine.keys()
        assert flags_at(session, new_id(), [note]) == {}
        assert len(list(session.exec(select(Contradiction)))) == 2
    assert {place for own, place in places if own == flag} == {note, segment, media}
    assert other not in {place for own, place in places if own == flag}


def test_of_what_scope_and_time_explain_few_are_told_and_no_table_of_places(table: Table) -> None:
    villages = ["石渡村", "高坎村", "柳湾村", "北沟村", "大营村", "河口村", "西塘村", "白水村"]
    for number, village in enumerate(villages, start=31):
        table.note(f"{village}的自来水工程去年年底还没有完工。")
        table.note(f"{village}的自来水工程今年6月已经完工。")
        table.note(f"{village}北片有{number}亩水田。")
        table.note(f"{village}一共有{number * 3}亩水田。")
        table.note(f"{village}去年人均收入{number}00元，今年人均收入{number}50元。")
    table.read()
    told = table.flags("withdrawn")
    assert {row.difference for row in told} == {"changed", "scope"}
    # A part against its whole and a stage that moved on, of each village; no village against
    # another, no year against the next.
    assert len(told) <= 2 * len(villages)
    assert all(row.a["quote"][:3] == row.b["quote"][:3] for row in told)
    assert len(table.found) == len(table.flags("open"))
