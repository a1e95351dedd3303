"""The main job: captured offline, killed, found again, synced, transcribed, differing, ruled."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, TABLET, Browser, Screen
from tests.e2e.sounds import write_microphone
from tests.support.server import Server

EMAIL = "aide@example.org"
TYPED = "The village road was finished in 2019."
SPOKEN = "The village road was finished in 2021."
SAMPLES = ["en-road-2021.webm", "en-long.webm"]
MINUTE = 60_000


@pytest.mark.parametrize("screen", [PHONE, TABLET], ids=lambda screen: screen.name)
def test_a_day_in_the_field_comes_home_whole(
    server: Server, driver: Playwright, tmp_path: Path, screen: Screen
) -> None:
    sound = tmp_path / "microphone.wav"
    length = write_microphone(sound, SAMPLES)
    photo = aide.draw_photo(tmp_path / "road.jpg")
    with Browser(driver, tmp_path / "device", screen, sound=sound) as device:
        install(device, server)
        server.kill()
        page = device.open(server.url, offline=True)
        capture_offline(page, photo)
        aide.start_recording(page)
        page.get_by_role("button", name="赵敏").click()
        page.wait_for_timeout(max(length, 60) * 1000)
        device.kill()
        page = device.open(server.url, offline=True)
        find_all_again(page)
        server.start()
        assert device.context is not None
        device.context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.get_by_text("都传到了")).to_be_visible(timeout=2 * MINUTE)
        verify_two_accounts(page)
        second = TABLET if screen is PHONE else PHONE
        rule_and_see_it_elsewhere(page, server, Browser(driver, tmp_path / "other", second))


def install(device: Browser, server: Server) -> None:
    page = device.open(server.url)
    aide.make_first_account(page, server.setup_link(), name="小宋", email=EMAIL)
    aide.wait_offline_ready(page)
    # The worker's registration reaches the disk a moment after the page hears of it.
    page.wait_for_timeout(1500)
    device.close()


def capture_offline(page: Page, photo: Path) -> None:
    aide.make_trip(page, "石渡村修路调研")
    aide.make_stop(page, "石渡村村口")
    aide.write_note(page, TYPED, speaker="何志远", role="镇长")
    aide.take_photo(page, photo)
    expect(page.get_by_text("在本机").first).to_be_visible()
    # The list shows a small picture of it, not the photo.
    small = page.locator("a[href^='/photo/'] img")
    expect(small).to_have_js_property("naturalWidth", 320)
    aide.add_speaker(page, "赵敏", "支书")


def find_all_again(page: Page) -> None:
    expect(page.get_by_text(re.compile(r"找回 (1 分 \d+|5[89]) 秒 ?录音"))).to_be_visible(
        timeout=30_000
    )
    expect(page.get_by_text(TYPED)).to_be_visible()
    expect(page.get_by_role("heading", name="石渡村村口")).to_be_visible()
    expect(page.locator("a[href^='/photo/']")).to_have_count(1)
    expect(page.locator("a[href^='/recording/']")).to_have_count(1)
    page.get_by_role("button", name="知道了").click()


def verify_two_accounts(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name=re.compile("事项")).click()
    card = page.locator("a[href^='/verify/']").first
    expect(card).to_be_visible(timeout=3 * MINUTE)
    card.click()
    first = page.get_by_role("region", name="甲")
    second = page.get_by_role("region", name="乙")
    expect(first).to_contain_text("2019")
    expect(first).to_contain_text("何志远")
    expect(second).to_contain_text("2021")
    expect(second).to_contain_text("赵敏")
    expect(page.get_by_text("时间不一致：何志远：2019；赵敏：2021。")).to_be_visible()
    button = second.get_by_role("button", name=re.compile("播放"))
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true", timeout=20_000)
    minutes, seconds = re.findall(r"从 (\d+):(\d\d)", button.inner_text())[0]
    assert abs(page.evaluate("window.playedFrom") - int(minutes) * 60 - int(seconds)) < 1.5


def rule_and_see_it_elsewhere(page: Page, server: Server, other: Browser) -> None:
    with other:
        second = other.open(server.url)
        aide.sign_in(second, server.url, email=EMAIL)
        second.goto(page.url)
        expect(second.get_by_role("button", name="以甲为准")).to_be_visible(timeout=MINUTE)
        page.get_by_role("button", name="以乙为准").click()
        begun = time.monotonic()
        expect(second.get_by_text(re.compile("定的 · "))).to_be_visible(timeout=20_000)
        expect(second.get_by_text("以乙为准").first).to_be_visible()
        assert time.monotonic() - begun < 20
