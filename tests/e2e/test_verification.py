"""From two accounts that differ to a ruling: asked again offline, answered with a photo and a
sound, ruled with a reason, seen on another device with who and when, and taken back."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, TABLET, Browser, Screen
from tests.e2e.recorder_page import rows
from tests.support.server import Server

EMAIL = "aide@example.org"
ONE, OTHER = "合作社有58户社员。", "合作社有42户社员。"
ANSWER = "名册上登记的是四十二户，另外十六户是去年搬走的"
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("screen", [PHONE, TABLET], ids=lambda screen: screen.name)
def test_two_accounts_are_asked_again_offline_answered_with_proof_and_ruled(
    server: Server, driver: Playwright, tmp_path: Path, screen: Screen
) -> None:
    photo = aide.draw_photo(tmp_path / "register.jpg")
    with Browser(driver, tmp_path / "device", screen) as device:
        page = device.open(server.url)
        make_two_accounts(page, server)
        card = open_card(page)
        go_offline(device, page, offline=True)
        ask_tomorrow(page)
        find_in_tomorrows_list(page)
        answer_with_proof(page, photo)
        see_evidence_on_the_card(page)
        rule_both(page)
        go_offline(device, page, offline=False)
        expect(page.get_by_role("region", name="现在的结论")).to_contain_text("小宋定的")
        second = TABLET if screen is PHONE else PHONE
        with Browser(driver, tmp_path / "other", second) as other:
            elsewhere = see_it_elsewhere(other, server, card)
            take_a_ruling_back(page)
            expect(standing(elsewhere)).to_contain_text("都成立：口径不同")


def test_what_time_explains_is_folded_below_without_red_and_can_be_opened(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    with Browser(driver, tmp_path / "device", PHONE) as device:
        page = device.open(server.url)
        begin(page, server)
        for text in (
            "高坎村的高标准农田项目去年年底还没有完工。",
            "高坎村的高标准农田项目今年6月已经完工。",
        ):
            page.get_by_label("写下所见").fill(text)
            page.get_by_role("button", name="记下", exact=True).click()
            expect(page.get_by_text(text)).to_be_visible()
        page.get_by_role("navigation").get_by_role("link", name=re.compile("事项")).click()
        fold = page.get_by_test_id("explained")
        expect(fold).to_be_visible()
        expect(page.get_by_text("没有发现不一致的说法")).to_be_visible()
        expect(page.get_by_text(re.compile("已比对.*2 条笔记"))).to_be_visible()
        fold.locator("summary").click()
        expect(fold).to_contain_text("时间不同")
        expect(page.locator(".lamp.you")).to_have_count(0)
        fold.locator("a[href^='/verify/']").click()
        page.get_by_role("button", name="打开来核").click()
        expect(page.get_by_role("button", name="以甲为准")).to_be_visible()
        page.get_by_role("link", name="返回").click()
        expect(page.get_by_role("heading", name="等你定")).to_be_visible()
        expect(page.get_by_test_id("explained")).to_be_hidden()
        expect(page.locator(".lamp.you")).to_have_count(0)


def begin(page: Page, server: Server) -> None:
    aide.make_first_account(page, server.setup_link(), name="小宋", email=EMAIL)
    page.goto(f"{server.url}/capture")
    aide.wait_offline_ready(page)
    aide.make_trip(page, "茶叶合作社调研")


def make_two_accounts(page: Page, server: Server) -> None:
    begin(page, server)
    aide.make_stop(page, "云岭茶叶合作社")
    aide.write_note(page, ONE, speaker="林伟", role="理事长")
    aide.add_speaker(page, "李敏", "会计")
    page.get_by_label("写下所见").fill(OTHER)
    page.get_by_role("button", name="说法", exact=True).click()
    page.get_by_role("button", name="李敏").first.click()
    page.get_by_role("button", name="记下", exact=True).click()
    expect(page.get_by_text("都传到了")).to_be_visible()


def open_card(page: Page) -> str:
    page.get_by_role("navigation").get_by_role("link", name=re.compile("事项")).click()
    page.locator("a[href^='/verify/']").first.click()
    expect(page.get_by_role("region", name="甲")).to_contain_text("58")
    expect(page.get_by_role("region", name="乙")).to_contain_text("42")
    expect(page.get_by_text("number.value")).to_be_visible()
    return page.url


def go_offline(device: Browser, page: Page, *, offline: bool) -> None:
    assert device.context is not None
    device.context.set_offline(offline)
    page.evaluate(f"window.dispatchEvent(new Event('{'offline' if offline else 'online'}'))")


def ask_tomorrow(page: Page) -> None:
    page.get_by_role("button", name="列入明天当面问").click()
    sheet = page.get_by_role("dialog")
    for way in ("问人", "看现场", "要材料"):
        expect(sheet.get_by_role("button", name=way, exact=True)).to_be_visible()
    sheet.get_by_role("button", name="要材料", exact=True).click()
    expect(sheet.get_by_label("要什么材料")).to_have_value(re.compile("58.*42"))
    tomorrow = datetime.now(ZONE).date() + timedelta(days=1)
    expect(sheet.get_by_label("哪天")).to_have_value(tomorrow.isoformat())
    sheet.get_by_role("button", name="列入待核").click()
    expect(sheet).to_be_hidden()
    expect(page.get_by_test_id("asked")).to_contain_text("明天")


def find_in_tomorrows_list(page: Page) -> None:
    """Among the questions, and on the day itself in the itinerary."""
    page.goto(page.url.split("/verify")[0] + "/trip")
    page.locator(".days button").last.click()
    expect(page.get_by_test_id("day-asks")).to_contain_text("明天要核的 1")
    page.get_by_role("navigation").get_by_role("link", name=re.compile("事项")).click()
    page.get_by_role("button", name="待问 1").click()
    tomorrow = page.get_by_test_id("due-tomorrow")
    expect(tomorrow).to_contain_text("要材料")
    tomorrow.get_by_role("link").first.click()


def answer_with_proof(page: Page, photo: Path) -> None:
    aide.take_photo(page, photo)
    expect(page.get_by_test_id("evidence")).to_have_count(1)
    page.get_by_role("button", name="录音", exact=True).click()
    expect(page.get_by_test_id("elapsed")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.wave rect') !== null")
    page.get_by_role("button", name="停止录音").click()
    page.wait_for_url("**/recording/*")
    page.go_back()
    expect(page.get_by_test_id("evidence")).to_have_count(2)
    page.get_by_label("回答").fill(ANSWER)
    page.get_by_role("button", name="记下回答").click()
    expect(page.get_by_role("button", name="记下回答")).to_be_hidden()
    question = rows(page, "question")[0]
    assert question["state"] == "answered"
    kept = {row["id"] for row in rows(page, "media")}
    assert {one["record"] for one in question["evidence"]} == kept


def see_evidence_on_the_card(page: Page) -> None:
    page.get_by_role("link", name="回到两种说法").click()
    asked = page.get_by_test_id("asked")
    expect(asked).to_contain_text(ANSWER)
    expect(asked.locator("img")).to_be_visible()
    play = asked.get_by_role("button", name="播放依据录音")
    play.click()
    page.wait_for_function("() => window.playedFrom !== undefined")


def rule_both(page: Page) -> None:
    page.get_by_role("button", name="都成立，因为").click()
    page.get_by_role("dialog").get_by_role("button", name="口径不同").click()
    expect(standing(page)).to_contain_text("都成立：口径不同")


def standing(page: Page) -> Locator:
    return page.get_by_role("region", name="现在的结论")


def see_it_elsewhere(other: Browser, server: Server, card: str) -> Page:
    """Who and when, the answer, and its photo."""
    page = other.open(server.url)
    aide.sign_in(page, server.url, email=EMAIL)
    page.goto(card)
    expect(standing(page)).to_contain_text("都成立：口径不同")
    expect(standing(page)).to_contain_text(re.compile(r"小宋定的 · 今天 \d"))
    asked = page.get_by_test_id("asked")
    expect(asked).to_contain_text(ANSWER)
    expect(asked.locator("img")).to_be_visible()
    return page


def take_a_ruling_back(page: Page) -> None:
    """A new ruling supersedes; its undo brings the one before it back, not none."""
    page.get_by_role("button", name="改结论").click()
    page.get_by_role("button", name="以乙为准").click()
    page.get_by_role("button", name="撤销").click()
    expect(standing(page)).to_contain_text("都成立：口径不同")
