"""The queue explains itself, custody is shown, a spare copy moves house, the rehearsal is kept."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, Browser
from tests.e2e.sounds import write_microphone
from tests.support.server import Server, run_command

EMAIL = "aide@example.org"
SECOND = 1_000
# What the product promises once the server is back, and room for a slow machine.
BACK_SECONDS = 90
PASSPHRASE = "石渡村的老井 2026"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data")
    words = ("user", "add", EMAIL, "--name", "小宋", "--password-stdin")
    run_command(made.data, *words, stdin=aide.PASSWORD + "\n")
    made.start()
    yield made
    made.kill()


def begin(device: Browser, server: Server, trip: str) -> Page:
    page = device.open(f"{server.url}/signin")
    aide.sign_in(page, server.url, email=EMAIL)
    if "/trips" not in page.url:
        page.goto(f"{server.url}/trips")
    aide.make_trip(page, trip)
    page.goto(f"{server.url}/capture")
    expect(page.get_by_label("写下所见")).to_be_visible()
    return page


def note(page: Page, text: str) -> None:
    page.get_by_label("写下所见").fill(text)
    page.get_by_role("button", name="记下", exact=True).click()
    expect(page.get_by_text(text)).to_be_visible()


class Office:
    """The server's side, asked with a token."""

    def __init__(self, server: Server) -> None:
        token = run_command(server.data, "token", "create", EMAIL, "--name", "office").strip()
        self.base = f"{server.url}/api/v1"
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.base + path, headers=self.headers, timeout=30)

    def trips(self) -> list[str]:
        return [trip["id"] for trip in self.get("/trips").json()]

    def rows(self, trip: str, entity: str) -> list[dict[str, object]]:
        rows = self.get(f"/sync/{trip}/pull").json()["rows"]
        return [row["fields"] for row in rows if row["entity"] == entity and not row["deleted"]]


def test_what_waited_goes_by_itself_when_the_server_is_back(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    with Browser(driver, tmp_path / "device", PHONE) as device:
        page = begin(device, server, "断线试验")
        expect(page.get_by_text("都传到了")).to_be_visible(timeout=30 * SECOND)
        aide.wait_offline_ready(page)
        server.kill()
        note(page, "服务器停的时候记的")
        page.get_by_role("link", name=re.compile("条待传")).click()
        line = page.get_by_role("button", name=re.compile("服务器停的时候记的"))
        expect(line).to_contain_text("服务器没应答", timeout=60 * SECOND)
        expect(line).to_contain_text(re.compile(r"\d+:\d\d:\d\d 自动再试"))
        line.click()
        sheet = page.get_by_role("dialog", name="为什么还没传")
        expect(sheet).to_contain_text("有网络，但服务器没应答")
        expect(sheet).to_contain_text("这一条完整地在这部手机里")
        sheet.get_by_role("button", name="关上").click()
        server.start()
        expect(page.get_by_text("记下的都在服务器了。")).to_be_visible(
            timeout=BACK_SECONDS * SECOND
        )
    office = Office(server)
    [trip] = office.trips()
    assert [row["text"] for row in office.rows(trip, "note")] == ["服务器停的时候记的"]


def test_a_limit_of_the_server_is_explained_and_holds_nothing_else_up(
    tmp_path: Path, driver: Playwright
) -> None:
    server = Server(tmp_path / "data", {"SUIXING_USER_QUOTA_BYTES": "20000"})
    words = ("user", "add", EMAIL, "--name", "小宋", "--password-stdin")
    run_command(server.data, *words, stdin=aide.PASSWORD + "\n")
    server.start()
    try:
        with Browser(driver, tmp_path / "device", PHONE) as device:
            page = begin(device, server, "空间试验")
            aide.take_photo(page, aide.draw_photo(tmp_path / "road.jpg"))
            expect(page.locator("a[href^='/photo/']")).to_have_count(1)
            note(page, "照片传不上去，这一条要到")
            expect(page.get_by_role("link", name="照片 0/1")).to_be_visible()
            page.goto(f"{server.url}/sync")
            line = page.get_by_role("listitem").filter(has_text="空间用满了")
            expect(line).to_contain_text("（最多 20 KB）", timeout=60 * SECOND)
            expect(line).to_contain_text("自动再试")
            page.goto(f"{server.url}/custody")
            expect(page.get_by_text("还有 1 份没到服务器。")).to_be_visible(timeout=30 * SECOND)
            expect(page.get_by_text(re.compile("还有 0 条、1 个文件没传"))).to_be_visible(
                timeout=60 * SECOND
            )
            # It asks when it opens and each minute, not again for its own answer.
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.wait_for_timeout(3 * SECOND)
            assert sum(url.endswith("/custody") for url in asked) <= 1
        office = Office(server)
        [trip] = office.trips()
        assert [row["text"] for row in office.rows(trip, "note")] == ["照片传不上去，这一条要到"]
    finally:
        server.kill()


def test_a_spare_copy_moves_to_a_fresh_browser_and_everything_arrives_once(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    copy = tmp_path / "spare.suixing"
    photo = aide.draw_photo(tmp_path / "road.jpg")
    with Browser(driver, tmp_path / "old", PHONE) as old:
        page = begin(old, server, "备份试验")
        expect(page.get_by_text("都传到了")).to_be_visible(timeout=30 * SECOND)
        aide.wait_offline_ready(page)
        assert old.context is not None
        old.context.set_offline(True)
        for text in ("第一条没传的", "第二条没传的"):
            note(page, text)
        aide.take_photo(page, photo)
        expect(page.locator("a[href^='/photo/']")).to_have_count(1)
        page.get_by_label("写下所见").fill("写到一半")
        expect(page.get_by_text("草稿已在本机")).to_be_visible()
        make_copy(page, copy)
        with Browser(driver, tmp_path / "fresh", PHONE) as fresh:
            there = fresh.open(f"{server.url}/copy")
            take_copy_in(there, server, copy)
        old.context.set_offline(False)
        page.goto(f"{server.url}/sync")
        expect(page.get_by_text("记下的都在服务器了。")).to_be_visible(timeout=90 * SECOND)
    office = Office(server)
    [trip] = office.trips()
    notes = sorted(str(row["text"]) for row in office.rows(trip, "note"))
    assert notes == ["第一条没传的", "第二条没传的"]
    [media] = office.rows(trip, "media")
    stored = office.get(f"/media/{media['id']}/content").content
    assert stored == photo.read_bytes()


def make_copy(page: Page, copy: Path) -> None:
    page.get_by_role("link", name=re.compile("条待传")).click()
    page.get_by_role("button", name="存一份备份文件").click()
    expect(page.get_by_text(re.compile("3 条记录、1 个文件"))).to_be_visible()
    page.get_by_label("口令", exact=True).fill(PASSPHRASE)
    page.get_by_label("再写一遍口令").fill(PASSPHRASE)
    page.get_by_role("button", name="做成文件").click()
    save = page.get_by_role("button", name="存到手机")
    expect(save).to_be_visible(timeout=60 * SECOND)
    with page.expect_download() as download:
        save.click()
    download.value.save_as(copy)


def take_copy_in(page: Page, server: Server, copy: Path) -> None:
    page.get_by_role("button", name="找回一份").click()
    page.get_by_label("选备份文件").set_input_files(copy)
    page.get_by_label("口令", exact=True).fill("别的口令")
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("口令不对", timeout=60 * SECOND)
    page.get_by_label("口令", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="打开", exact=True).click()
    found = page.get_by_text("找回了：3 条记录、1 个文件、1 份草稿。")
    expect(found).to_be_visible(timeout=60 * SECOND)
    aide.sign_in(page, server.url, email=EMAIL)
    page.goto(f"{server.url}/sync")
    expect(page.get_by_text("记下的都在服务器了。")).to_be_visible(timeout=90 * SECOND)
    page.goto(f"{server.url}/capture")
    expect(page.get_by_label("写下所见")).to_have_value("写到一半")


def test_the_rehearsal_of_a_good_phone_passes_and_is_kept(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    sound = tmp_path / "microphone.wav"
    write_microphone(sound, ["en-road-2021.webm"])
    with Browser(driver, tmp_path / "device", PHONE, sound=sound) as device:
        page = begin(device, server, "演练")
        aide.wait_offline_ready(page)
        page.goto(f"{server.url}/trip")
        page.get_by_role("link", name=re.compile("手机演练 还没演练过")).click()
        page.get_by_role("button", name="开始演练").click()
        camera = page.get_by_label("拍一张试试")
        expect(camera).to_be_attached(timeout=120 * SECOND)
        camera.set_input_files(aide.draw_photo(tmp_path / "road.jpg"))
        expect(page.get_by_role("button", name="再演练一次")).to_be_visible(timeout=60 * SECOND)
        verdicts = {
            check.get_attribute("data-check"): check.get_attribute("data-verdict")
            for check in page.locator("[data-check]").all()
        }
        proven = ("microphone", "camera", "clock", "offline")
        assert {name: verdicts[name] for name in proven} == dict.fromkeys(proven, "good")
        # A busy disk may be slow; a headless browser keeps no screen on, promises nothing and is
        # not installed: told as notes, not as faults.
        assert verdicts["storage"] in ("good", "warn")
        assert "bad" not in verdicts.values()
        page.goto(f"{server.url}/me")
        expect(page.get_by_role("link", name=re.compile("手机演练 .*演练过"))).to_be_visible()
