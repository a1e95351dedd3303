"""What the browser tests share. One driver for all browsers of a module: its synchronous face
allows no second one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.e2e.browser import LIVENESS_MS
from tests.support.server import Server


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
