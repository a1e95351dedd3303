"""Putting a restored database in the place of a SQLite file; the old one is kept aside."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from services.kernel.errors import Conflict

_BESIDE = ("-wal", "-shm")
_IN_USE = "the server still runs on this data: stop it first"


class SqliteTarget:
    """The file of the settings. Exactly one of old and new stands there at any moment."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def holds_data(self) -> bool:
        """Whether anybody's account or trip is in it; a file that cannot be read counts as data."""
        if not self._file.exists():
            return False
        with closing(sqlite3.connect(self._file, timeout=1)) as connection:
            try:
                return any(_has_rows(connection, table) for table in ("user", "sync_scope"))
            except sqlite3.DatabaseError:
                return True

    def refuse_in_use(self) -> None:
        """Conflict `server_running` while any other process has the database open."""
        self._close_journal()

    def put(self, staged: Path, aside: Path) -> str | None:
        """Replace the file by `staged`, which lies in the same file system, in one rename."""
        had_file = self._file.exists()
        self._close_journal()
        parts = [self._file.with_name(self._file.name + end) for end in ("", *_BESIDE)]
        for part in filter(Path.exists, parts):
            aside.mkdir(parents=True, exist_ok=True)
            shutil.copy2(part, aside / part.name)
        if aside.exists():
            _flush_all(aside)
        # A broken file's journal must not be taken for one of the new file's.
        for part in parts[1:]:
            part.unlink(missing_ok=True)
        os.replace(staged, self._file)  # noqa: PTH105 - the one rename that decides
        _flush(self._file.parent)
        return str(aside) if had_file else None

    def _close_journal(self) -> None:
        """Fold the journal into the file, which only works alone; a broken file has none."""
        if not self._file.exists():
            return
        with closing(sqlite3.connect(self._file, timeout=1)) as connection:
            try:
                # SQLite leaves the journal mode only for the last connection of all processes.
                connection.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as error:
                if "locked" in str(error):
                    raise Conflict("server_running", _IN_USE) from error
            except sqlite3.DatabaseError:
                return


def _has_rows(connection: sqlite3.Connection, table: str) -> bool:
    named = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    if connection.execute(named, [table]).fetchone() is None:
        return False
    return connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone() is not None


def _flush_all(folder: Path) -> None:
    for path in folder.iterdir():
        _flush(path)
    _flush(folder)
    _flush(folder.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
