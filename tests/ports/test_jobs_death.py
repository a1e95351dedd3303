"""The contract when a worker ends, dies or sleeps: nothing lost and nothing doubled."""

import os
import signal
import time
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlmodel import select

from services.jobs import Job, JobRun, release_worker
from services.kernel.errors import Busy
from tests.support.job_house import JobHouse, await_true, nothing


def test_a_worker_that_ends_gives_its_job_back_without_using_an_attempt(house: JobHouse) -> None:
    job = house.enqueue("work")

    def until_told(run: JobRun) -> None:
        await_true(run.cancelled)

    with house.working({"work": until_told}):
        house.await_state(job, "running")
    given_back = house.job(job)
    assert (given_back.state, given_back.attempt, given_back.token) == ("queued", 0, None)

    with house.working({"work": nothing}):
        assert house.await_state(job, "done").attempt == 1


def test_a_job_longer_than_its_lease_keeps_it_while_its_worker_lives(house: JobHouse) -> None:
    runs: list[str] = []

    def slow(run: JobRun) -> None:
        runs.append(run.id)
        time.sleep(2.5)

    job = house.enqueue("slow")
    with house.working({"slow": slow}, lanes=("light", "light"), lease=1):
        house.await_state(job, "done")
    assert runs == [job]


def test_a_worker_killed_in_mid_step_loses_nothing_and_doubles_nothing(
    house: JobHouse, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    job = house.enqueue("three_steps", {"seconds": 60})
    with house.process("first", lease=2, trace=trace) as doomed:
        await_true(lambda: trace.exists() and "second" in trace.read_text())
        os.kill(doomed.pid, signal.SIGKILL)
        doomed.wait()
        killed = doomed.pid
        assert house.job(job).state == "running"
        with house.process("second", lease=2, trace=trace) as heir:
            house.await_state(job, "done")
            steps = house.steps(job)

    assert trace.read_text().split("\n")[:-1] == [
        f"first {killed}",
        f"second {killed}",
        f"second {heir.pid}",
    ]
    assert steps == {"first": killed, "second": heir.pid, "third": None}
    assert house.results() == [(job, "by attempt 2")]


def test_a_worker_known_to_be_dead_is_replaced_before_its_lease_is_over(
    house: JobHouse, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    job = house.enqueue("three_steps", {"seconds": 60})
    with house.process("worker/heavy", lease=3600, trace=trace) as doomed:
        await_true(lambda: trace.exists() and "second" in trace.read_text())
        os.kill(doomed.pid, signal.SIGKILL)
        doomed.wait()
    with house.db.write() as session:
        release_worker(session, "worker", house.clock.now())
    with house.process("worker", lease=3600, trace=trace):
        house.await_state(job, "done")
    assert house.results() == [(job, "by attempt 2")]


def test_a_worker_paused_over_its_lease_finds_its_token_gone(
    house: JobHouse, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    job = house.enqueue("three_steps", {"seconds": 600})
    with house.process("paused", lease=1, trace=trace) as paused:
        await_true(lambda: trace.exists() and "second" in trace.read_text())
        pause_outside_transaction(house, paused.pid)
        with house.process("other", lease=1, trace=trace) as other:
            house.await_state(job, "done")
            trace.with_suffix(".go").touch()
            os.kill(paused.pid, signal.SIGCONT)
            # Long enough for the woken step to end and to try to record itself.
            time.sleep(2)
            assert house.steps(job)["second"] == other.pid
    assert house.job(job).state == "done"
    assert house.results() == [(job, "by attempt 2")]


def pause_outside_transaction(house: JobHouse, pid: int) -> None:
    """SIGSTOP, once more if it hit a moment in which the process held a lock on its job."""
    while True:
        os.kill(pid, signal.SIGSTOP)
        try:
            with house.db.write() as session:
                session.execute(select(Job).with_for_update(nowait=True))
            return
        except (Busy, OperationalError):
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.05)
