"""Word that a trip has moved on: heard after commit, across processes, and lost without harm.

PostgreSQL carries it by NOTIFY; on SQLite one poll per process looks every 500 ms.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlmodel import Session, col

from services.kernel.db import Database, after_commit
from services.kernel.log import get_logger
from services.sync.models import SyncScope

if TYPE_CHECKING:
    import psycopg

Listener = Callable[[str, int], object]
CHANNEL = "suixing_trip"
HUB_KEY = "notices"
POLL_SECONDS = 0.5
_log = get_logger("sync")


def announce(session: Session, scope: str, seq: int) -> None:
    """Tell all processes, once the transaction stands, that `scope` has reached `seq`."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(
            text("SELECT pg_notify(:channel, :word)"),
            {"channel": CHANNEL, "word": f"{scope} {seq}"},
        )
    hub: Hub | None = session.info.get(HUB_KEY)
    if hub is not None:
        after_commit(session, lambda: hub.tell(scope, seq))


class Hub:
    """Hands every notice to this process's listeners; a listener must return at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._seqs: dict[str, int] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to hear other processes."""
        run = self._poll if self._database.is_sqlite else self._listen
        self._thread = threading.Thread(target=run, name="notices", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def add(self, listener: Listener) -> Callable[[], None]:
        """Register a listener; call what is returned to leave."""
        with self._lock:
            self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def tell(self, scope: str, seq: int) -> None:
        with self._lock:
            if self._seqs.get(scope, -1) >= seq:
                return
            self._seqs[scope] = seq
            listeners = list(self._listeners)
        for listener in listeners:
            listener(scope, seq)

    def _poll(self) -> None:
        version = None
        with self._database.engine.connect() as connection:
            while not self._stop.wait(POLL_SECONDS):
                # The pragma is free of locks and moves only when another connection commits.
                now = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
                if now != version:
                    version = now
                    rows = connection.execute(select(col(SyncScope.id), col(SyncScope.seq))).all()
                    for scope, seq in rows:
                        self.tell(scope, seq)

    def _listen(self) -> None:
        # Imported here: on SQLite the process is 8 MB smaller without it.
        import psycopg

        url = self._database.engine.url.set(drivername="postgresql")
        while not self._stop.is_set():
            try:
                with psycopg.connect(
                    url.render_as_string(hide_password=False), autocommit=True
                ) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._hear(connection)
            except psycopg.OperationalError as error:
                _log.warning("notices_interrupted", error=type(error).__name__)
                self._stop.wait(2)

    def _hear(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        while not self._stop.is_set():
            for notice in connection.notifies(timeout=POLL_SECONDS):
                scope, _, seq = notice.payload.partition(" ")
                self.tell(scope, int(seq))
