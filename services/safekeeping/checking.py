"""The whole-database checker: every check in turn, reading only, also while a server writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from services.kernel.db import Database
from services.media import Staging, Upload
from services.safekeeping.check_bytes import (
    Arriving,
    awaited_hashes,
    check_media_rows,
    check_objects,
    check_unknown,
    expected_lengths,
    known_blobs,
    list_objects,
)
from services.safekeeping.check_derived import check_derived, check_uploads
from services.safekeeping.check_log import check_numbers, check_records, check_strays
from services.safekeeping.flaws import Flaw
from services.safekeeping.ground import Progress, silent
from services.storage import ObjectStore
from services.sync import SyncScope


@dataclass(frozen=True)
class Place:
    """What is checked: a database whose sessions carry sync, its objects, unfinished uploads."""

    db: Database
    store: ObjectStore
    staging: Staging


def check_data(place: Place, *, quick: bool = False, progress: Progress = silent) -> Iterator[Flaw]:
    """Everything that should not be; nothing when all is well. `quick` reads no object through."""
    listed = list_objects(place.store)
    staged = place.staging.uploads()
    damage = list(_check_file(place.db))
    yield from damage
    if damage and damage[0].code == "database_damaged":
        # Nothing that is read from such a file proves anything.
        return
    with _moment(place.db) as session:
        yield from check_strays(session)
        yield from check_media_rows(session)
        yield from check_derived(session)
        known = known_blobs(session)
        arriving = Arriving(expected_lengths(session), awaited_hashes(session))
        uploads = {row.id: row for row in session.exec(select(Upload))}
        scopes = list(session.exec(select(SyncScope)))
    for done, scope in enumerate(scopes, 1):
        yield from _check_scope(place.db, scope.id)
        progress("records", done, len(scopes))
    yield from check_uploads(place.staging, staged, uploads)
    yield from check_unknown(place.store, listed, known, arriving)
    yield from check_objects(place.store, known, progress, quick=quick)


def _check_scope(db: Database, scope_id: str) -> Iterator[Flaw]:
    with _moment(db) as session:
        scope = session.get_one(SyncScope, scope_id)
        yield from check_numbers(session, scope)
        yield from check_records(session, scope)


def _check_file(db: Database) -> Iterator[Flaw]:
    """SQLite's own judgement of its file; PostgreSQL minds its own pages and references."""
    if not db.is_sqlite:
        return
    try:
        with _moment(db) as session:
            connection = session.connection()
            for (verdict,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
                if verdict != "ok":
                    yield Flaw("database_damaged", str(verdict))
            for broken in connection.exec_driver_sql("PRAGMA foreign_key_check"):
                yield Flaw("reference_broken", f"{broken[0]} row {broken[1]} names a {broken[2]}")
    except DatabaseError as error:
        yield Flaw("database_damaged", str(error.orig))


@contextmanager
def _moment(db: Database) -> Iterator[Session]:
    """A session that sees one moment throughout, as SQLite's always do."""
    with db.read() as session:
        if not db.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
