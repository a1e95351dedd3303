"""The very first screen: what is typed there outlives the trips that a first pull brings."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, TABLET, Browser
from tests.support.server import Server

SECOND = aide.SECOND
EMAIL = "aide@example.org"


def test_a_trip_half_typed_stays_when_a_first_pull_brings_others(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    with Browser(driver, tmp_path / "tablet", TABLET) as tablet:
        page = tablet.open(server.url)
        aide.make_first_account(page, server.setup_link(), name="小宋", email=EMAIL)
        page.goto(f"{server.url}/capture")
        aide.make_trip(page, "石渡村修路调研")
        expect(page.get_by_text("都传到了")).to_be_visible(timeout=60 * SECOND)
    with Browser(driver, tmp_path / "phone", PHONE) as phone:
        page = phone.open(f"{server.url}/signin")
        page.route("**/api/v1/sync/**", lambda route: route.abort())
        aide.sign_in(page, server.url, email=EMAIL)
        page.goto(f"{server.url}/capture")
        page.get_by_role("button", name="新建行程").first.click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("名称").fill("清水河回访")
        page.unroute("**/api/v1/sync/**")
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.get_by_label("写下所见")).to_be_attached(timeout=60 * SECOND)
        expect(sheet.get_by_label("名称")).to_have_value("清水河回访")
        sheet.get_by_role("button", name="建好").click()
        expect(sheet).to_be_hidden()
        page.goto(f"{server.url}/trips")
        expect(page.get_by_text("清水河回访").first).to_be_visible()
