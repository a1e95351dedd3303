"""A phone in the field, its server lost and begun anew from an older backup: the phone shows what
it had, says what it does, and gives it back."""

from pathlib import Path

import httpx
from playwright.sync_api import Playwright, expect

from tests.e2e import aide
from tests.e2e.browser import PHONE, Browser
from tests.e2e.kills.capture_points import make_photo
from tests.e2e.kills.ledger import Office, sha256
from tests.e2e.kills.trial import Trial
from tests.support.holding_proxy import Proxy
from tests.support.server import Server, run_command

EMAIL = "aide@example.org"


def test_the_phone_gives_a_restored_server_what_its_backup_lacks(
    driver: Playwright, tmp_path: Path
) -> None:
    server = Server(tmp_path / "data", {"SUIXING_WHISPER_MODEL": "none"})
    words = ("user", "add", EMAIL, "--name", "小宋", "--password-stdin")
    run_command(server.data, *words, stdin=aide.PASSWORD + "\n")
    token = run_command(server.data, "token", "create", EMAIL, "--name", "office").strip()
    server.start()
    office = httpx.Client(
        base_url=f"{server.url}/api/v1", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with office, Proxy(server.port) as proxy, Browser(driver, tmp_path / "p", PHONE) as phone:
            page = phone.open(proxy.url)
            aide.sign_in(page, proxy.url, email=EMAIL)
            aide.wait_offline_ready(page)
            phone.close()
            _lose_and_give_back(Trial(phone, server, proxy, Office(office)), tmp_path)
    finally:
        server.kill()


def _lose_and_give_back(trial: Trial, place: Path) -> None:
    trial.begin("备份之前建的", offline=False)
    _enter(trial, "before")
    run_command(trial.server.data, "backup", str(place / "kept"))
    _enter(trial, "after")
    trial.write_note(trial.text("服务器最后一天写的"))
    trial.wait_sent()
    before = trial.office.rows(trial.trip)
    page = trial.page
    page.goto(f"{trial.proxy.url}/sync")

    trial.server.kill()
    trial.server.data = place / "restored"
    run_command(trial.server.data, "restore", str(place / "kept"))
    held = trial.proxy.hold("POST", rf"/sync/{trial.trip}/push", "request")
    trial.server.start()
    assert len(trial.office.rows(trial.trip)["note"]) < len(before["note"])
    trial.reach(held)
    expect(page.get_by_text("服务器从备份恢复过，正在重新上传")).to_be_visible()
    assert len(trial.look().rows("note")) == len(trial.ledger.notes)
    trial.proxy.clear()
    verdict = trial.judge()
    assert (verdict.lost, verdict.doubled) == ([], [])
    after = trial.office.rows(trial.trip)
    for entity in ("note", "media", "trip"):
        told = ("id", "created_by", "created_at")
        assert _of(before[entity], told) == _of(after[entity], told)


def _enter(trial: Trial, name: str) -> None:
    """A note and a photo, both with their receipts."""
    trial.write_note(trial.text(f"写在备份 {name}"))
    photo = make_photo(trial, name)
    aide.take_photo(trial.page, photo)
    trial.ledger.photos.append(sha256(photo.read_bytes()))
    wanted = len(trial.ledger.photos)
    trial.wait_until(lambda: len(trial.look().rows("media")) == wanted, "the photo on the phone")
    trial.wait_sent()


def _of(rows: dict[str, dict[str, object]], names: tuple[str, ...]) -> list[list[object]]:
    return sorted([row[name] for name in names] for row in rows.values())
