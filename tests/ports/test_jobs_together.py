"""The contract of several jobs side by side: keys, lanes, many workers."""

import threading
import time

from services.jobs import JobRun, WaitFor
from tests.support.job_house import JobHouse, nothing, write_result


def test_open_jobs_of_one_key_are_one_job_with_the_newest_payload(house: JobHouse) -> None:
    seen: list[int] = []
    jobs = {house.enqueue("claims", {"n": n}, key="note 1", delay=600) for n in range(3)}
    jobs.add(house.enqueue("claims", {"n": 3}, key="note 1"))
    other = house.enqueue("claims", {"n": 9}, key="note 2")
    assert len(jobs) == 1

    with house.working({"claims": lambda run: seen.append(run.payload["n"])}):
        house.await_state(jobs.pop(), "done")
        house.await_state(other, "done")
    assert sorted(seen) == [3, 9]


def test_a_running_key_gets_one_run_more_and_never_two_at_once(house: JobHouse) -> None:
    begun, go_on = threading.Event(), threading.Event()
    inside: list[str] = []
    crowd: list[int] = []

    def work(run: JobRun) -> None:
        inside.append(run.id)
        crowd.append(len(inside))
        begun.set()
        assert go_on.wait(10)
        inside.remove(run.id)

    first = house.enqueue("work", {"n": 1}, key="k")
    with house.working({"work": work}, lanes=("light", "light")):
        assert begun.wait(10)
        second = house.enqueue("work", {"n": 2}, key="k")
        assert second == house.enqueue("work", {"n": 3}, key="k") != first
        time.sleep(0.6)
        assert house.job(second).state == "queued"
        go_on.set()
        house.await_state(second, "done")
    assert house.job(first).state == "done"
    assert crowd == [1, 1]


def test_a_failed_run_leaves_the_work_to_the_newer_job_of_its_key(house: JobHouse) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(run: JobRun) -> None:
        begun.set()
        assert go_on.wait(10)
        if run.payload["n"] == 1:
            raise OSError

    first = house.enqueue("work", {"n": 1}, key="k")
    with house.working({"work": work}):
        assert begun.wait(10)
        second = house.enqueue("work", {"n": 2}, key="k")
        go_on.set()
        house.await_state(second, "done")
    assert (house.job(first).state, house.job(first).error) == ("cancelled", "superseded")


def test_what_changed_after_a_step_makes_the_step_run_again(house: JobHouse) -> None:
    read: list[int] = []

    def work(run: JobRun) -> None:
        run.step("read", lambda: read.append(run.payload["n"]))
        if run.payload["n"] == 1:
            raise WaitFor("for_change", seconds=600)

    job = house.enqueue("work", {"n": 1}, key="k")
    with house.working({"work": work}):
        house.await_state(job, "waiting")
        assert house.enqueue("work", {"n": 2}, key="k") == job
        house.await_state(job, "done")
    assert read == [1, 2]


def test_an_hour_of_sound_does_not_hold_up_the_light_lane(house: JobHouse) -> None:
    go_on = threading.Event()
    heavy = house.enqueue("speech", lane="heavy")
    handlers = {"speech": lambda _: go_on.wait(10), "thumbnail": nothing}
    with house.working(handlers, lanes=("light", "heavy")):
        house.await_state(heavy, "running")
        for light in [house.enqueue("thumbnail") for _ in range(5)]:
            house.await_state(light, "done")
        assert house.job(heavy).state == "running"
        go_on.set()
        house.await_state(heavy, "done")


def test_many_jobs_and_several_workers_do_each_job_once(house: JobHouse) -> None:
    def work(run: JobRun) -> None:
        run.save("write", lambda session: write_result(session, run, run.payload["name"]))

    names = [f"job {n}" for n in range(40)]
    jobs = [house.enqueue("work", {"name": name}) for name in names]
    with house.working({"work": work}, lanes=("light", "light")):
        for job in jobs:
            house.await_state(job, "done")
    assert sorted(text for _, text in house.results()) == sorted(names)
