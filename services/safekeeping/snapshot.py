"""One moment of a database in use, as one SQLite file, whichever database it came from."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import SQLModel

from services.kernel.db import Database
from services.kernel.errors import Conflict, Invalid

ROWS_AT_ONCE = 1000
_REVISION = "SELECT version_num FROM alembic_version"


def take_snapshot(url: str, target: Path, migrate: Callable[[str], None]) -> None:
    """Write what is committed now to `target`; writers go on meanwhile.

    SQLite by its online backup, in one step; PostgreSQL table by table in one repeatable read.
    """
    if url.startswith("sqlite"):
        _copy_sqlite(_file_of(url), target)
    else:
        migrate(_url_of(target))
        _copy_tables(url, target)
    make_whole(target)


def revision_of(file: Path) -> str:
    """The schema of a snapshot; Invalid when it is none of ours."""
    connection = sqlite3.connect(file)
    try:
        return str(connection.execute(_REVISION).fetchone()[0])
    except (sqlite3.DatabaseError, TypeError) as error:
        raise Invalid(
            "database_unknown", "it is not migrated, or no database of Suixing"
        ) from error
    finally:
        connection.close()


def count_rows(file: Path) -> dict[str, int]:
    """Rows of each table of a snapshot."""
    connection = sqlite3.connect(file)
    try:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = sorted(name for (name,) in names if not name.startswith("sqlite_"))
        count = 'SELECT count(*) FROM "{}"'
        return {name: connection.execute(count.format(name)).fetchone()[0] for name in tables}
    finally:
        connection.close()


def known_hashes(file: Path) -> dict[str, int]:
    """SHA-256 and length of all bytes that a snapshot of any schema says are stored."""
    connection = sqlite3.connect(file)
    try:
        found = connection.execute("SELECT DISTINCT sha256, size FROM media_blob ORDER BY sha256")
        return dict(found.fetchall())
    finally:
        connection.close()


def _file_of(url: str) -> Path:
    file = Path(make_url(url).database or "")
    if not file.is_file():
        raise Invalid("database_missing", f"there is no database {file}")
    return file


def _url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def _copy_sqlite(source: Path, target: Path) -> None:
    reader, writer = sqlite3.connect(source, timeout=30), sqlite3.connect(target)
    try:
        # All pages in one step: in steps it would begin anew whenever somebody writes.
        reader.backup(writer, pages=-1)
    finally:
        writer.close()
        reader.close()


def _copy_tables(url: str, target: Path) -> None:
    engine = create_engine(url, hide_parameters=True, isolation_level="REPEATABLE READ")
    file = Database(_url_of(target))
    try:
        with engine.connect() as source, file.engine.connect() as writer:
            source.exec_driver_sql("SET TRANSACTION READ ONLY")
            _refuse_other_schema(source, target)
            writer.exec_driver_sql("PRAGMA foreign_keys=OFF")
            writer.exec_driver_sql("BEGIN")
            copy_rows(source, writer)
            writer.exec_driver_sql("COMMIT")
    finally:
        _dispose(engine, file.engine)


def copy_rows(source: Connection, target: Connection) -> None:
    """Every row of every table of this program, parents first."""
    for table in SQLModel.metadata.sorted_tables:
        streaming = source.execution_options(yield_per=ROWS_AT_ONCE)
        for rows in streaming.execute(table.select()).mappings().partitions(ROWS_AT_ONCE):
            target.execute(table.insert(), [dict(row) for row in rows])


def _refuse_other_schema(source: Connection, target: Path) -> None:
    try:
        found = source.execute(text(_REVISION)).scalar_one_or_none()
    except ProgrammingError:
        found = None
    if found != revision_of(target):
        detail = f"it is at {found}, the program at {revision_of(target)}: suixing migrate"
        raise Conflict("database_not_migrated", detail)


def make_whole(file: Path) -> None:
    """One file without a journal beside it, sound and on the disk."""
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
        verdict = connection.execute("PRAGMA integrity_check(5)").fetchall()
    finally:
        connection.close()
    if verdict != [("ok",)]:
        raise Invalid("database_damaged", "; ".join(str(line[0]) for line in verdict))
    descriptor = os.open(file, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _dispose(*engines: Engine) -> None:
    for engine in engines:
        engine.dispose()
