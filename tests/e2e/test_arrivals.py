"""What comes from outside the app: the phone's recorder, other apps, the camera."""

import re
from pathlib import Path

import av
import numpy as np
from playwright.sync_api import Page, Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, Browser
from tests.e2e.recorder_page import blobs, rows
from tests.support.server import Server

MINUTE = 60_000
# Two seconds of AMR narrow band, 12.2 kbit/s: a magic word, then frames of 32 bytes each.
AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 100

# What the system does when another app shares files with the installed app.
SHARE = """
  (files) => {
    const form = document.createElement('form');
    Object.assign(form, { action: '/share', method: 'POST', enctype: 'multipart/form-data' });
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', name: 'files', multiple: true });
    const given = new DataTransfer();
    for (const { name, type, text } of files) given.items.add(new File([text], name, { type }));
    input.files = given.files;
    form.append(input);
    document.body.append(form);
    setTimeout(() => form.submit());
  }
"""


def write_sound(path: Path, seconds: int, **options: str) -> Path:
    """A tone in whatever container the name asks for."""
    rate = 48_000
    time = np.arange(seconds * rate) / rate
    tone = (np.sin(2 * np.pi * 440 * time) * 12_000).astype(np.int16)
    codec = "aac" if path.suffix == ".m4a" else "pcm_s16le"
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        for start in range(0, len(tone), 1024):
            piece = tone[np.newaxis, start : start + 1024]
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
            frame.rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def begin(device: Browser, server: Server) -> Page:
    """A signed-in phone with a trip and a stop, ready for a life without network."""
    page = device.open(server.url)
    aide.make_first_account(page, server.setup_link(), name="小宋", email="aide@example.org")
    page.goto(f"{server.url}/capture")
    aide.wait_offline_ready(page)
    aide.make_trip(page, "石渡村修路调研")
    aide.make_stop(page, "石渡村村口")
    # The worker's registration reaches the disk a moment after the page hears of it.
    page.wait_for_timeout(1500)
    return page


def test_recordings_of_the_phones_own_recorder_come_in_several_at_once(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    wav = write_sound(tmp_path / "录音_20261123_140312.wav", 3)
    m4a = write_sound(tmp_path / "voice.m4a", 3)
    amr = tmp_path / "call.amr"
    amr.write_bytes(AMR)
    with Browser(driver, tmp_path / "device", PHONE) as device:
        page = begin(device, server)
        page.get_by_test_id("import-input").set_input_files([wav, m4a, amr])
        progress = page.get_by_test_id("import-progress")
        expect(progress.get_by_text("在本机")).to_have_count(3, timeout=MINUTE)
        expect(page.get_by_text("都传到了")).to_be_visible(timeout=2 * MINUTE)
        media = {row["name"]: row for row in rows(page, "media")}
        assert {row["kind"] for row in media.values()} == {"audio"}
        assert media[wav.name]["captured_at"].startswith("2026-11-23T06:03:12")
        assert abs(media[wav.name]["duration_ms"] - 3000) < 100
        assert media[amr.name]["mime"] == "audio/amr"
        for row in media.values():
            content = page.request.get(f"{server.url}/api/v1/media/{row['id']}/content")
            assert content.body() == (tmp_path / row["name"]).read_bytes()


def test_files_shared_by_another_app_survive_a_kill_and_are_taken_in_once(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    with Browser(driver, tmp_path / "device", PHONE) as device:
        page = begin(device, server)
        device.close()
        server.kill()
        page = device.open(f"{server.url}/capture", offline=True)
        shared = [
            {"name": "会议录音.amr", "type": "audio/amr", "text": AMR.decode("latin-1")},
            {"name": "公示栏.jpg", "type": "image/jpeg", "text": "not really a picture"},
        ]
        page.evaluate(SHARE, shared)
        page.wait_for_url("**/import")
        expect(page.get_by_test_id("import-item")).to_have_count(2)
        device.kill()
        page = device.open(f"{server.url}/capture", offline=True)
        page.get_by_test_id("inbox-card").click()
        expect(page.get_by_test_id("import-item")).to_have_count(2)
        page.get_by_test_id("import-take").click()
        expect(page.get_by_text("在本机")).to_have_count(2, timeout=MINUTE)
        assert rows(page, "items", "suixing-inbox") == []
        page.goto(f"{server.url}/capture")
        expect(page.locator("a[href^='/recording/']")).to_have_count(1)
        expect(page.locator("a[href^='/photo/']")).to_have_count(1)
        expect(page.get_by_test_id("inbox-card")).to_have_count(0)


def test_a_camera_that_cost_the_app_its_life_gets_its_photo_back_in_place(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    photo = aide.draw_photo(tmp_path / "road.jpg")
    with Browser(driver, tmp_path / "device", PHONE) as device:
        page = begin(device, server)
        page.get_by_label("写下所见").fill("总表渗水")
        with page.expect_file_chooser():
            page.get_by_text("拍照", exact=True).click()
        assert [draft["key"].partition(":")[0] for draft in rows(page, "drafts")].count(
            "camera"
        ) == 1
        device.kill()
        page = device.open(f"{server.url}/capture", offline=True)
        expect(page.get_by_label("写下所见")).to_have_value("总表渗水")
        card = page.get_by_test_id("lost-camera")
        expect(card).to_contain_text("没有回来")
        card.get_by_test_id("lost-camera-input").set_input_files(photo)
        expect(card).to_have_count(0, timeout=MINUTE)
        expect(page.locator("a[href^='/photo/']")).to_have_count(1)
        (media,) = rows(page, "media")
        assert media["stop"] is not None
        assert "camera" not in {draft["key"].partition(":")[0] for draft in rows(page, "drafts")}


def test_a_photo_taken_while_recording_stands_at_its_second_of_the_sound(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    with Browser(driver, tmp_path / "device", PHONE) as device:
        page = begin(device, server)
        aide.start_recording(page)
        page.wait_for_timeout(4000)
        with page.expect_file_chooser() as chosen:
            page.get_by_text("拍照", exact=True).click()
        chosen.value.set_files(aide.draw_photo(tmp_path / "road.jpg"))
        expect(page.get_by_text("正在存")).to_have_count(0)
        page.wait_for_timeout(2000)
        page.get_by_role("button", name="停止录音").click()
        expect(page).to_have_url(re.compile("/recording/"), timeout=30_000)
        recording = page.url.rpartition("/")[2]
        expect(page.get_by_test_id("pinned-photo")).to_be_visible()
        photo = next(row for row in rows(page, "media") if row["kind"] == "photo")
        sound = next(blob for blob in blobs(page) if blob["media"] == recording)
        assert photo["recording"] == recording
        assert 2000 < photo["at_ms"] < sound["durationMs"]
        # The place is the camera's own, not this phone's.
        page.wait_for_timeout(1000)
        photo = next(row for row in rows(page, "media") if row["kind"] == "photo")
        assert abs(photo["lat"] - 26.5832) < 0.001
