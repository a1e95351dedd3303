"""Lays all tables into a test's database; for SQLite from one file that is made once."""

import tempfile
from functools import cache
from pathlib import Path

from sqlmodel import SQLModel

from services.kernel.db import Database
from services.kernel.settings import Settings


def lay_tables(settings: Settings) -> None:
    """Every declared table, in the database of the settings, before a house opens it.

    On SQLite each statement is flushed to the disk by itself, which costs a second per test: so
    the tables are made once and their file is copied.
    """
    if settings.database_url:
        database = Database(settings.resolved_database_url)
        SQLModel.metadata.create_all(database.engine)
        database.dispose()
        return
    settings.data.mkdir(parents=True, exist_ok=True)
    file = settings.data / "suixing.db"
    if not file.exists():
        file.write_bytes(_empty_sqlite())


@cache
def _empty_sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{file}")
        SQLModel.metadata.create_all(database.engine)
        database.dispose()
        return file.read_bytes()
