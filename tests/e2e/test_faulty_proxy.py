"""Notes and photos entered while the line drops, cuts, delays and refuses at random: each arrives
exactly once. FAULTY_NOTES=200 is the whole of it (five photos each)."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import CDPSession, Page, Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, Browser
from tests.e2e.kills.ledger import Office, sha256
from tests.e2e.kills.phone import read_unsent
from tests.e2e.kills.trial import Trial
from tests.support.faulty_proxy import Weather
from tests.support.holding_proxy import Proxy
from tests.support.server import ROOT, Server, run_command

EMAIL = "aide@example.org"
NOTES = int(os.environ.get("FAULTY_NOTES", "10"))
SEED = int(os.environ.get("FAULTY_SEED", "1"))
PHOTOS_EACH = 5
MEGABYTE = 1_000_000
HEAP_LIMIT = 100 * MEGABYTE
# Seldom: a collection that we ask for also takes away what would have grown until V8's own.
COLLECT_EVERY = 20
FIGURES = ROOT / "test-results" / "faulty-proxy.json"
# Liveness only: how long nothing at all may arrive before the test gives up.
STUCK_SECONDS = 300


@dataclass
class Heap:
    """The page's memory in bytes, at its largest: JavaScript heap, and with buffers and DOM.

    `held` is measured after a garbage collection: what the page cannot let go of. `met` is what was
    found between two of these, with the garbage that V8 had not yet had a reason to collect.
    """

    session: CDPSession
    held_script: int = 0
    held: int = 0
    met: int = 0
    _samples: int = 0

    def sample(self) -> None:
        self.met = max(self.met, self._used()[1])
        self._samples += 1
        if self._samples % COLLECT_EVERY == 0:
            self.collect()

    def collect(self) -> None:
        self.session.send("HeapProfiler.collectGarbage")
        script, whole = self._used()
        self.held_script, self.held = max(self.held_script, script), max(self.held, whole)

    def _used(self) -> tuple[int, int]:
        used = self.session.send("Runtime.getHeapUsage")
        parts = ("usedSize", "embedderHeapUsedSize", "backingStorageSize")
        return int(used["usedSize"]), int(sum(used.get(name, 0) for name in parts))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data")
    words = ("user", "add", EMAIL, "--name", "小宋", "--password-stdin")
    run_command(made.data, *words, stdin=aide.PASSWORD + "\n")
    made.start()
    yield made
    made.kill()


def test_everything_converges_to_one_copy_through_a_line_that_fails_at_random(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    token = run_command(server.data, "token", "create", EMAIL, "--name", "office").strip()
    headers = {"Authorization": f"Bearer {token}"}
    weather = Weather(SEED)
    with (
        Proxy(server.port) as proxy,
        httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=60) as client,
        Browser(driver, tmp_path / "phone", PHONE) as device,
    ):
        trial = Trial(device, server, proxy, Office(client))
        page = trial.open()
        aide.sign_in(page, proxy.url, email=EMAIL)
        page.goto(f"{proxy.url}/capture")
        aide.make_trip(page, "信号不好的一天")
        expect(page.get_by_label("写下所见")).to_be_visible()
        trial.trip = trial.current_trip()
        heap = Heap(page.context.new_cdp_session(page))
        begun = time.monotonic()
        proxy.judge = weather
        for number in range(NOTES):
            enter(trial, number, tmp_path)
            heap.sample()
        entered = time.monotonic() - begun
        heap.collect()
        wait_sent(trial, heap)
        seconds = time.monotonic() - begun
        heap.collect()
        proxy.clear()
        verdict = trial.judge()
        tell(weather, heap, (entered, seconds), len(proxy.asked))
        assert (verdict.lost, verdict.doubled) == ([], [])
        assert len(trial.ledger.photos) == NOTES * PHOTOS_EACH
        assert weather.met.total() - weather.met["passed"] > NOTES, "the weather was bad"
        assert heap.held < HEAP_LIMIT


def enter(trial: Trial, number: int, folder: Path) -> None:
    """One note and its photos, by the app's own writer and file input."""
    page = trial.page
    text = f"第{number}处：护栏断了三根，群众说去年就报过。"
    page.get_by_label("写下所见").fill(text)
    page.get_by_label("写下所见").press("Control+Enter")
    expect(page.get_by_label("写下所见")).to_have_value("")
    trial.ledger.notes.append(text)
    files = [draw(folder, number * PHOTOS_EACH + one) for one in range(PHOTOS_EACH)]
    page.get_by_label("拍照或选照片").first.set_input_files(files)
    wanted = (number + 1) * PHOTOS_EACH
    trial.wait_until(lambda: count_blobs(page) == wanted, "the photos in the store", seconds=300)
    trial.ledger.photos += [sha256(file.read_bytes()) for file in files]
    for file in files:
        file.unlink()


def draw(folder: Path, number: int) -> Path:
    """A small photo that no other equals: grain, a wall, and its number in the picture."""
    image = Image.effect_noise((640, 480), 30).convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 300, 640, 480), fill=(90 + number % 120, 110, 80))
    pen.text((20, 20), f"photo {number}", fill="white")
    data = BytesIO()
    image.save(data, "JPEG", quality=80)
    path = folder / f"photo-{number}.jpg"
    path.write_bytes(data.getvalue())
    return path


def count_blobs(page: Page) -> int:
    found: int = page.evaluate(
        """() => new Promise((resolve, reject) => {
          const opening = indexedDB.open('suixing');
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const counting = opening.result.transaction('blobs').objectStore('blobs').count();
            counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
          };
        })"""
    )
    return found


def wait_sent(trial: Trial, heap: Heap) -> None:
    """Until nothing waits; gives up only when nothing has moved for a long time."""
    moved, before = time.monotonic(), -1
    while waiting := read_unsent(trial.page, trial.trip):
        if len(waiting) != before:
            moved, before = time.monotonic(), len(waiting)
        assert time.monotonic() - moved < STUCK_SECONDS, f"stuck: {len(waiting)}, {waiting[:5]}"
        heap.sample()
        trial.page.wait_for_timeout(1000)


def tell(weather: Weather, heap: Heap, times: tuple[float, float], requests: int) -> None:
    """What docs/reliability.md shows."""
    figures = {
        "notes": NOTES,
        "photos": NOTES * PHOTOS_EACH,
        "seed": SEED,
        "requests": requests,
        "fates": dict(sorted(weather.met.items())),
        "script heap held MB": round(heap.held_script / MEGABYTE, 1),
        "heap with buffers and DOM held MB": round(heap.held / MEGABYTE, 1),
        "the same with garbage MB": round(heap.met / MEGABYTE, 1),
        "entered after s": round(times[0]),
        "all sent after s": round(times[1]),
    }
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
