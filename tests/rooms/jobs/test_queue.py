"""Rules of the job table that no worker is needed to see."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from services.jobs import (
    Claimant,
    Job,
    cancel_job,
    clear_finished,
    enqueue_all,
    list_jobs,
    prepare_engine,
    release_worker,
    retry_job,
    wake_waiting,
)
from services.jobs.claims import MAX_ATTEMPTS, Outcome, claim, settle
from services.kernel.errors import Conflict, Invalid, NotFound
from tests.support.job_house import JobHouse, job_house

KINDS = ["work"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[JobHouse]:
    with job_house(f"sqlite:///{tmp_path / 'jobs.db'}", "local") as made:
        yield made


@pytest.fixture
def who(house: JobHouse) -> Claimant:
    return Claimant("worker", timedelta(seconds=30), house.clock)


def take(house: JobHouse, who: Claimant) -> Job | None:
    with house.db.write() as session:
        return claim(session, who, "light", KINDS)


def end(house: JobHouse, who: Claimant, job: Job, outcome: Outcome) -> None:
    with house.db.write() as session:
        settle(session, job, outcome, who)


def test_jobs_are_taken_in_the_order_in_which_they_became_due(
    house: JobHouse, who: Claimant
) -> None:
    later = house.enqueue("work", delay=5)
    sooner = house.enqueue("work", delay=1)
    assert take(house, who) is None
    house.clock.advance(10)
    taken = [take(house, who), take(house, who), take(house, who)]
    assert [job and job.id for job in taken] == [sooner, later, None]


def test_many_jobs_are_given_at_once_and_join_those_already_open(house: JobHouse) -> None:
    payloads = {f"note/{number}": {"number": number} for number in range(900)}
    for again in (0, 1000):
        with house.db.write() as session:
            told = {key: {"number": one["number"] + again} for key, one in payloads.items()}
            enqueue_all(session, "work", told, trip="trip")
    with house.db.read() as session:
        jobs = list(session.exec(select(Job)))
    assert {job.key: job.payload["number"] for job in jobs} == {
        key: one["number"] + 1000 for key, one in payloads.items()
    }
    assert {(job.state, job.trip) for job in jobs} == {("queued", "trip")}


def test_a_job_that_kills_every_worker_fails_at_last_and_says_so(
    house: JobHouse, who: Claimant
) -> None:
    job = house.enqueue("work")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        taken = take(house, who)
        assert taken is not None
        assert taken.attempt == attempt
        house.clock.advance(31)
    assert take(house, who) is None
    assert (house.job(job).state, house.job(job).error) == ("failed", "worker_lost")


def test_a_claim_stands_until_its_lease_is_over(house: JobHouse, who: Claimant) -> None:
    house.enqueue("work")
    first = take(house, who)
    house.clock.advance(29)
    assert take(house, who) is None
    house.clock.advance(2)
    second = take(house, who)
    assert first is not None
    assert second is not None
    assert (second.id, second.token != first.token) == (first.id, True)


def test_the_end_told_by_a_worker_that_lost_its_claim_is_not_heard(
    house: JobHouse, who: Claimant
) -> None:
    job = house.enqueue("work")
    late = take(house, who)
    house.clock.advance(31)
    now = take(house, who)
    assert late is not None
    assert now is not None
    end(house, who, late, Outcome("failed", error="stale"))
    assert house.job(job).state == "running"
    end(house, who, now, Outcome("done"))
    assert (house.job(job).state, house.job(job).error) == ("done", "")


def test_only_the_jobs_of_the_dead_worker_and_its_child_are_released(
    house: JobHouse, who: Claimant
) -> None:
    names = ["box_1", "box_1/heavy", "boxy1", "box_12"]
    jobs = [house.enqueue("work") for _ in names]
    for name in names:
        assert take(house, Claimant(name, timedelta(hours=1), house.clock)) is not None
    with house.db.write() as session:
        release_worker(session, "box_1", house.clock.now())
    house.clock.advance(1)
    taken = [take(house, who), take(house, who), take(house, who)]
    assert [job and job.id for job in taken] == [jobs[0], jobs[1], None]


def test_a_failed_job_is_retried_once_and_never_beside_its_newer_twin(
    house: JobHouse, who: Claimant
) -> None:
    old = house.enqueue("work", key="k")
    taken = take(house, who)
    assert taken is not None
    end(house, who, taken, Outcome("failed", error="broken"))
    house.enqueue("work", key="k")
    with house.db.write() as session:
        retry_job(session, old)
    assert (house.job(old).state, house.job(old).error) == ("cancelled", "superseded")
    with pytest.raises(Conflict), house.db.write() as session:
        retry_job(session, old)
    with pytest.raises(NotFound), house.db.write() as session:
        retry_job(session, "unknown")


def test_people_of_a_trip_see_what_is_open_or_failed(house: JobHouse, who: Claimant) -> None:
    done, failed, opened = (house.enqueue("work", trip="ours") for _ in range(3))
    house.enqueue("work", trip="theirs")
    for outcome in (Outcome("done"), Outcome("failed", error="unreadable")):
        taken = take(house, who)
        assert taken is not None
        end(house, who, taken, outcome)
    with house.db.read() as session:
        seen = list_jobs(session, "ours")
    assert [(job.id, job.error) for job in seen] == [(failed, "unreadable"), (opened, "")]
    assert house.job(done).state == "done"


def test_a_new_model_wakes_the_jobs_that_wait_for_one(house: JobHouse, who: Claimant) -> None:
    house.enqueue("work")
    taken = take(house, who)
    assert taken is not None
    end(house, who, taken, Outcome("waiting", reason="model", seconds=900, uses_attempt=False))
    with house.db.write() as session:
        wake_waiting(session, "other")
    assert take(house, who) is None
    with house.db.write() as session:
        wake_waiting(session, "model")
    assert take(house, who) is not None


def test_ended_jobs_are_forgotten_in_time_and_failed_ones_stay(
    house: JobHouse, who: Claimant
) -> None:
    done, failed, cancelled = (house.enqueue("work") for _ in range(3))
    for outcome in (Outcome("done"), Outcome("failed", error="broken")):
        taken = take(house, who)
        assert taken is not None
        end(house, who, taken, outcome)
    with house.db.write() as session:
        cancel_job(session, cancelled)
        clear_finished(session, house.clock.now() - timedelta(days=1))
    assert house.job(done).state == "done"
    house.clock.advance(2 * 86400)
    with house.db.write() as session:
        clear_finished(session, house.clock.now() - timedelta(days=1))
        left = session.exec(select(Job.id)).all()
    assert left == [failed]


def test_the_engine_of_postgresql_refuses_sqlite_in_words() -> None:
    with pytest.raises(Invalid, match="PostgreSQL"):
        prepare_engine("procrastinate", "sqlite:///x.db")
