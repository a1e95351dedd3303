"""The contract of one job, the same for every engine and database: runs, errors, waits, steps."""

import threading
import time
from contextlib import suppress

from services.jobs import Final, Interrupted, JobRun, WaitFor, cancel_job, enqueue, retry_job
from services.jobs.claims import MAX_ATTEMPTS
from tests.support.job_house import JobHouse, await_true, nothing, write_result


def test_a_job_reaches_its_handler_once_with_what_was_given(house: JobHouse) -> None:
    seen: list[object] = []
    job = house.enqueue("greet", {"text": "您好"}, trip="a trip")

    with house.working({"greet": lambda run: seen.append((run.payload, run.trip, run.attempt))}):
        done = house.await_state(job, "done")

    assert seen == [({"text": "您好"}, "a trip", 1)]
    assert (done.progress, done.error, done.token) == (1.0, "", None)
    assert done.finished_at is not None


def test_a_job_is_undone_with_the_transaction_that_caused_it(house: JobHouse) -> None:
    seen: list[str] = []
    with suppress(RuntimeError), house.db.write() as session:
        enqueue(session, "note", {"text": "never"})
        raise RuntimeError

    with house.working({"note": lambda run: seen.append(run.payload["text"])}):
        house.await_state(house.enqueue("note", {"text": "kept"}), "done")

    assert seen == ["kept"]


def test_a_delayed_job_comes_when_it_is_due(house: JobHouse) -> None:
    later = house.enqueue("tick", delay=3600)
    with house.working({"tick": nothing}):
        house.await_state(house.enqueue("tick"), "done")
        assert house.job(later).state == "queued"
        house.clock.advance(3600)
        house.await_state(later, "done")


def test_a_kind_nobody_here_knows_waits_for_a_worker_that_does(house: JobHouse) -> None:
    strange = house.enqueue("of_the_next_version")
    with house.working({"known": nothing}):
        house.await_state(house.enqueue("known"), "done")
    assert house.job(strange).state == "queued"


def test_an_error_is_tried_again_with_growing_pauses_then_failed_and_can_be_retried(
    house: JobHouse,
) -> None:
    broken = True

    def mend_me(run: JobRun) -> None:
        if broken:
            raise ValueError("the words of a note")

    job = house.enqueue("mend_me")
    pauses = []
    with house.working({"mend_me": mend_me}):
        for attempt in range(1, MAX_ATTEMPTS):
            await_true(lambda n=attempt: house.job(job).attempt == n and is_idle(house, job))
            pauses.append((house.job(job).run_at - house.clock.now()).total_seconds())
            house.clock.advance(2**attempt)
        failed = house.await_state(job, "failed")
        assert (failed.attempt, failed.error) == (MAX_ATTEMPTS, "ValueError")
        assert all(2**n - 2 < pause <= 2**n for n, pause in enumerate(pauses, start=1))

        broken = False
        with house.db.write() as session:
            retry_job(session, job)
        assert house.await_state(job, "done").attempt == 1


def test_a_final_error_fails_at_once_with_its_code(house: JobHouse) -> None:
    def refuse(run: JobRun) -> None:
        raise Final("not_a_recording")

    job = house.enqueue("refuse")
    with house.working({"refuse": refuse}):
        failed = house.await_state(job, "failed")
    assert (failed.attempt, failed.error) == (1, "not_a_recording")


def test_waiting_says_why_and_uses_no_attempt(house: JobHouse) -> None:
    ready = False

    def transcribe(run: JobRun) -> None:
        if not ready:
            raise WaitFor("waiting_for_model", seconds=600)

    job = house.enqueue("transcribe")
    with house.working({"transcribe": transcribe}):
        for _ in range(MAX_ATTEMPTS + 1):
            waiting = house.await_state(job, "waiting")
            assert (waiting.reason, waiting.attempt) == ("waiting_for_model", 0)
            before = waiting.run_at
            house.clock.advance(601)
            await_true(lambda before=before: house.job(job).run_at > before)
        ready = True
        house.clock.advance(601)
        done = house.await_state(job, "done")
    assert (done.reason, done.attempt) == ("", 1)


def test_a_finished_step_is_not_done_again_and_its_writes_stand_once(house: JobHouse) -> None:
    decoded: list[int] = []

    def work(run: JobRun) -> None:
        size = run.step("decode", lambda: decoded.append(1) or {"size": 48})
        run.save("write", lambda session: write_result(session, run, str(size)))
        if run.attempt == 1:
            raise OSError("after the steps")

    job = house.enqueue("work")
    with house.working({"work": work}):
        await_true(lambda: house.job(job).error == "OSError")
        house.clock.advance(10)
        # The steps stood, so the count of attempts began anew; the third run is the second count.
        await_true(lambda: house.job(job).attempt == 2, lambda: repr(house.job(job)))
        house.await_state(job, "done")

    assert len(decoded) == 1
    assert house.results() == [(job, "{'size': 48}")]
    assert house.steps(job) == {"decode": {"size": 48}, "write": None}


def test_writes_of_a_run_that_fails_inside_its_transaction_are_undone(house: JobHouse) -> None:
    def work(run: JobRun) -> None:
        with run.write() as session:
            write_result(session, run, "half")
            raise Final("broken")

    job = house.enqueue("work")
    with house.working({"work": work}):
        house.await_state(job, "failed")
    assert house.results() == []


def test_a_cancelled_job_does_not_run_and_a_running_one_cannot_write_any_more(
    house: JobHouse,
) -> None:
    ends: list[str] = []

    def work(run: JobRun) -> None:
        await_true(run.cancelled)
        try:
            with run.write() as session:
                write_result(session, run, "too late")
        except Interrupted:
            ends.append("interrupted")
            raise

    running, never = house.enqueue("work"), house.enqueue("work", delay=600)
    with house.working({"work": work}):
        house.await_state(running, "running")
        with house.db.write() as session:
            cancel_job(session, running)
            cancel_job(session, never)
        await_true(lambda: ends == ["interrupted"])
        house.clock.advance(601)
        time.sleep(0.6)
    assert house.results() == []
    assert {house.job(running).state, house.job(never).state} == {"cancelled"}


def test_progress_can_be_read_while_the_job_runs(house: JobHouse) -> None:
    go_on = threading.Event()

    def work(run: JobRun) -> None:
        while not go_on.wait(0.1):
            run.progress(0.25)

    job = house.enqueue("work")
    with house.working({"work": work}):
        await_true(lambda: house.job(job).progress == 0.25)
        go_on.set()
        house.await_state(job, "done")


def is_idle(house: JobHouse, job: str) -> bool:
    return house.job(job).state != "running"
