"""Two devices change one field: both versions are settled where they stand, by keyboard, with
undo and without network; every past value and every deleted record can be brought back."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, TABLET, Browser, Screen
from tests.support.holding_proxy import Proxy
from tests.support.released import Gate
from tests.support.server import Server, run_command

EMAIL = "aide@example.org"
SPOT = "有两种写法"
TEXT = "村里有三口井\n井水去年降了两米\n泵房在村东"
EDITED = TEXT.replace("两米", "两米半")


@dataclass(frozen=True)
class Tablet:
    """Another device of the same person, by REST."""

    url: str
    token: str

    def note(self) -> tuple[str, dict[str, Any]]:
        """The trip's id and the row of its only note."""
        with httpx.Client(base_url=f"{self.url}/api/v1", headers=self._headers) as api:
            trip = api.get("/trips").json()[0]["id"]
            rows = api.get(f"/sync/{trip}/pull?after=0").json()["rows"]
        return trip, next(row for row in rows if row["entity"] == "note")

    def edit(self, fields: dict[str, Any]) -> None:
        """Write the note as it is seen now."""
        trip, row = self.note()
        change = {
            "id": "019a0000-0000-7000-8000-00000000000a",
            "entity": "note",
            "record": row["record"],
            "fields": fields,
            "hlc": "1700000000000-0000-tablet_0001",
            "base": row["seq"],
        }
        push = {"schema": 1, "device": "tablet_0001", "changes": [change]}
        answer = httpx.post(
            f"{self.url}/api/v1/sync/{trip}/push", json=push, headers=self._headers
        ).json()
        assert answer["results"][0]["status"] == "applied", answer

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.mark.parametrize("screen", [PHONE, TABLET], ids=lambda screen: screen.name)
def test_two_versions_are_settled_where_they_stand(
    server: Server, driver: Playwright, tmp_path: Path, screen: Screen
) -> None:
    gate = Gate(None)
    with Proxy(server.port) as proxy, Browser(driver, tmp_path / "phone", screen) as phone:
        proxy.judge = gate
        page = phone.open(proxy.url)
        link = server.setup_link().replace(server.url, proxy.url)
        aide.make_first_account(page, link, name="小宋", email=EMAIL)
        tablet = Tablet(server.url, run_command(server.data, *_TOKEN).strip())
        open_note(page, proxy.url)
        contest(page, gate, tablet)
        settle_with_undo(page, gate)
        everywhere_settled(page, gate, tablet)
        bring_back_an_old_value(page)
        bring_back_what_was_deleted(page, gate, tablet)


_TOKEN = ("token", "create", EMAIL, "--name", "tablet")


def open_note(page: Page, url: str) -> None:
    page.goto(f"{url}/capture")
    aide.make_trip(page, "三村用水调研")
    page.goto(f"{url}/capture")
    page.get_by_label("写下所见").fill(TEXT)
    page.get_by_role("button", name="记下", exact=True).click()
    page.locator("a[href^='/note/']").first.click()
    expect(page.get_by_text("服务器已收").last).to_be_visible(timeout=120_000)


def edit(page: Page, text: str) -> None:
    page.get_by_role("button", name="改", exact=True).last.click()
    page.get_by_label("内容").fill(text)
    page.get_by_role("button", name="存好").click()


def contest(page: Page, gate: Gate, tablet: Tablet) -> None:
    """The phone says without network how sure this is, the tablet says otherwise with it."""
    gate.is_open = False
    edit(page, EDITED)
    page.get_by_role("button", name="听说的").click()
    tablet.edit({"certainty": "sure", "lat": 26.5})
    gate.is_open = True
    page.evaluate("window.dispatchEvent(new Event('online'))")
    spot = page.get_by_role("region", name=SPOT)
    expect(spot).to_be_visible(timeout=120_000)
    # Only the field that both wrote is in question: what each wrote alone just stands.
    expect(spot).to_have_count(1)
    expect(spot.get_by_text("有把握")).to_be_visible()
    expect(spot.get_by_text("听说的")).to_be_visible()
    expect(spot.get_by_text("另一部设备")).to_have_count(1)
    expect(page.locator(".words")).to_contain_text("两米半")
    expect(page.get_by_text("两种写法，待定").first).to_be_visible()


def settle_with_undo(page: Page, gate: Gate) -> None:
    """Without network and by keyboard: gone at once, back by Ctrl+Z, and settled after all."""
    gate.is_open = False
    spot = page.get_by_role("region", name=SPOT)
    sure = page.get_by_role("group", name="把握").get_by_role("button", name="有把握")
    side = spot.locator(".side").filter(has_text="有把握")
    side.get_by_role("button", name=re.compile("^用")).focus()
    page.keyboard.press("Enter")
    expect(spot).to_be_hidden()
    expect(sure).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+z")
    expect(spot).to_be_visible()
    side.get_by_role("button", name=re.compile("^用")).click()
    expect(spot).to_be_hidden()


def everywhere_settled(page: Page, gate: Gate, tablet: Tablet) -> None:
    assert "contested" in tablet.note()[1]
    gate.is_open = True
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_text("服务器已收").last).to_be_visible(timeout=120_000)
    expect(page.get_by_text("两种写法，待定")).to_have_count(0)
    _, row = tablet.note()
    assert row["fields"] | {"certainty": "sure", "lat": 26.5, "text": EDITED} == row["fields"]
    assert "contested" not in row


def bring_back_an_old_value(page: Page) -> None:
    """Two taps: the history, then the value."""
    page.get_by_text("改动记录").click()
    page.get_by_role("button", name=re.compile("恢复这个.*内容")).last.click()
    expect(page.locator(".words")).not_to_contain_text("两米半")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".words")).to_contain_text("两米半")


def bring_back_what_was_deleted(page: Page, gate: Gate, tablet: Tablet) -> None:
    """Deleted and synced, then restored without network, then the server has it again."""
    page.get_by_role("button", name="删掉").last.click()
    expect(page.get_by_role("button", name="撤销")).to_be_visible()
    for _ in range(240):
        if tablet.note()[1]["deleted"]:
            break
        page.wait_for_timeout(500)
    assert tablet.note()[1]["deleted"]
    gate.is_open = False
    page.goto(f"{page.evaluate('location.origin')}/minutes")
    page.get_by_role("link", name=re.compile("最近删掉的")).click()
    page.get_by_role("button", name=re.compile("^恢复")).click()
    expect(page.get_by_text("没有删掉的东西")).to_be_visible()
    gate.is_open = True
    page.evaluate("window.dispatchEvent(new Event('online'))")
    for _ in range(240):
        if not tablet.note()[1]["deleted"]:
            break
        page.wait_for_timeout(500)
    assert not tablet.note()[1]["deleted"]
    assert tablet.note()[1]["fields"]["text"] == EDITED
