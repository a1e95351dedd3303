"""One driver for all browsers of a module: its synchronous face allows no second one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.e2e.browser import LIVENESS_MS


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """A busy machine is slow: no expectation about what appears is decided by speed."""
    expect.set_options(timeout=LIVENESS_MS)


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running
