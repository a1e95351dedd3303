"""The kill matrix: a real Chromium is killed at named points of an aide's day; afterwards nothing
is missing and nothing is there twice, on the server and on the phone. KILL_ROUNDS=n for more."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, Browser
from tests.e2e.kills import app_points, capture_points, copy_points, sound_points, sync_points
from tests.e2e.kills.ledger import Office
from tests.e2e.kills.trial import Trial
from tests.support.holding_proxy import Proxy
from tests.support.server import ROOT, Server, run_command

EMAIL = "aide@example.org"
TABLE = ROOT / "test-results" / "kill-matrix.md"
HEAD = """\
| point | what happens there | kills | entered again | lost | doubled |
| --- | --- | --- | --- | --- | --- |
"""
POINTS: list[Callable[[Trial], None]] = [
    capture_points.mid_draft,
    capture_points.keep_pressed,
    capture_points.camera_return,
    capture_points.photo_storing,
    capture_points.recording,
    capture_points.stop_pressed,
    capture_points.before_hash,
    capture_points.undo_bar,
    sync_points.push_answer,
    sync_points.push_batches,
    sync_points.upload_created,
    sync_points.photo_posted,
    sync_points.patch_half,
    sync_points.patch_answer,
    sync_points.leader_crashed,
    sync_points.server_too,
    app_points.update_installing,
    app_points.update_waiting,
    app_points.update_taken,
    app_points.ruling,
    sound_points.sound_imported,
    sound_points.sound_shared,
    sound_points.recording_on_its_way,
    copy_points.copy_made,
    copy_points.copy_taken_in,
    copy_points.copy_and_inbox,
    # The last one: its many rows would be pulled by the phones of the others.
    sync_points.pull_pages,
]


@dataclass(frozen=True)
class Ground:
    """What all points share: one server, its proxy, a token, a phone that is signed in."""

    server: Server
    proxy: Proxy
    office: Office
    profile: Path


@pytest.fixture(scope="module")
def table() -> Path:
    """The file of the table; each point adds its line, so that a cut run leaves its figures too."""
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(HEAD, encoding="utf-8")
    return TABLE


@pytest.fixture(scope="module")
def ground(driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("kills")
    # No speech model: what the server makes of a sound by itself is not what is looked at here.
    server = Server(folder / "data", {"SUIXING_WHISPER_MODEL": "none"})
    words = ("user", "add", EMAIL, "--name", "小宋", "--password-stdin")
    run_command(server.data, *words, stdin=aide.PASSWORD + "\n")
    token = run_command(server.data, "token", "create", EMAIL, "--name", "office").strip()
    server.start()
    headers = {"Authorization": f"Bearer {token}"}
    base = f"{server.url}/api/v1"
    with Proxy(server.port) as proxy, httpx.Client(base_url=base, headers=headers) as client:
        with Browser(driver, folder / "signed-in", PHONE) as device:
            page = device.open(proxy.url)
            aide.sign_in(page, proxy.url, email=EMAIL)
            aide.wait_offline_ready(page)
            expect(page.get_by_text("断网也能用了")).to_be_hidden(timeout=30_000)
            device.close()
        yield Ground(server, proxy, Office(client), folder / "signed-in")
    server.kill()


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.__name__)
def test_a_kill_at_this_point_loses_and_doubles_nothing(
    point: Callable[[Trial], None],
    ground: Ground,
    table: Path,
    driver: Playwright,
    tmp_path: Path,
) -> None:
    shutil.copytree(ground.profile, tmp_path / "phone")
    ground.proxy.clear()
    with Browser(driver, tmp_path / "phone", PHONE) as device:
        trial = Trial(device, ground.server, ground.proxy, ground.office)
        try:
            point(trial)
            verdict = trial.judge()
        finally:
            trial.device.kill()  # another one by now where a point goes on with a second phone
        names = (point.__name__.replace("_", " "), " ".join((point.__doc__ or "").split()))
        figures = (trial.kills, trial.again, len(verdict.lost), len(verdict.doubled))
        with table.open("a", encoding="utf-8") as lines:
            lines.write(f"| {' | '.join(map(str, (*names, *figures)))} |\n")
        assert trial.kills > 0
        assert (verdict.lost, verdict.doubled) == ([], [])
