"""Which records of a trip are worth comparing with a new one, as its postings tell."""

from services.contradictions.stored_claims import find_candidates, load_claims
from services.kernel.ids import new_id
from tests.rooms.contradictions.conftest import Table

NEW = "北坡医院护士有300个。"


def candidates_of(table: Table, note: str) -> list[str]:
    with table.desk.house.db.read() as session:
        read = {("note", note): load_claims(session, [note])[note]}
        found = find_candidates(session, table.desk.trip, read)
    return [record for _, record in found["note", note]]


def test_one_word_in_common_is_too_little_among_many(table: Table) -> None:
    same = table.note("北坡医院护士有520个。")
    other = table.note("南湾医院病人有410个。")
    new = table.note(NEW)
    table.read()
    assert candidates_of(table, new) == [same]
    assert candidates_of(table, other) == []


def test_one_word_is_enough_for_what_has_few(table: Table) -> None:
    short = table.note("护士有520个。")
    new = table.note(NEW)
    table.read()
    assert candidates_of(table, new) == [short]
    assert candidates_of(table, short) == [new]


def test_one_word_is_enough_for_papers(table: Table) -> None:
    paper = new_id()
    body = "茶厂有15台机器。\n\n南湾医院病人有410个。"
    table.edit("document", paper, kind="report", title="报告", body=body)
    new = table.note(NEW)
    table.read()
    assert candidates_of(table, new) == [paper]
