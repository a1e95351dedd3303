"""A speaker corrects in another note what he said: others are held against the new account."""

import pytest

from tests.rooms.contradictions.conftest import Table

OLD, NEW = "医院有300张床位。", "医院有320张床位。"
CORRECTION = "更正一下，" + NEW


@pytest.fixture
def speakers(table: Table) -> tuple[str, str]:
    return table.person("周文海"), table.person("李秀兰")


def said(table: Table, speaker: str, text: str, hour: int) -> str:
    return table.note(text, speaker=speaker, said_at=f"2026-11-18T{hour:02d}:00:00Z")


def states(table: Table) -> list[str]:
    table.read()
    return [flag.state for flag in table.flags()]


def test_what_was_taken_back_before_is_contradicted_by_nobody(
    table: Table, speakers: tuple[str, str]
) -> None:
    zhou, li = speakers
    said(table, zhou, OLD, 1)
    said(table, zhou, CORRECTION, 3)
    assert states(table) == []
    said(table, li, NEW, 2)
    assert states(table) == []


def test_a_correction_takes_the_flag_back_and_its_deletion_brings_it_again(
    table: Table, speakers: tuple[str, str]
) -> None:
    zhou, li = speakers
    said(table, zhou, OLD, 1)
    said(table, li, NEW, 2)
    assert states(table) == ["open"]
    correction = said(table, zhou, CORRECTION, 3)
    assert states(table) == ["withdrawn"]
    table.edit("note", correction, text="医院很新。")
    assert states(table) == ["open"]
    table.edit("note", correction, text=CORRECTION)
    assert states(table) == ["withdrawn"]
    table.edit("note", correction, sensitivity="off_record")
    assert states(table) == ["open"]


def test_the_correction_itself_is_contradicted(table: Table, speakers: tuple[str, str]) -> None:
    zhou, li = speakers
    said(table, zhou, OLD, 1)
    said(table, li, OLD, 2)
    said(table, zhou, CORRECTION, 3)
    assert states(table) == ["open"]
    [flag] = table.flags()
    assert {flag.a["value"], flag.b["value"]} == {"300张", "320张"}


def test_nobody_takes_back_what_another_said_or_what_comes_later(
    table: Table, speakers: tuple[str, str]
) -> None:
    zhou, li = speakers
    said(table, zhou, CORRECTION, 1)
    said(table, zhou, OLD, 2)
    said(table, li, NEW, 3)
    said(table, li, "更正一下，医院有320张床位。", 4)
    assert "open" in states(table)
