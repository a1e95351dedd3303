"""The app is updated in the middle of a trip: the released client with hundreds of unsent changes
becomes today's, when its user says so, and everything arrives on the server once."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e import aide, mid_trip
from tests.e2e.browser import PHONE, Browser
from tests.e2e.kills.phone import Phone, read_phone
from tests.support.holding_proxy import Proxy
from tests.support.released import Gate, unpack, versions
from tests.support.server import Server

MINUTE = 60_000
_LOOK = "navigator.serviceWorker.getRegistration().then((one) => { one.update(); })"
_PULL = """async (trip) => {
  const found = [];
  for (let after = 0, more = true; more; ) {
    const answer = await fetch(`/api/v1/sync/${trip}/pull?after=${after}&limit=1000`);
    const page = await answer.json();
    found.push(...page.rows);
    [after, more] = [page.next, page.more];
  }
  return found;
}"""


@pytest.mark.parametrize("version", versions())
def test_an_update_in_mid_trip_loses_nothing_and_doubles_nothing(
    server: Server, driver: Playwright, tmp_path: Path, version: str
) -> None:
    gate = Gate(unpack(version, tmp_path / "client"))
    with Proxy(server.port) as proxy, Browser(driver, tmp_path / "phone", PHONE) as phone:
        proxy.judge = gate
        page = phone.open(proxy.url)
        trip = mid_trip.begin(page, server, proxy.url)
        texts = mid_trip.go_on_unsent(page, gate, aide.draw_photo(tmp_path / "well.jpg"))
        before = read_phone(page, trip)
        assert len(before.found["outbox"]) >= mid_trip.UNSENT_NOTES
        gate.client = None
        offered_but_not_forced(page)
        take_the_update(page)
        everything_is_still_here(before, read_phone(page, trip))
        gate.is_open = True
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.get_by_text("都传到了")).to_be_visible(timeout=4 * MINUTE)
        everything_arrived_once(page.evaluate(_PULL, trip), texts)


def offered_but_not_forced(page: Page) -> None:
    """A new version waits for a word, keeps silent while a recording runs, and reloads nothing."""
    page.evaluate("window.stillTheSamePage = true")
    page.evaluate(_LOOK)
    offer = page.get_by_text("新版本准备好了")
    expect(offer).to_be_visible(timeout=MINUTE)
    aide.start_recording(page)
    expect(offer).to_be_hidden()
    page.wait_for_timeout(2000)
    expect(page.get_by_test_id("elapsed")).to_be_visible()
    page.get_by_role("button", name="停止录音").click()
    expect(page.get_by_role("button", name="停止录音")).to_be_hidden()
    page.go_back()
    expect(offer).to_be_visible()
    assert page.evaluate("window.stillTheSamePage")
    expect(page.get_by_label("写下所见")).to_have_value(mid_trip.DRAFT)


def take_the_update(page: Page) -> None:
    with page.expect_navigation(timeout=MINUTE):
        page.get_by_role("button", name="现在换").click()
    expect(page.get_by_label("写下所见")).to_have_value(mid_trip.DRAFT)
    assert not page.evaluate("Boolean(window.stillTheSamePage)")


def everything_is_still_here(before: Phone, after: Phone) -> None:
    """No row, no byte and no waiting change of the old app is missing in the new one."""
    for entity in ("trip", "stop", "person", "note", "media"):
        missing = before.rows(entity).keys() - after.rows(entity).keys()
        assert not missing, entity
        for record, row in before.rows(entity).items():
            assert after.rows(entity)[record].get("text") == row.get("text")
    waiting = {change["id"] for change in after.found["outbox"]}
    assert {change["id"] for change in before.found["outbox"]} <= waiting
    assert before.bytes.items() <= after.bytes.items()


def everything_arrived_once(rows: list[dict[str, Any]], texts: list[str]) -> None:
    """Each note stands on the server once, photo and both recordings with verified bytes."""
    notes = Counter(row["fields"]["text"] for row in rows if row["entity"] == "note")
    assert notes == Counter([*texts, mid_trip.SYNCED])
    media = [row["fields"] for row in rows if row["entity"] == "media"]
    assert Counter(one["kind"] for one in media) == {"photo": 1, "audio": 2}
    assert all(one["stored_at"] for one in media)
