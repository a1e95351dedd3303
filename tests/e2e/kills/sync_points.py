"""Points on the way to the server and back: the proxy holds one request, then all is killed."""

import re
from contextlib import suppress

from playwright.sync_api import Error, Page, expect

from tests.e2e import aide
from tests.e2e.kills.capture_points import make_photo
from tests.e2e.kills.ledger import sha256
from tests.e2e.kills.trial import Trial
from tests.support.holding_proxy import Hold, Place

PUSH = r"/sync/{trip}/push"
LONG = "风从山那边吹过来，树叶一直在响，谁也没有说话，大家都看着路。" * 2000
PIECES = 3
# Pixels across, of a photo of that many pieces.
SEVERAL = 2400


def push_answer(trial: Trial) -> None:
    """The server took the changes, its answer never came: they are offered again, as duplicates."""
    trial.begin("推送的回音")
    for _ in trial.rounds:
        trial.write_note(trial.text())
        trial.write_note(trial.text())
        hold = hold_push(trial, "answer")
        trial.go_online()
        trial.reach(hold)
        trial.kill()
        trial.proxy.clear()
        trial.open()
        trial.wait_sent()
        trial.go_offline()
    trial.go_online()


def push_batches(trial: Trial) -> None:
    """In the midst of a push of several batches: the second half on its way, then unanswered."""
    trial.begin("分几批推送")
    places: tuple[Place, ...] = ("half", "answer")
    for place in places:
        for number in range(7):
            text = f"{place}{number}：{LONG}"
            trial.page.get_by_label("写下所见").fill(text)
            trial.page.get_by_role("button", name="记下", exact=True).click()
            expect(trial.listed.filter(has_text=text[:9])).to_be_visible()
            trial.ledger.notes.append(text)
        hold = trial.proxy.hold("POST", PUSH.format(trip=trial.trip), place, nth=2)
        trial.go_online()
        trial.reach(hold)
        trial.kill()
        trial.proxy.clear()
        trial.open()
        trial.wait_sent()
        trial.go_offline()
    trial.go_online()


def pull_pages(trial: Trial) -> None:
    """In the midst of a pull of several pages: the first page applied, the second on its way."""
    trial.begin("分几页拉取", offline=False)
    trial.wait_sent()
    trial.go_offline()
    written = trial.text("离线时自己写的一条")
    trial.write_note(written)
    trial.kill()
    trial.ledger.notes += trial.office.write_notes(trial.trip, 2500)
    hold = trial.proxy.hold("GET", rf"/sync/{trial.trip}/pull", "answer", nth=2)
    trial.open()
    trial.reach(hold)
    trial.kill()
    trial.proxy.clear()
    hold = trial.proxy.hold("GET", rf"/sync/{trial.trip}/pull", "request", nth=2)
    trial.open()
    trial.reach(hold)
    trial.kill()
    trial.proxy.clear()
    trial.open()


def upload_created(trial: Trial) -> None:
    """The server opened an upload, the phone never learned its address."""
    take_photo_offline(trial, "开始上传")
    kill_while_held(trial, trial.proxy.hold("POST", r"/uploads$", "answer"))


def photo_posted(trial: Trial) -> None:
    """A small photo goes whole with its announcement: half of it had left, then all was stored, and
    the phone never learned it."""
    photo_bytes = take_photo_offline(trial, "小照片一次送到", width=480)
    assert photo_bytes <= 1024 * 1024, "one request"
    places: tuple[Place, ...] = ("half", "answer")
    for place in places:
        hold = trial.proxy.hold("POST", r"/uploads$", place)
        if trial.opened is None:
            trial.open()
        trial.go_online()
        trial.reach(hold)
        trial.kill()
        trial.proxy.clear()
        trial.open(offline=True)
    trial.go_online()
    trial.wait_sent()


def patch_half(trial: Trial) -> None:
    """In the midst of a piece: half of it is on the server, the rest never left."""
    take_photo_offline(trial, "上传到一半")
    kill_while_held(trial, trial.proxy.hold("PATCH", r"/uploads/", "half", nth=2))


def patch_answer(trial: Trial) -> None:
    """All bytes are on the server and verified, the answer to the last piece never came."""
    photo_bytes = take_photo_offline(trial, "上传的回音")
    last = -(-photo_bytes // (1024 * 1024))
    kill_while_held(trial, trial.proxy.hold("PATCH", r"/uploads/", "answer", nth=last))


def leader_crashed(trial: Trial) -> None:
    """Two tabs: the one that sends crashes in the midst of a push, the other takes over; then the
    whole browser is killed in the midst of the other's."""
    trial.begin("两个标签页")
    assert trial.device.context is not None
    leader = trial.page
    second = trial.device.context.new_page()
    second.goto(trial.proxy.url)
    expect(second.get_by_label("写下所见")).to_be_visible()
    trial.write_note(trial.text())
    trial.opened = second
    trial.write_note(trial.text("第二个标签页写的"))
    hold = hold_push(trial, "answer")
    trial.go_online()
    trial.reach(hold)
    crash(leader)
    trial.kills += 1
    leader.close()
    trial.proxy.clear()
    trial.wait_sent()
    trial.go_offline()
    trial.write_note(trial.text("剩下的标签页写的"))
    hold = hold_push(trial, "answer")
    trial.go_online()
    trial.reach(hold)
    trial.kill()
    trial.proxy.clear()
    trial.open()


def server_too(trial: Trial) -> None:
    """Browser and server are killed in the same moment, in the midst of a piece of a file."""
    take_photo_offline(trial, "两头一起断电")
    places: tuple[Place, ...] = ("half", "answer")
    for place in places:
        hold = trial.proxy.hold("PATCH", r"/uploads/", place, nth=1)
        if trial.opened is None:
            trial.open()
        trial.go_online()
        trial.reach(hold)
        trial.server.kill()
        trial.kill()
        trial.proxy.clear()
        trial.server.start()
    page = trial.open(offline=True)
    expect(page.locator("a[href^='/photo/']")).to_have_count(1)
    trial.write_note(trial.text("断电以后又写了一条"))
    trial.go_online()


def crash(page: Page) -> None:
    """Kill the process of one tab, as the system does with a tab in the background."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash", wait_until="commit", timeout=10_000)


def hold_push(trial: Trial, place: Place) -> Hold:
    return trial.proxy.hold("POST", PUSH.format(trip=trial.trip), place)


def take_photo_offline(trial: Trial, title: str, *, width: int = SEVERAL) -> int:
    """A trip with a note and a photo, of several pieces if not told else, hashed; its size."""
    trial.begin(title)
    trial.write_note(trial.text())
    photo = make_photo(trial, "pieces", width=width)
    aide.take_photo(trial.page, photo)
    expect(trial.page.locator("a[href^='/photo/']")).to_have_count(1)
    data = photo.read_bytes()
    assert width != SEVERAL or len(data) > (PIECES - 1) * 1024 * 1024, "several pieces"
    trial.ledger.photos.append(sha256(data))
    trial.wait_until(
        lambda: all(one["sha256"] for one in trial.look().found["blobs"]), "the hash of the photo"
    )
    return len(data)


def kill_while_held(trial: Trial, hold: Hold) -> None:
    trial.go_online()
    trial.reach(hold)
    trial.kill()
    trial.proxy.clear()
    page = trial.open(offline=True)
    expect(page.locator("a[href^='/photo/']")).to_have_count(1)
    trial.go_online()
    trial.wait_sent()
    kept = re.compile("服务器已收|都传到了")
    expect(page.get_by_text(kept).first).to_be_visible()
