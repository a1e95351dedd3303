"""The database: one engine, one transaction per request or job step, committed only here."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic_core import PydanticSerializationError, to_json
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from services.kernel.errors import Busy, Full
from services.kernel.events import HANDLERS_KEY, Handlers

BUSY_TIMEOUT_MS = 10_000
# A process that freezes in mid-transaction (a paused machine) must not keep its locks for ever.
LET_GO_OF_LOCKS = "SET LOCAL idle_in_transaction_session_timeout = '30s'"
# PostgreSQL's SQLSTATE for a connection that it closed for that reason.
_HELD_TOO_LONG = "25P03"
_AFTER_COMMIT = "after_commit"


class Database:
    """Sessions on one SQLite file or one PostgreSQL database.

    `write()` begins with the write lock in hand on SQLite (BEGIN IMMEDIATE), so that a transaction
    never fails half-way for want of it. A lock that cannot be had in time is `Busy`, never a bug.
    """

    def __init__(self, url: str, handlers: Handlers | None = None) -> None:
        self.url = url
        self.handlers = handlers or Handlers()
        # What every session carries, so that rooms find it without a global.
        self.context: dict[str, Any] = {HANDLERS_KEY: self.handlers}
        # Not one that belongs to a thread: a request may begin and end in different ones.
        self._writing = threading.Lock()
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _make_engine(url, is_sqlite=self.is_sqlite)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose changes are thrown away."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.info.update(self.context)
            with _busy_as_error():
                if self.is_sqlite:
                    # One snapshot for the whole session, as PostgreSQL readers get per statement.
                    session.connection().exec_driver_sql("BEGIN")
                yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits on a clean exit and rolls back on any error."""
        with self._turn(), Session(self.engine, expire_on_commit=False) as session:
            session.info.update(self.context)
            with _busy_as_error():
                if self.is_sqlite:
                    session.connection().exec_driver_sql("BEGIN IMMEDIATE")
                else:
                    session.connection().exec_driver_sql(LET_GO_OF_LOCKS)
                yield session
                session.commit()
            callbacks = session.info.pop(_AFTER_COMMIT, [])
        for callback in callbacks:
            callback()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """On SQLite the writers of this process wait for each other before they take a connection.

        Waiting with one, each would keep a cache of its own that the next writer makes worthless.
        """
        if not self.is_sqlite:
            yield
            return
        if not self._writing.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise Busy("database_busy", retry_after=1)
        try:
            yield
        finally:
            self._writing.release()

    def is_ready(self) -> bool:
        """True when the database answers."""
        with self.read() as session:
            return bool(session.connection().execute(text("SELECT 1")).scalar_one() == 1)

    def dispose(self) -> None:
        self.engine.dispose()


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Run `callback` once the transaction stands; for notices that may be lost without harm."""
    session.info.setdefault(_AFTER_COMMIT, []).append(callback)


@contextmanager
def _busy_as_error() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if "database is locked" in str(error) or "lock timeout" in str(error):
            raise Busy("database_busy", retry_after=1) from error
        if "disk is full" in str(error) or "No space left on device" in str(error):
            raise Full("storage_full") from error
        raise
    except DBAPIError as error:
        # This process was stopped in mid-transaction: nothing was written, as if it had waited.
        if getattr(error.orig, "sqlstate", None) == _HELD_TOO_LONG:
            raise Busy("database_busy", retry_after=1) from error
        raise


def _make_engine(url: str, *, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        # Parameters hold what people wrote, which must not reach a log by way of a traceback.
        return create_engine(
            url,
            hide_parameters=True,
            json_serializer=_to_json,
            pool_size=10,
            max_overflow=20,
            pool_pre_ping=True,
        )
    engine = create_engine(
        url,
        hide_parameters=True,
        json_serializer=_to_json,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
        pool_size=10,
        max_overflow=40,
        # The connection that was used last knows most of what is asked next.
        pool_use_lifo=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _to_json(value: object) -> str:
    # A push writes five JSON columns per record: this costs a quarter of the standard library's.
    try:
        return to_json(value).decode()
    except PydanticSerializationError:
        # Half a surrogate pair, as broken keyboards send it, is kept as it came.
        return json.dumps(value)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: write() says BEGIN IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()
