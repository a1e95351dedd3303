"""What the browser tests share. One driver for all browsers of a module: its synchronous face
allows no second one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.e2e import aide
from tests.e2e.browser import LIVENESS_MS
from tests.support.server import Server, run_command


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """A busy machine is slow: no expectation about what appears is decided by speed."""
    expect.set_options(timeout=LIVENESS_MS)


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A real server with its worker on an empty data folder."""
    made = Server(tmp_path / "data")
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with the trip of `suixing demo` in it, for an aide who can sign in."""
    data = tmp_path_factory.mktemp("demo") / "data"
    words = ("user", "add", aide.DEMO_EMAIL, "--name", "小宋", "--password-stdin")
    run_command(data, *words, stdin=aide.PASSWORD + "\n")
    run_command(data, "demo")
    made = Server(data)
    made.start()
    yield made
    made.kill()
