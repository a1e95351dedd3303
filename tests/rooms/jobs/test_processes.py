"""The processes of a real server: one group, kept alive, and gone when they should be."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.job_house import await_true
from tests.support.server import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data")
    made.start()
    yield made
    made.kill()


def test_a_killed_worker_is_replaced_and_all_end_with_the_server(server: Server) -> None:
    serve = serving(server)
    worker, heavy = await_workers(server, ready=2)
    assert {os.getpgid(process.pid) for process in (worker, heavy)} == {serve.pid}
    assert heavy.nice() == worker.nice() + 10

    heavy.kill()
    same_worker, new_heavy = await_workers(server, ready=3)
    assert same_worker == worker

    worker.kill()
    new_worker, newest_heavy = await_workers(server, ready=5)
    await_true(lambda: not new_heavy.is_running(), lambda: f"{new_heavy} outlived its worker")

    os.kill(serve.pid, signal.SIGTERM)
    await_gone(serve, new_worker, newest_heavy)
    assert server.process is not None
    assert server.process.wait(10) == 0
    server.process = None


def test_nothing_outlives_a_server_killed_without_a_word(server: Server) -> None:
    serve = serving(server)
    workers = await_workers(server, ready=2)
    os.kill(serve.pid, signal.SIGKILL)
    assert server.process is not None
    server.process.wait(10)
    server.process = None
    await_gone(*workers)


def serving(server: Server) -> psutil.Process:
    assert server.process is not None
    return psutil.Process(server.process.pid)


def await_workers(server: Server, ready: int) -> tuple[psutil.Process, psutil.Process]:
    """The light worker and its heavy child, once `ready` workers in all have come to be ready."""
    said = "worker ready"
    await_true(lambda: server.log.read_text().count(said) >= ready, server.log.read_text, 120)
    serve = serving(server)
    family = [process for process in serve.children(recursive=True) if is_alive(process)]
    # A heavy child whose worker was killed may still be on its way out, but has left the family.
    worker, heavy = sorted(family, key=lambda process: process.ppid() != serve.pid)
    return worker, heavy


def await_gone(*processes: psutil.Process) -> None:
    await_true(lambda: not any(map(is_alive, processes)), lambda: repr(processes))


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
