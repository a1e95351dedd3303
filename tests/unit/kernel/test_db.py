"""Who writes: one at a time on SQLite, and nobody who stood still for long on PostgreSQL."""

import threading
import time
from pathlib import Path

import pytest

from services.kernel import db
from services.kernel.db import Database
from services.kernel.errors import Busy


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'one.db'}")


def test_writers_that_wait_hold_no_connection(database: Database) -> None:
    begun = threading.Barrier(9)

    def write() -> None:
        begun.wait()
        with database.write():
            pass

    waiting = [threading.Thread(target=write) for _ in range(8)]
    with database.write():
        for thread in waiting:
            thread.start()
        begun.wait()
        assert database.engine.pool.checkedout() == 1  # type: ignore[attr-defined]
    for thread in waiting:
        thread.join()
    assert database.engine.pool.checkedin() == 1, "all wrote by the same one"  # type: ignore[attr-defined]


def test_a_writer_whose_turn_does_not_come_is_busy_and_the_next_one_writes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 1)
    with database.write(), pytest.raises(Busy), database.write():
        pass
    with pytest.raises(ValueError, match="mine"), database.write():
        raise ValueError("mine")
    with database.write():
        pass


def stand_still(database: Database) -> None:
    """A write in the middle of which the process stops for longer than PostgreSQL waits."""
    # The limit that write() sets, but one that a test can wait for.
    limit = "SET LOCAL idle_in_transaction_session_timeout = '100ms'"
    with database.write() as session:
        session.connection().exec_driver_sql(limit)
        time.sleep(1)
        session.connection().exec_driver_sql("SELECT 1")


def test_a_process_that_stood_still_in_mid_transaction_is_told_to_try_again(
    postgres_url: str,
) -> None:
    database = Database(postgres_url)
    try:
        with pytest.raises(Busy):
            stand_still(database)
        with database.write() as session:
            assert session.connection().exec_driver_sql("SELECT 1").scalar_one() == 1
    finally:
        database.dispose()
