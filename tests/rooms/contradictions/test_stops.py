"""What was noted at two stops is of two places, unless it names one."""

from services.kernel.ids import new_id
from tests.rooms.contradictions.conftest import Table


def stop_at(table: Table, name: str) -> str:
    unit, stop = new_id(), new_id()
    table.desk.push("unit", unit, name=name)
    table.desk.push("stop", stop, unit=unit)
    return stop


def test_each_village_has_its_own_households_until_one_is_named(table: Table) -> None:
    first, second = stop_at(table, "柳溪村"), stop_at(table, "石桥村")
    one = table.note("低保户一共十九户。", stop=first)
    table.note("低保户一共十七户。", stop=second)
    table.read()
    assert table.flags() == []
    named = table.note("柳溪村的低保户是二十六户。", stop=second)
    table.read()
    (flag,) = table.flags("open")
    assert {flag.a["record"], flag.b["record"]} == {one, named}


def test_a_note_that_was_moved_to_another_stop_is_read_again(table: Table) -> None:
    first, second = stop_at(table, "柳溪村"), stop_at(table, "石桥村")
    table.note("低保户一共十九户。", stop=first)
    moved = table.note("低保户一共十七户。", stop=second)
    table.edit("note", moved, stop=first)
    table.read()
    assert len(table.flags("open")) == 1


def test_in_a_forum_everybody_speaks_of_the_own_unit(table: Table) -> None:
    forum, speakers = new_id(), []
    table.desk.push("forum", forum, title="座谈会")
    for name in ("柳溪村", "石桥村"):
        unit, person = new_id(), new_id()
        table.desk.push("unit", unit, name=name)
        table.desk.push("person", person, name=f"{name}书记", unit=unit)
        speakers.append(person)
    table.note("低保户一共十九户。", forum=forum, speaker=speakers[0])
    table.note("低保户一共十七户。", forum=forum, speaker=speakers[1])
    table.read()
    assert table.flags() == []
    table.note("低保户一共二十二户。", forum=forum, speaker=speakers[1])
    table.read()
    assert len(table.flags("open")) == 1


def test_what_is_said_in_a_recording_of_a_visit_is_of_that_unit(table: Table) -> None:
    first, second = stop_at(table, "柳溪村"), stop_at(table, "石桥村")
    table.segment(table.recording(stop=first), "低保户一共十九户。")
    table.segment(table.recording(stop=second), "低保户一共十七户。")
    table.read()
    assert table.flags() == []
