"""Leases on uploads, on SQLite and PostgreSQL: one holder, an end, and no way back for the late."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.kernel.db import Database
from services.kernel.errors import Locked
from services.kernel.ids import new_id
from services.media.leases import SPAN, Leases, UploadLease
from tests.support.house import TestClock

UPLOAD = new_id()
TAKERS = 8


@pytest.fixture(params=["sqlite", "postgres"])
def leases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Leases]:
    url = f"sqlite:///{tmp_path / 'leases.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    db = Database(url)
    UploadLease.__table__.create(db.engine)  # type: ignore[attr-defined] # SQLModel
    yield Leases(db, clock=TestClock())
    db.dispose()


def advance(leases: Leases, span: timedelta) -> None:
    assert isinstance(leases.clock, TestClock)
    leases.clock.time += span


def test_of_many_that_ask_at_once_one_gets_it(leases: Leases) -> None:
    for _ in range(3):
        won: list[object] = []
        lost: list[Locked] = []
        barrier = threading.Barrier(TAKERS)

        def ask(
            barrier: threading.Barrier = barrier,
            won: list[object] = won,
            lost: list[Locked] = lost,
        ) -> None:
            barrier.wait()
            try:
                won.append(leases.take(UPLOAD))
            except Locked as error:
                lost.append(error)

        threads = [threading.Thread(target=ask) for _ in range(TAKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(won), len(lost)) == (1, TAKERS - 1)
        advance(leases, SPAN)


def test_it_is_free_again_once_given_back(leases: Leases) -> None:
    leases.take(UPLOAD).release()
    leases.take(UPLOAD).release()
    leases.take(new_id())


def test_a_renewed_lease_stands_and_a_forgotten_one_ends(leases: Leases) -> None:
    lease = leases.take(UPLOAD)
    for _ in range(5):
        advance(leases, SPAN / 2)
        lease.renew()
        with pytest.raises(Locked):
            leases.take(UPLOAD)
    advance(leases, SPAN)
    leases.take(UPLOAD)


def test_whoever_lost_it_is_told_and_takes_nothing_from_the_next(leases: Leases) -> None:
    lost = leases.take(UPLOAD)
    advance(leases, SPAN)
    leases.take(UPLOAD)
    with pytest.raises(Locked):
        lost.renew()
    lost.release()
    with pytest.raises(Locked):
        leases.take(UPLOAD)


def test_one_that_nobody_took_meanwhile_is_renewed_even_after_its_end(leases: Leases) -> None:
    lease = leases.take(UPLOAD)
    advance(leases, 2 * SPAN)
    lease.renew()
    with pytest.raises(Locked):
        leases.take(UPLOAD)


def test_forgotten_with_its_upload(leases: Leases) -> None:
    lease = leases.take(UPLOAD)
    leases.forget(UPLOAD)
    lease.release()
    leases.take(UPLOAD)
