"""What a database holds of one trip after its server was killed, read without the server."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlmodel import Session, SQLModel, col

from services.bootstrap import SYNCED
from services.kernel.db import Database
from services.sync import SyncChange, SyncHead, SyncScope

COMPARED = ("text", "lat", "purpose", "title", "kind", "created_by", "sensitivity")


@dataclass
class Kept:
    """Log by change id, seq of each live record, the plain fields of its row, and soundness."""

    seq: int
    log: dict[str, SyncChange]
    heads: dict[tuple[str, str], int]
    rows: dict[tuple[str, str], dict[str, Any]]
    integrity: str


def read_kept(database: Database, trip: str) -> Kept:
    """Read the trip, and ask the database whether it is sound."""
    with database.read() as session:
        changes = session.scalars(select(SyncChange).where(col(SyncChange.scope) == trip)).all()
        found = session.scalars(select(SyncHead).where(col(SyncHead.scope) == trip)).all()
        heads = {(head.entity, head.record): head.seq for head in found if not head.deleted}
        rows = {key: row for key, row in _rows(session, trip).items() if key in heads}
        return Kept(
            seq=session.get_one(SyncScope, trip).seq,
            log={change.id: change for change in changes},
            heads=heads,
            rows=rows,
            integrity=_integrity(session, is_sqlite=database.is_sqlite),
        )


def _rows(session: Session, trip: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for model in SYNCED:
        table = model.__table__  # type: ignore[attr-defined] # set by SQLModel's metaclass
        names = [name for name in COMPARED if name in table.c]
        for row in session.execute(select(table).where(table.c.trip == trip)).mappings():
            rows[table.name, row["id"]] = {name: row[name] for name in names}
    return rows


def _integrity(session: Session, *, is_sqlite: bool) -> str:
    if is_sqlite:
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
        sound = session.execute(text("PRAGMA integrity_check")).scalar_one()
        return str(sound) if not broken else f"{len(broken)} foreign keys lead nowhere"
    # Raises when a table cannot be read whole, or a unique index would hold something twice.
    for table in SQLModel.metadata.sorted_tables:
        session.execute(text(f'REINDEX TABLE "{table.name}"'))
    return "ok"
