"""What an aide does in the app, by the words on the screen; no step knows the code behind it."""

import io
import re
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

SECOND = 1_000
DEMO_EMAIL = "aide@example.org"
PASSWORD = "石渡村 2026 long enough"


def make_first_account(page: Page, link: str, *, name: str, email: str) -> None:
    """Follow the one-time link of a new server."""
    page.goto(link)
    page.get_by_label("姓名").fill(name)
    page.get_by_label("邮箱").fill(email)
    page.get_by_label("密码").first.fill(PASSWORD)
    page.locator("form button.main").click()
    expect(page).not_to_have_url(re.compile("/setup"), timeout=30 * SECOND)


def sign_in(page: Page, url: str, *, email: str) -> None:
    page.goto(f"{url}/signin")
    page.get_by_label("邮箱").fill(email)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).not_to_have_url(re.compile("/signin"), timeout=30 * SECOND)


def wait_offline_ready(page: Page) -> None:
    """The worker is active and its precache whole: the app opens without a network from now on."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function(
        """async () => {
          const names = await caches.keys();
          const caught = await Promise.all(names.map((name) => caches.open(name)));
          const kept = await Promise.all(caught.map((cache) => cache.keys()));
          return kept.flat().length > 5;
        }""",
        timeout=60 * SECOND,
    )


def make_trip(page: Page, title: str) -> None:
    page.get_by_role("button", name="新建行程").first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("名称").fill(title)
    sheet.get_by_role("button", name="建好").click()
    expect(sheet).to_be_hidden()


def write_note(page: Page, text: str, *, speaker: str, role: str) -> None:
    """A statement with the person who made it, who is new."""
    page.get_by_label("写下所见").fill(text)
    page.get_by_role("button", name="说法", exact=True).click()
    page.get_by_role("button", name="加一个人").click()
    add_person(page.get_by_role("dialog").last, speaker, role)
    expect(page.get_by_text("草稿已在本机")).to_be_visible()
    page.get_by_role("button", name="记下", exact=True).click()
    expect(page.get_by_text(text)).to_be_visible()


def add_person(sheet: Locator, name: str, role: str) -> None:
    sheet.get_by_label("姓名").fill(name)
    sheet.get_by_label("职务").fill(role)
    sheet.locator("form button.main").click()


def take_photo(page: Page, picture: Path) -> None:
    page.get_by_label("拍照或选照片").first.set_input_files(picture)


def start_recording(page: Page) -> None:
    page.get_by_role("button", name="开始录音").click()
    expect(page.get_by_test_id("elapsed")).to_be_visible(timeout=15 * SECOND)


def draw_photo(path: Path) -> Path:
    """A picture of our own, with the place in its EXIF as a phone writes it."""
    picture = Image.new("RGB", (1600, 1200), "#d8d2c4")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 700, 1600, 1200), fill="#6f7f5a")
    pen.polygon([(500, 1200), (760, 700), (840, 700), (1100, 1200)], fill="#8a8577")
    pen.ellipse((1150, 120, 1350, 320), fill="#f2b92c")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (26.0, 34.0, 59.5), 3: "E", 4: (106.0, 42.0, 48.6)}
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=88, exif=exif)
    path.write_bytes(data.getvalue())
    return path


def make_stop(page: Page, place: str) -> None:
    page.get_by_role("heading", level=1).get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button", name="加一站").click()
    sheet = page.get_by_role("dialog").last
    sheet.get_by_label("地点").fill(place)
    sheet.locator("form button.main").click()
    expect(page.get_by_role("heading", name=place)).to_be_visible()


def add_speaker(page: Page, name: str, role: str) -> None:
    """Somebody who will speak: added from the writer, which keeps no text."""
    page.get_by_role("button", name="说法", exact=True).click()
    page.get_by_role("button", name="加一个人").click()
    sheet = page.get_by_role("dialog").last
    sheet.get_by_role("button", name="加一个人").click()
    add_person(sheet, name, role)
    page.get_by_role("button", name="见闻", exact=True).click()
