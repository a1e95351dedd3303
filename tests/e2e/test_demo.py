"""The demo as a newcomer sees it, on phone and tablet; its pictures are those of the README."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, TABLET, Browser, Screen
from tests.support.server import ROOT, Server, run_command

EMAIL = "aide@example.org"
MINUTE = 60_000
# `make pictures` copies them from here into docs/pictures.
PICTURES = ROOT / "test-results" / "pictures"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("demo") / "data"
    words = ("user", "add", EMAIL, "--name", "小宋", "--password-stdin")
    run_command(data, *words, stdin=aide.PASSWORD + "\n")
    run_command(data, "demo")
    made = Server(data)
    made.start()
    yield made
    made.kill()


@pytest.mark.parametrize("screen", [PHONE, TABLET], ids=lambda screen: screen.name)
def test_the_demo_shows_two_accounts_that_differ(
    server: Server, driver: Playwright, tmp_path: Path, screen: Screen
) -> None:
    with Browser(driver, tmp_path / "device", screen) as device:
        page = device.open(server.url)
        aide.sign_in(page, server.url, email=EMAIL)
        open_two_accounts(page, server)
        expect(page.get_by_text("58户").first).to_be_visible()
        expect(page.get_by_text("42户").first).to_be_visible()
        keep_picture(page, screen.name)


def open_two_accounts(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/matters")
    cards = page.locator("a[href^='/verify/']")
    expect(cards.nth(2), "three pairs differ without any sound").to_be_visible(timeout=3 * MINUTE)
    cards.filter(has_text="58").first.click()


def keep_picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.evaluate("document.fonts.ready")
    # A notice that comes and goes is not what the picture is of.
    expect(page.get_by_text("断网也能用了")).to_be_hidden(timeout=30_000)
    page.screenshot(path=PICTURES / f"{name}.png")
