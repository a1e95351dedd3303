"""The recorder to its end: sent while it runs, frozen, muted, taken away, full; pocket mode."""

import hashlib
import io
import re
import time
from collections.abc import Iterator

import av
import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, Browser
from tests.e2e.recorder_page import HOLD_TRACKS, blobs, freeze, rows, tell_track, thaw
from tests.e2e.sounds import write_microphone
from tests.support.server import Server

MINUTE = 60_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("recorder") / "data")
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def device(
    server: Server, driver: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A phone of somebody signed in, with a trip and a stop; its microphone hears sentences."""
    folder = tmp_path_factory.mktemp("phone")
    sound = folder / "microphone.wav"
    write_microphone(sound, ["en-road-2021.webm", "en-long.webm"], lead_seconds=1)
    with Browser(driver, folder / "profile", PHONE, sound=sound) as made:
        page = made.open(server.url)
        assert made.context is not None
        made.context.add_init_script(HOLD_TRACKS)
        aide.make_first_account(page, server.setup_link(), name="小宋", email="aide@example.org")
        page.goto(f"{server.url}/capture")
        aide.make_trip(page, "石渡村修路调研")
        aide.make_stop(page, "石渡村村口")
        yield made


@pytest.fixture
def page(device: Browser, server: Server) -> Page:
    assert device.context is not None
    page = device.context.pages[0]
    page.goto(f"{server.url}/capture")
    return page


def stop(page: Page) -> str:
    """Stop where the recording's screen is open; returns the media id."""
    page.get_by_role("button", name="停止录音").click()
    expect(page).to_have_url(re.compile("/recording/"), timeout=30_000)
    return page.url.rpartition("/")[2]


def received(server: Server) -> int:
    """Bytes of unfinished uploads that lie on the server."""
    return sum(file.stat().st_size for file in (server.data / "uploads").glob("*"))


def wait_for(page: Page, met: object, *, seconds: float = 90) -> None:
    """Wait until the callable says so; generous, for a busy machine."""
    assert callable(met)
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not come about"
        page.wait_for_timeout(250)


def test_a_recording_reaches_the_server_while_it_runs_and_is_whole_soon_after(
    page: Page, server: Server
) -> None:
    aide.start_recording(page)
    wait_for(page, lambda: received(server) > 0)
    first = received(server)
    wait_for(page, lambda: received(server) > first)
    expect(page.get_by_test_id("sent")).to_contain_text("已传")
    running = blobs(page)[-1]
    assert running["state"] == "writing"
    assert running["deferred"]
    media = stop(page)
    expect(page.get_by_text("服务器已收").first).to_be_visible(timeout=MINUTE)
    kept = next(blob for blob in blobs(page) if blob["media"] == media)
    body = page.request.get(f"{server.url}/api/v1/media/{media}/content").body()
    assert len(body) == kept["size"]
    assert hashlib.sha256(body).hexdigest() == kept["sha256"]
    with av.open(io.BytesIO(body)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples / 48_000 > kept["durationMs"] / 1000 - 1.5


def test_a_page_that_the_system_stopped_says_so_loudly_and_marks_the_gap(
    page: Page, device: Browser
) -> None:
    aide.start_recording(page)
    wait_for(page, lambda: blobs(page)[-1]["chunks"] >= 5)
    freeze(device.profile)
    time.sleep(12)
    thaw(device.profile)
    alarm = page.get_by_test_id("recording-alarm")
    expect(alarm).to_be_visible(timeout=MINUTE)
    expect(alarm).to_contain_text(re.compile(r"录音停了 .*秒，从 \d+:\d\d 起"))
    expect(alarm).to_contain_text("都在本机")
    media = stop(page)
    gap = next(mark for mark in rows(page, "mark") if mark["media"] == media)
    assert (gap["kind"], gap["text"]) == ("gap", "frozen")
    assert gap["length_ms"] > 5000
    alarm.get_by_role("button", name="知道了").click()
    expect(alarm).to_be_hidden()
    expect(page.get_by_text(re.compile("^空 ")).first).to_be_visible()


def test_a_muted_microphone_is_seen_at_once_and_marked_when_it_is_over(page: Page) -> None:
    aide.start_recording(page)
    wait_for(page, lambda: blobs(page)[-1]["chunks"] >= 2)
    tell_track(page, "mute")
    expect(page.get_by_test_id("deaf")).to_be_visible(timeout=MINUTE)
    tell_track(page, "unmute")
    alarm = page.get_by_test_id("recording-alarm")
    expect(alarm).to_contain_text("占用")
    expect(page.get_by_test_id("deaf")).to_be_hidden()
    alarm.get_by_role("button", name="知道了").click()
    media = stop(page)
    gap = next(mark for mark in rows(page, "mark") if mark["media"] == media)
    assert (gap["kind"], gap["text"]) == ("gap", "muted")


def test_a_microphone_taken_away_keeps_the_sound_and_one_tap_goes_on(page: Page) -> None:
    aide.start_recording(page)
    wait_for(page, lambda: blobs(page)[-1]["chunks"] >= 4)
    first = blobs(page)[-1]["media"]
    tell_track(page, "ended")
    alarm = page.get_by_test_id("recording-alarm")
    expect(alarm).to_contain_text("断了", timeout=MINUTE)
    alarm.get_by_role("button", name="接着录").click()
    expect(page.get_by_text("第 2 部分")).to_be_visible(timeout=MINUTE)
    expect(alarm).to_be_hidden()
    wait_for(page, lambda: blobs(page)[-1]["chunks"] >= 2)
    second = stop(page)
    parts = {row["id"]: row for row in rows(page, "media")}
    assert parts[second]["recording"] == first
    assert parts[second]["at_ms"] > 3000
    kept = {blob["media"]: blob for blob in blobs(page)}
    assert kept[first]["state"] == "whole"
    assert kept[first]["durationMs"] > 2500
    expect(page.get_by_test_id("parts").get_by_role("link")).to_have_count(2)


def test_a_full_phone_stops_the_recording_cleanly_and_keeps_what_there_is(
    page: Page, device: Browser, server: Server
) -> None:
    assert device.context is not None
    aide.start_recording(page)
    wait_for(page, lambda: blobs(page)[-1]["chunks"] >= 4)
    media = blobs(page)[-1]["media"]
    chromium = device.context.new_cdp_session(page)
    chromium.send("Storage.overrideQuotaForOrigin", {"origin": server.url, "quotaSize": 1})
    alarm = page.get_by_test_id("recording-alarm")
    expect(alarm).to_contain_text("没有空间", timeout=MINUTE)
    chromium.send("Storage.overrideQuotaForOrigin", {"origin": server.url})
    page.goto(f"{server.url}/capture")
    wait_for(page, lambda: next(b for b in blobs(page) if b["media"] == media)["sha256"])
    kept = next(blob for blob in blobs(page) if blob["media"] == media)
    assert kept["durationMs"] > 2500


def test_pocket_mode_answers_only_a_double_tap_and_a_long_press(page: Page) -> None:
    aide.start_recording(page)
    page.get_by_test_id("pocket-open").click()
    pocket = page.get_by_test_id("pocket")
    expect(pocket).to_be_visible()
    page.mouse.click(120, 300)
    page.keyboard.press("Escape")
    leave = pocket.get_by_test_id("pocket-leave")
    leave.click()
    expect(pocket).to_be_visible()
    page.mouse.dblclick(120, 300)
    expect(pocket).to_contain_text("已标记")
    leave.hover()
    page.mouse.down()
    expect(pocket).to_be_hidden(timeout=MINUTE)
    page.mouse.up()
    media = stop(page)
    flags = [mark for mark in rows(page, "mark") if mark["media"] == media]
    assert [mark["kind"] for mark in flags] == ["flag"]
