"""Points at which something is being written, photographed or recorded; all without a network."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e import aide
from tests.e2e.kills.ledger import sha256
from tests.e2e.kills.phone import hold_store, let_go, read_bytes
from tests.e2e.kills.trial import Trial
from tests.support.pictures import camera_exif, jpeg, picture


def mid_draft(trial: Trial) -> None:
    """Typed, not kept: everything that was shown as stored is in the box again."""
    trial.begin("写到一半")
    for pause in trial.pauses:
        first, more = trial.text("村口的路灯有两盏不亮"), "后半句还在写"
        box = trial.page.get_by_label("写下所见")
        box.fill(first)
        expect(trial.page.get_by_text("草稿已在本机")).to_be_visible()
        box.press_sequentially(more)
        trial.kill(pause)
        page = trial.open(offline=True)
        box = page.get_by_label("写下所见")
        expect(box).not_to_have_value("")
        found = box.input_value()
        assert found.startswith(first), "what was shown as stored is there"
        assert (first + more).startswith(found), "and nothing that was never typed"
        trial.write_note(found)
    trial.go_online()


def keep_pressed(trial: Trial) -> None:
    """ "记下" pressed while the note is not yet in the store: the draft stands until it is."""
    trial.begin("按下记下的一刻")
    for _ in trial.rounds:
        text = trial.text("按下记下的时候手机没电了")
        trial.page.get_by_label("写下所见").fill(text)
        expect(trial.page.get_by_text("草稿已在本机")).to_be_visible()
        hold_store(trial.page, "shadow")
        trial.page.get_by_role("button", name="记下", exact=True).click()
        trial.wait_queued()
        trial.kill()
        page = trial.open(offline=True)
        expect(page.get_by_label("写下所见")).to_have_value(text)
        expect(trial.listed).to_have_count(len(trial.ledger.notes))
        trial.write_note(text)
    trial.go_online()


def camera_return(trial: Trial) -> None:
    """Right after the camera's change event, before or in the midst of the copy: the photo is
    there whole, or not shown at all and taken again; the typed draft is there."""
    trial.begin("拍完照的一刻")
    draft = trial.text("拍照前写了半句")
    trial.page.get_by_label("写下所见").fill(draft)
    expect(trial.page.get_by_text("草稿已在本机")).to_be_visible()
    for number, pause in enumerate([*trial.pauses, 0.4]):
        photo = make_photo(trial, f"camera-{number}")
        aide.take_photo(trial.page, photo)
        trial.kill(pause)
        page = trial.open(offline=True)
        expect(page.get_by_label("写下所见")).to_have_value(draft)
        take_again_unless_kept(trial, photo)
    trial.write_note(draft)
    trial.go_online()


def photo_storing(trial: Trial) -> None:
    """The photo is read, its transaction (bytes, row and outbox in one) is not through: nothing of
    it is shown, and it is taken again."""
    trial.begin("照片正在存")
    for number in trial.rounds:
        photo = make_photo(trial, f"copied-{number}")
        hold_store(trial.page, "shadow")
        aide.take_photo(trial.page, photo)
        trial.wait_queued()
        trial.kill()
        trial.open(offline=True)
        take_again_unless_kept(trial, photo)
    trial.go_online()


def recording(trial: Trial) -> None:
    """In the midst of a second of sound: what was stored is found again and is the beginning."""
    trial.begin("录音录到一半")
    for pause in trial.pauses:
        aide.start_recording(trial.page)
        trial.wait_until(lambda: seconds_kept(trial) >= 2, "two seconds of sound in the store")
        promise_sound(trial)
        trial.kill(pause)
        find_sound_again(trial)
    trial.go_online()


def stop_pressed(trial: Trial) -> None:
    """The last second is stored, the recording is not yet closed."""
    trial.begin("停止录音的一刻")
    for _ in trial.rounds:
        aide.start_recording(trial.page)
        trial.wait_until(lambda: seconds_kept(trial) >= 2, "two seconds of sound in the store")
        hold_store(trial.page, "shadow")
        trial.page.get_by_role("button", name="停止录音").click()
        trial.wait_queued("blobs")
        promise_sound(trial)
        trial.kill()
        find_sound_again(trial)
    trial.go_online()


def before_hash(trial: Trial) -> None:
    """Closed, but its hash is not computed: it is made up for at the next start."""
    trial.begin("算校验之前")
    for _ in trial.rounds:
        aide.start_recording(trial.page)
        trial.wait_until(lambda: seconds_kept(trial) >= 2, "two seconds of sound in the store")
        hold_store(trial.page, "shadow")
        trial.page.get_by_role("button", name="停止录音").click()
        trial.wait_queued("blobs")
        promise_sound(trial)
        hold_store(trial.page, "chunks")
        let_go(trial.page, "shadow")
        expect(trial.page).to_have_url(re.compile("/recording/"))
        trial.kill()
        trial.open(offline=True)
        expect(trial.page.locator("a[href^='/recording/']")).to_have_count(len(trial.ledger.sounds))
    trial.go_online()


def undo_bar(trial: Trial) -> None:
    """Deleted, with the way back on the screen: it stays deleted, and its text in the history."""
    trial.begin("删掉还能撤销")
    deleted: dict[str, str] = {}
    for _ in trial.rounds:
        kept, gone = trial.text("这一条留着"), trial.text("这一条删掉")
        trial.write_note(kept)
        trial.write_note(gone)
        found = trial.look().rows("note")
        deleted[gone] = next(one for one, row in found.items() if row["text"] == gone)
        trial.listed.filter(has_text=gone[-20:]).click()
        trial.page.get_by_role("button", name="删掉").click()
        expect(trial.page.get_by_role("button", name="撤销")).to_be_visible()
        trial.kill()
        trial.ledger.notes.remove(gone)
        page = trial.open(offline=True)
        expect(trial.listed.filter(has_text=kept[-20:])).to_be_visible()
        expect(page.get_by_text(gone)).to_have_count(0)
    trial.go_online()
    trial.wait_sent()
    for text, record in deleted.items():
        told = trial.office.history(trial.trip, "note", record)
        assert text in [one["value"] for one in told if one["field"] == "text"]


def make_photo(trial: Trial, name: str, *, width: int = 1800) -> Path:
    """A real JPEG of some megabytes, unlike any other."""
    path = trial.device.profile.parent / f"{name}.jpg"
    path.write_bytes(jpeg(picture(width, width * 3 // 4), camera_exif()))
    return path


def take_again_unless_kept(trial: Trial, photo: Path) -> None:
    """What the app has not kept the aide does not see, and takes again; what it shows, it has."""
    before = len(trial.ledger.photos)
    if len(trial.look().rows("media")) == before:
        trial.again += 1
        aide.take_photo(trial.page, photo)
    expect(trial.page.locator("a[href^='/photo/']")).to_have_count(before + 1)
    trial.ledger.photos.append(sha256(photo.read_bytes()))


def seconds_kept(trial: Trial) -> float:
    writing = [one for one in trial.look().found["blobs"] if one["state"] == "writing"]
    return (writing[0]["durationMs"] or 0) / 1000 if writing else 0


def promise_sound(trial: Trial) -> None:
    """Every byte that lies in the store now must be heard again."""
    kept = read_bytes(trial.page)
    media = max(kept)
    trial.ledger.sounds[media] = (kept[media]["size"], kept[media]["sha256"])


def find_sound_again(trial: Trial) -> None:
    page = trial.open(offline=True)
    expect(page.get_by_text("找回")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("a[href^='/recording/']")).to_have_count(len(trial.ledger.sounds))
