"""Points at which the spare copy is being made on one phone, or taken in on another."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, Browser
from tests.e2e.kills.capture_points import make_photo
from tests.e2e.kills.ledger import sha256
from tests.e2e.kills.phone import (
    hold_inbox,
    hold_store,
    is_inbox_waited_for,
    let_go,
    read_bytes,
    read_phone,
    read_unsent,
)
from tests.e2e.kills.sound_points import make_sound, promise_file, share
from tests.e2e.kills.trial import SYNC_SECONDS, Trial

PASSPHRASE = "石渡村 备份 2026"
EMAIL = "aide@example.org"


def copy_made(trial: Trial) -> None:
    """While the copy is being written, and right after: the phone has all it had; the next copy is
    whole, and taken in on the same phone it adds nothing."""
    trial.begin("正在存备份")
    enter(trial, "made", 2)
    page = go(trial, "/copy")
    hold_store(page, "chunks")
    begin_copy(page)
    trial.wait_queued("chunks")
    trial.kill()
    for pause in trial.pauses:
        page = trial.open("/copy", offline=True)
        begin_copy(page)
        trial.kill(pause)
    page = trial.open("/copy", offline=True)
    copy = save_copy(trial, page, "made")
    page = go(trial, "/copy")
    take_in(page, copy)
    expect(page.get_by_text("里面的这部手机都有了。")).to_be_visible()
    trial.go_online()


def copy_taken_in(trial: Trial) -> None:
    """On another phone: while the bytes are being laid down, before the transaction, and as it
    runs: all of it or nothing is shown, and it is taken in again. Then both phones send."""
    trial.begin(title := "在另一部手机上找回")
    enter(trial, "taken", 3)
    sound = make_sound(trial, "shared-and-copied", 7)
    share(trial, sound)
    copy = save_copy(trial, go(trial, "/copy"), "taken")
    trial.device.kill()
    old, trial.device = trial.device, second_phone(trial)
    for store in ("chunks", "shadow"):
        page = trial.open("/copy", offline=True)
        hold_store(page, store)
        take_in(page, copy)
        trial.wait_queued(store)
        trial.kill()
        assert_all_or_nothing(trial, nothing=True)
    for pause in trial.pauses:
        page = trial.open("/copy", offline=True)
        hold_store(page, "shadow")
        take_in(page, copy)
        trial.wait_queued("shadow")
        let_go(page, "shadow")
        trial.kill(pause)
        assert_all_or_nothing(trial)
    page = trial.open("/copy", offline=True)
    take_in(page, copy)
    expect(page.get_by_text(re.compile("找回了：|里面的这部手机都有了"))).to_be_visible()
    place_shared(trial, sound, title)
    trial.go_online()
    trial.wait_sent()
    send_from(old, trial)


def copy_and_inbox(trial: Trial) -> None:
    """All but what another app had shared is in, and that not yet: it comes with the next try."""
    trial.begin(title := "找回了一半")
    enter(trial, "inbox", 1)
    sound = make_sound(trial, "shared-last", 9)
    share(trial, sound)
    copy = save_copy(trial, go(trial, "/copy"), "inbox")
    trial.device.kill()
    trial.device = second_phone(trial)
    page = trial.open("/copy", offline=True)
    hold_inbox(page)
    take_in(page, copy)
    trial.wait_until(lambda: is_inbox_waited_for(page), "a write to the inbox")
    trial.kill()
    page = trial.open("/copy", offline=True)
    assert len(trial.look().rows("note")) == len(trial.ledger.notes)
    take_in(page, copy)
    expect(page.get_by_text("0 条记录、1 个文件")).to_be_visible()
    place_shared(trial, sound, title)
    trial.go_online()


def enter(trial: Trial, name: str, notes: int) -> None:
    """Notes and a photo that the server has never heard of."""
    for _ in range(notes):
        trial.write_note(trial.text("只在这部手机上"))
    photo = make_photo(trial, name)
    aide.take_photo(trial.page, photo)
    digest = sha256(photo.read_bytes())
    trial.wait_until(
        lambda: any(one["sha256"] == digest for one in read_bytes(trial.page).values()),
        "the photo's bytes on the phone",
    )
    trial.ledger.photos.append(digest)


def go(trial: Trial, path: str) -> Page:
    trial.page.goto(trial.proxy.url + path, wait_until="load")
    return trial.page


def begin_copy(page: Page) -> None:
    page.get_by_label("口令", exact=True).fill(PASSPHRASE)
    page.get_by_label("再写一遍口令").fill(PASSPHRASE)
    page.get_by_role("button", name="做成文件").click()


def save_copy(trial: Trial, page: Page, name: str) -> Path:
    """Make a copy and put the file outside the phone."""
    begin_copy(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="存到手机").click()
    target = trial.device.profile.parent / f"{name}.suixing"
    download.value.save_as(target)
    return target


def take_in(page: Page, copy: Path) -> None:
    page.get_by_role("button", name="找回一份").click()
    page.get_by_label("选备份文件").set_input_files(copy)
    page.get_by_label("口令", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="打开").click()


def second_phone(trial: Trial) -> Browser:
    """Another phone of the aide, signed in."""
    phone = Browser(trial.device.driver, trial.device.profile.parent / "second", PHONE)
    page = phone.open(trial.proxy.url)
    aide.sign_in(page, trial.proxy.url, email=EMAIL)
    aide.wait_offline_ready(page)
    phone.close()
    return phone


def assert_all_or_nothing(trial: Trial, *, nothing: bool = False) -> None:
    trial.open("/copy", offline=True)
    phone = trial.look()
    shown = len(phone.rows("note")), len(phone.rows("media")), len(phone.found["blobs"])
    whole = len(trial.ledger.notes), len(trial.ledger.photos), len(trial.ledger.photos)
    assert shown == (0, 0, 0) or (shown == whole and not nothing), shown
    trial.device.kill()


def place_shared(trial: Trial, sound: Path, title: str) -> None:
    page = go(trial, "/import")
    expect(page.get_by_test_id("import-item")).to_have_count(1)
    page.get_by_role("button", name=title, exact=True).click()
    page.get_by_test_id("import-take").click()
    expect(page.get_by_test_id("import-item")).to_have_count(0)
    promise_file(trial, sound)


def send_from(old: Browser, trial: Trial) -> None:
    """The phone that the copy came from finds a network too, and sends the same."""
    page = old.open(trial.proxy.url)
    trial.wait_until(
        lambda: not read_unsent(page, trial.trip), "all of the old phone's receipts", SYNC_SECONDS
    )
    assert len(read_phone(page, trial.trip).rows("note")) == len(trial.ledger.notes)
    old.kill()
