"""The room on PostgreSQL: JSON columns, postings and rulings behave as on SQLite."""

from pathlib import Path

from tests.rooms.contradictions.conftest import Table
from tests.support.listening import open_desk


def test_a_flag_is_found_withdrawn_and_silenced_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    with open_desk(tmp_path / "data", database_url=postgres_url) as desk:
        table = Table(desk)
        note = table.note("合作社有42户。")
        segment = table.segment(table.recording(), "合作社有58户。")
        table.read()
        [flag] = table.flags("open")
        assert {flag.a["record"], flag.b["record"]} == {note, segment}
        table.edit("note", note, text="合作社有58户。")
        table.read()
        assert [row.state for row in table.flags()] == ["withdrawn"]
        table.edit("note", note, text="合作社有42户。")
        table.read()
        ruling = {"verdict": "dismissed", "reason": "", "by": None, "at": None}
        table.edit("contradiction", flag.id, state="ruled", ruling=ruling)
        table.edit("note", note, text="合作社有43户。")
        table.read()
        assert [row.state for row in table.flags()] == ["ruled"]
