"""A push looks its records up by the index: what is stored already must not make it dearer."""

from sqlalchemy import event

from services.bootstrap import House
from services.sync.batch import Batch
from services.sync.exchange import Exchange

KEYS = [("note", "0" * 36), ("note", "1" * 36), ("person", "2" * 36)]


def test_no_table_of_sync_is_read_as_a_whole(house: House) -> None:
    plans: list[str] = []

    def explain(_connection, cursor, statement, parameters, _context, _many):  # type: ignore[no-untyped-def]
        if statement.startswith("SELECT"):
            told = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in told.fetchall())

    event.listen(house.db.engine, "before_cursor_execute", explain)
    with house.db.write() as session:
        batch = Batch(session, Exchange.of(session).registry, "3" * 36)
        batch.load(KEYS, ["4" * 36])
        batch.load_past(KEYS)
    assert any("sync_head" in plan for plan in plans)
    assert any("sync_change" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith("SCAN")] == []
