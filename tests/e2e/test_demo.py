"""The demo as a newcomer sees it, on phone and tablet; its pictures are those of the README."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, TABLET, Browser, Screen
from tests.support.server import ROOT, Server

MINUTE = 60_000
# `make pictures` copies them from here into docs/pictures.
PICTURES = ROOT / "test-results" / "pictures"


@pytest.mark.parametrize("screen", [PHONE, TABLET], ids=lambda screen: screen.name)
def test_the_demo_shows_two_accounts_that_differ(
    demo_server: Server, driver: Playwright, tmp_path: Path, screen: Screen
) -> None:
    with Browser(driver, tmp_path / "device", screen) as device:
        page = device.open(demo_server.url)
        aide.sign_in(page, demo_server.url, email=aide.DEMO_EMAIL)
        open_two_accounts(page, demo_server)
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
