"""From a synced note and a heard segment to one flag with both quotes, and back again."""

import pytest
from sqlmodel import select

from services.contradictions import queue_unread
from services.contradictions.flagging import find_flags, settle_flags
from services.contradictions.stored_claims import load_claims
from services.jobs import Job
from services.kernel.ids import new_id
from tests.rooms.contradictions.conftest import Table

TYPED = "村里的公路是2019年修好的。"
HEARD = "村里的公路是2021年修好的。"


def differing(table: Table) -> tuple[str, str]:
    """A note and a later segment that cannot both hold, read."""
    note = table.note(TYPED, said_at="2026-11-18T01:00:00Z")
    media = table.recording(captured_at="2026-11-18T03:00:00Z")
    segment = table.segment(media, HEARD)
    assert set(table.read()) == {"done"}
    return note, segment


def test_a_typed_and_a_spoken_account_that_differ_give_exactly_one_flag(table: Table) -> None:
    speaker = table.person("周文海")
    note = table.note(TYPED, said_at="2026-11-18T01:00:00Z", speaker=speaker)
    media = table.recording(captured_at="2026-11-18T03:00:00Z")
    segment = table.segment(media, HEARD)
    table.read()
    [flag] = table.flags()
    assert (flag.kind, flag.state, flag.ruling) == ("date", "open", None)
    assert (flag.difference, flag.consequence) == ("differ", "deadline")
    assert flag.a == {
        "entity": "note",
        "record": note,
        "field": "text",
        "quote": TYPED,
        "start": 0,
        "end": len(TYPED),
        "value": "2019年",
        "normalised": "2019",
        "speaker": speaker,
    }
    assert (flag.b["entity"], flag.b["record"]) == ("segment", segment)
    assert (flag.b["media"], flag.b["at_ms"]) == (media, 12_000)
    assert flag.b["quote"] == HEARD[flag.b["start"] : flag.b["end"]]
    assert "周文海" in flag.reason["zh"]
    assert "2019" in flag.reason["en"]
    assert flag.confidence is not None
    assert [event.contradiction for event in table.found] == [flag.id]


def test_reading_again_changes_nothing(table: Table) -> None:
    note, _ = differing(table)
    before, postings = table.flags(), table.postings()
    # The same words written again are a change of the note, but none of what it says.
    table.edit("note", note, text=TYPED)
    table.read()
    assert table.flags() == before
    assert table.postings() == postings
    assert len(table.found) == 1


def test_a_flag_whose_text_was_edited_away_is_withdrawn_and_comes_back(table: Table) -> None:
    note, _ = differing(table)
    table.edit("note", note, text="村里的公路是2021年修好的。")
    table.read()
    assert [flag.state for flag in table.flags()] == ["withdrawn"]
    table.edit("note", note, text="更正：" + TYPED)
    table.read()
    [flag] = table.flags()
    assert flag.state == "open"
    assert flag.a["quote"] == ("更正：" + TYPED)[flag.a["start"] : flag.a["end"]]
    assert len(table.found) == 2


def test_a_deleted_note_takes_its_claims_and_flags_with_it(table: Table) -> None:
    note, _ = differing(table)
    table.desk.change("note", note, {}, deleted=True)
    assert table.claims(note) == []
    assert [flag.state for flag in table.flags()] == ["withdrawn"]


def test_what_a_person_ruled_on_is_never_touched(table: Table) -> None:
    note, _ = differing(table)
    [flag] = table.flags()
    ruling = {"verdict": "a", "reason": "看过竣工牌", "by": None, "at": None}
    table.edit("contradiction", flag.id, state="ruled", ruling=ruling)
    ruled = table.flags()
    table.edit("note", note, text="没有公路。")
    table.read()
    assert table.flags() == ruled
    assert [(row.state, row.ruling and row.ruling["verdict"]) for row in ruled] == [("ruled", "a")]


def test_a_pair_that_was_dismissed_stays_silent_for_ever(table: Table) -> None:
    note, _ = differing(table)
    [flag] = table.flags()
    ruling = {"verdict": "dismissed", "reason": "两条不同的路", "by": None, "at": None}
    table.edit("contradiction", flag.id, state="ruled", ruling=ruling)
    table.edit("note", note, text="村里的公路是2018年修好的。")
    table.read()
    assert [row.id for row in table.flags()] == [flag.id]
    # Another pair on the same matter is another question.
    table.note("村里的公路是2015年修好的。")
    table.read()
    assert len(table.flags("open")) == 2


@pytest.mark.parametrize("verdict", ["a", "dismissed"])
def test_what_was_ruled_on_stays_so_when_the_recording_is_heard_anew(
    table: Table, verdict: str
) -> None:
    note = table.note(TYPED, said_at="2026-11-18T01:00:00Z")
    media = table.recording(captured_at="2026-11-18T03:00:00Z")
    table.segment(media, HEARD)
    table.read()
    [flag] = table.flags()
    table.edit("contradiction", flag.id, ruling={"verdict": verdict, "reason": "看过"})
    # Another revision hears the same words half a second later.
    table.segment(media, HEARD, start_ms=12_500)
    table.read()
    assert [row.id for row in table.flags()] == [flag.id]
    # Said again later it is another account of it.
    table.segment(media, HEARD, start_ms=200_000)
    table.read()
    assert [row.a["record"] for row in table.flags("open")] == [note]


def test_the_quotes_of_a_flag_that_is_asked_about_move_with_their_text(table: Table) -> None:
    note, _ = differing(table)
    [flag] = table.flags()
    table.edit("contradiction", flag.id, state="verifying")
    table.edit("note", note, text="更正：" + TYPED)
    table.read()
    [moved] = table.flags()
    assert moved.state == "verifying"
    assert moved.a["quote"] == ("更正：" + TYPED)[moved.a["start"] : moved.a["end"]]


NOT_YET = "高坎村的高标准农田项目去年年底还没有完工。"
DONE_NOW = "高坎村的高标准农田项目今年6月已经完工。"


def test_what_time_explains_is_told_but_stands_as_no_flag(table: Table) -> None:
    table.note(NOT_YET, said_at="2026-11-18T01:00:00Z")
    later = table.note(DONE_NOW, said_at="2026-11-18T03:00:00Z")
    table.read()
    [flag] = table.flags()
    assert (flag.state, flag.difference) == ("withdrawn", "changed")
    assert table.found == []
    # Who does not believe the explanation opens it, and it stays open.
    table.edit("contradiction", flag.id, state="open")
    table.edit("note", later, text="另外，" + DONE_NOW)
    table.read()
    [opened] = table.flags()
    assert (opened.state, opened.difference) == ("open", "changed")
    assert opened.b["quote"] == ("另外，" + DONE_NOW)[opened.b["start"] : opened.b["end"]]


def test_an_explained_difference_that_was_edited_away_is_told_no_longer(table: Table) -> None:
    table.note(NOT_YET, said_at="2026-11-18T01:00:00Z")
    later = table.note(DONE_NOW, said_at="2026-11-18T03:00:00Z")
    table.read()
    table.edit("note", later, text="什么也没说。")
    table.read()
    assert [(row.state, row.difference) for row in table.flags()] == [("withdrawn", "differ")]


def test_restricted_and_off_record_notes_never_become_claims(table: Table) -> None:
    table.note(HEARD)
    for sensitivity in ("restricted", "off_record"):
        note = table.note(TYPED, sensitivity=sensitivity)
        table.read()
        assert table.claims(note) == []
    assert table.flags() == []


def test_making_a_note_private_withdraws_in_the_same_transaction_and_hides_the_quote(
    table: Table,
) -> None:
    note, _ = differing(table)
    table.edit("note", note, sensitivity="off_record")
    # No job has run since.
    [flag] = table.flags()
    assert (flag.state, flag.sensitivity) == ("withdrawn", "off_record")
    assert table.claims(note) == []
    table.edit("note", note, sensitivity="normal")
    table.read()
    [flag] = table.flags()
    assert (flag.state, flag.sensitivity) == ("open", "normal")


def test_machine_text_in_doubt_makes_no_claim_until_a_person_has_written_it(table: Table) -> None:
    table.note(TYPED)
    media = table.recording()
    segment = table.segment(media, HEARD, reliable=False)
    table.read()
    assert table.claims(segment) == []
    assert table.flags() == []
    table.edit("segment", segment, text=HEARD + "对。")
    table.read()
    assert len(table.flags("open")) == 1


def test_a_speaker_named_later_is_told_by_the_flag(table: Table) -> None:
    _, segment = differing(table)
    speaker = table.person("林秀英")
    table.edit("segment", segment, speaker=speaker)
    table.read()
    [flag] = table.flags()
    assert flag.b["speaker"] == speaker
    assert "林秀英" in flag.reason["zh"]
    assert len(table.found) == 1


def test_spoken_words_are_held_against_the_dossier_and_the_papers_of_the_trip(
    table: Table,
) -> None:
    unit, paper = new_id(), new_id()
    dossier = "合作社成立于2015年。合作社有42户。茶厂有12台机器。"
    table.edit("unit", unit, name="青石坳合作社", dossier=dossier)
    table.edit("document", paper, kind="report", title="报告", body="茶厂有15台机器。")
    table.segment(table.recording(), "The cooperative has 58 households.")
    table.read()
    pairs = {(flag.a["entity"], flag.b["entity"], flag.kind) for flag in table.flags("open")}
    assert pairs == {("unit", "segment", "number"), ("unit", "document", "number")}
    for flag in table.flags("open"):
        assert flag.a["quote"] == dossier[flag.a["start"] : flag.a["end"]]


def test_one_note_is_never_set_against_itself_nor_against_another_trip(table: Table) -> None:
    table.note(TYPED + HEARD)
    table.read()
    other = new_id()
    first, table.desk.trip = table.desk.trip, other
    table.edit("trip", other, kind="research", title="另一行程")
    table.note(HEARD)
    table.read()
    table.desk.trip = first
    assert table.flags() == []


def test_readings_of_a_meter_in_every_note_are_a_series_and_no_accounts_that_differ(
    table: Table,
) -> None:
    for reading in range(40, 60):
        table.note(f"二号水表的读数是{reading}吨。")
    table.read()
    assert table.flags() == []


def test_many_notes_leave_one_job_and_are_read_to_the_last(table: Table) -> None:
    notes = [table.note(f"{place}村有{40 + place}口井。") for place in range(120)]
    assert table.read() == ["done"]
    assert all(table.claims(note) for note in notes)
    assert table.read() == []


def test_a_trip_that_was_not_read_to_its_end_is_queued_when_a_worker_starts(table: Table) -> None:
    note = table.note(TYPED)
    with table.desk.house.db.write() as session:
        for job in session.exec(select(Job)):
            session.delete(job)
    assert table.read() == []
    with table.desk.house.db.write() as session:
        queue_unread(session)
    assert table.read() == ["done"]
    assert table.claims(note)


def test_a_note_made_private_while_it_was_compared_brings_no_flag_back(table: Table) -> None:
    note, _ = differing(table)
    trip, database = table.desk.trip, table.desk.house.db
    with database.read() as session:
        read = {("note", note): load_claims(session, [note])[note]}
        stale = find_flags(session, trip, read)
    assert len(stale) == 1
    table.edit("note", note, sensitivity="restricted")
    with database.write() as session:
        settle_flags(session, trip, read, stale)
    assert [(flag.state, flag.sensitivity) for flag in table.flags()] == [
        ("withdrawn", "restricted")
    ]
