"""The rulings that say less than A or B, by keyboard alone; axe reads every screen on the way."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, Playwright, expect

from tests.e2e import aide, axe
from tests.e2e.browser import TABLET, Browser
from tests.support.server import Server

MINUTE = 60_000
TABS = 60
REASON = "名册三年没有更新，两边说的都不是现在的户数"


def test_neither_and_unresolved_are_ruled_and_taken_back_without_a_mouse(
    demo_server: Server, driver: Playwright, tmp_path: Path
) -> None:
    with Browser(driver, tmp_path / "device", TABLET) as device:
        page = device.open(demo_server.url)
        aide.sign_in(page, demo_server.url, email=aide.DEMO_EMAIL)
        open_card(page, demo_server)
        look_at_the_sheet(page, "列入明天当面问")
        rule(page, "都不对", "定为都不采用")
        expect(standing(page)).to_contain_text(f"都不采用：{REASON}")
        press(page, re.compile("改结论"))
        rule(page, "先放着", "先放着")
        expect(standing(page)).to_contain_text(f"暂时定不了：{REASON}")
        expect(page.locator(".past")).to_contain_text("都不采用")
        assert axe.violations(page) == []
        page.keyboard.press("Control+z")
        expect(standing(page)).to_contain_text("都不采用")


def test_the_title_of_a_card_asks_what_the_two_answer(
    demo_server: Server, driver: Playwright, tmp_path: Path
) -> None:
    with Browser(driver, tmp_path / "device", TABLET) as device:
        page = device.open(demo_server.url)
        aide.sign_in(page, demo_server.url, email=aide.DEMO_EMAIL)
        page.goto(f"{demo_server.url}/matters")
        page.locator("a[href^='/verify/']", has_text="卫生室有多少名医生").click()
        heading = page.get_by_role("heading", name="卫生室有多少名医生，两种说法不一致")
        expect(heading).to_be_visible()


def open_card(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/matters")
    cards = page.locator("a[href^='/verify/']")
    expect(cards.nth(2)).to_be_visible(timeout=3 * MINUTE)
    assert axe.violations(page) == []
    press(page, re.compile("合作社有多少户社员"))
    expect(page.get_by_role("region", name="甲")).to_be_visible()
    assert axe.violations(page) == []


def look_at_the_sheet(page: Page, opener: str) -> None:
    """It takes the focus, and gives it back when it is left."""
    button = press(page, re.compile(opener))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert axe.violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def rule(page: Page, opener: str, doing: str) -> None:
    look_at_the_sheet(page, opener)
    press(page, re.compile(opener))
    dialog = page.get_by_role("dialog")
    tab_to(page, dialog.get_by_role("textbox"))
    page.keyboard.type(REASON)
    tab_to(page, dialog.get_by_role("button", name=doing))
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


def press(page: Page, name: re.Pattern[str]) -> Locator:
    """Reach the link or button of this name with Tab alone, and press it."""
    wanted = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first
    expect(wanted).to_be_visible()
    tab_to(page, wanted)
    page.keyboard.press("Enter")
    return wanted


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(TABS):
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {wanted}")


def standing(page: Page) -> Locator:
    return page.get_by_role("region", name="现在的结论")
