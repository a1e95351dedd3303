"""What stands in a flag is what stands in its records: notes, segments, documents and dossiers."""

from typing import Any

from sqlalchemy import select

from services.kernel.ids import new_id
from services.sync import Exchange
from tests.rooms.contradictions.conftest import Table

NOISE = "🙂🙂 嗯，那个，𠮷野家。\r\n据說："


def text_of(table: Table, account: dict[str, Any]) -> str:
    with table.desk.house.db.read() as session:
        kind = Exchange.of(session).registry.get(account["entity"])
        assert kind is not None
        column = kind.table.c[account["field"]]
        found = session.execute(select(column).where(kind.table.c.id == account["record"]))
        return str(found.scalar_one())


def test_quotes_equal_the_slices_of_their_records_in_every_kind_of_text(table: Table) -> None:
    table.note("渔港现在在册的渔船一共是三百一十二条。")
    table.segment(table.recording(), f"{NOISE}漁港在冊漁船是260條。")
    body = f"# 会议纪要\n\n{NOISE}养老院有护理员22人。\n\n渔港在册渔船是198条。"
    table.desk.push("document", new_id(), kind="minutes", title="纪要", body=body)
    table.desk.push("unit", new_id(), name="养老院", dossier="🙂 养老院有护理员35人。")
    table.read()
    flags = table.flags("open")
    entities = {side["entity"] for flag in flags for side in (flag.a, flag.b)}
    assert entities == {"note", "segment", "document", "unit"}
    for side in (side for flag in flags for side in (flag.a, flag.b)):
        quote = text_of(table, side)[side["start"] : side["end"]]
        assert side["quote"] == quote
        assert side["value"] in quote
