"""How sure Whisper was of its words tells how far a flag that rests on them may be trusted."""

from services.contradictions import Contradiction
from tests.rooms.contradictions.conftest import Table

TYPED, HEARD = "医院有300张床位。", "我们医院有320张床位。"


def flag_of(table: Table, confidence: float | None) -> Contradiction:
    table.note(TYPED)
    table.segment(table.recording(), HEARD, confidence=confidence)
    table.read()
    [flag] = table.flags("open")
    return flag


def test_words_heard_poorly_make_a_doubtful_flag_until_a_person_wrote_them(table: Table) -> None:
    flag = flag_of(table, 0.5)
    assert flag.difference == "doubtful"
    doubted = flag.confidence
    table.edit("segment", flag.b["record"], text=HEARD + "对。")
    table.read()
    [flag] = table.flags("open")
    assert flag.difference == "differ"
    assert doubted is not None
    assert flag.confidence is not None
    assert doubted == round(flag.confidence * 0.5, 3)


def test_words_heard_well_make_a_plain_flag_that_is_nearly_as_sure(table: Table) -> None:
    flag = flag_of(table, 0.8)
    assert flag.difference == "differ"
    assert flag.confidence is not None
    assert flag.confidence < 0.8
