"""A backup made while a phone writes, restored elsewhere and served: nothing in it is gone."""

import hashlib
import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from services.bootstrap import build_house, migrate, safekeeping_place
from services.identity import NewUser, add_user, create_token
from services.kernel.settings import Settings
from services.safekeeping import check_data
from tests.support.safekeeping import Place, Writer, places
from tests.support.server import Server


def new_token(settings: Settings) -> str:
    house = build_house(settings)
    try:
        with house.db.write() as session:
            user = add_user(session, NewUser(email="aide@example.org", name="小宋"))
            return create_token(session, user.id, name="test")[0]
    finally:
        house.close()


@pytest.mark.parametrize("kind", ["sqlite and folder", "postgresql and s3"])
def test_a_backup_made_while_a_phone_writes_is_served_elsewhere(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    with places(tmp_path, kind, request) as (one, two):
        migrate(one.settings)
        server = Server(one.data, environment=one.environment)
        server.start()
        try:
            writer = Writer(server.url, new_token(one.settings))
            writer.begin()
            for _ in range(3):
                writer.step()
            before = (list(writer.pushed), dict(writer.stored))
            made = _backup_while_writing(one, writer, tmp_path / "kept")
        finally:
            server.kill()
        assert made.returncode == 0, made.stderr
        restored = two.run("restore", str(tmp_path / "kept"))
        assert restored.returncode == 0, restored.stderr
        _assert_part_of(two.rows(), one.rows(), before)
        _serve_and_read(two, writer, before[1])
        assert _flaws(two) == []


def _backup_while_writing(
    place: Place, writer: Writer, target: Path
) -> subprocess.CompletedProcess[str]:
    stop = threading.Event()
    errors: list[BaseException] = []

    def write() -> None:
        try:
            while not stop.is_set():
                writer.step()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        made = place.run("backup", str(target))
    finally:
        stop.set()
        thread.join()
    assert errors == []
    return made


def _assert_part_of(
    restored: dict[str, list[tuple[Any, ...]]],
    original: dict[str, list[tuple[Any, ...]]],
    before: tuple[list[str], dict[str, str]],
) -> None:
    """Everything of before the backup is there, and every line of the log as it was."""
    log = {row[0] for row in restored["sync_change"]}
    assert set(before[0]) <= log
    assert len(restored["sync_change"]) <= len(original["sync_change"])
    assert {row[0] for row in restored["note"]} <= {row[0] for row in original["note"]}
    assert set(restored["note"]) <= set(original["note"])
    assert restored["user"] == original["user"]
    stored = {(row[0], row[1]) for row in restored["media_blob"]}
    assert set(before[1].items()) <= stored


def _serve_and_read(place: Place, writer: Writer, stored: dict[str, str]) -> None:
    server = Server(place.data, environment=place.environment)
    server.start()
    try:
        again = Writer(server.url, writer.token, trip=writer.trip)
        pulled = again.pull()
        assert pulled["lost"]
        assert {row["record"] for row in pulled["rows"]} >= set(stored)
        for media, sha256 in stored.items():
            assert hashlib.sha256(again.content(media)).hexdigest() == sha256
        again.step()
    finally:
        server.kill()


def _flaws(place: Place) -> list[Any]:
    house = build_house(place.settings)
    try:
        return list(check_data(safekeeping_place(house)))
    finally:
        house.close()


@pytest.mark.parametrize("name", ["kept", "kept.tar"])
def test_a_restored_backup_holds_the_very_rows(data: Path, tmp_path: Path, name: str) -> None:
    one, two = Place(data, {}), Place(tmp_path / "two", {})
    assert one.run("backup", str(tmp_path / name)).returncode == 0
    assert two.run("restore", str(tmp_path / name)).returncode == 0
    assert two.rows() == one.rows()
    assert _flaws(two) == []


def test_a_sqlite_backup_is_restored_into_postgresql_and_back(
    data: Path, tmp_path: Path, postgres_url: str
) -> None:
    one = Place(data, {})
    middle = Place(tmp_path / "middle", {"SUIXING_DATABASE_URL": postgres_url})
    back = Place(tmp_path / "back", {})
    assert one.run("backup", str(tmp_path / "first")).returncode == 0
    into = middle.run("restore", str(tmp_path / "first"))
    assert into.returncode == 0, into.stderr
    assert _flaws(middle) == []
    assert middle.run("backup", str(tmp_path / "second")).returncode == 0
    assert back.run("restore", str(tmp_path / "second")).returncode == 0
    assert back.rows() == one.rows()
    assert _flaws(back) == []


def test_a_second_backup_into_the_same_folder_copies_no_original_again(
    data: Path, tmp_path: Path
) -> None:
    place, kept = Place(data, {}), tmp_path / "kept"
    assert place.run("backup", str(kept)).returncode == 0
    originals = {path: path.stat().st_ino for path in (kept / "objects" / "sha256").rglob("*")}
    assert place.run("backup", str(kept)).returncode == 0
    assert {path: path.stat().st_ino for path in originals} == originals
    assert len(list(kept.glob("database-*"))) == 1
    assert not list(kept.rglob("*.partial"))


def test_a_backup_without_some_bytes_is_made_and_says_so(data: Path, tmp_path: Path) -> None:
    place, kept = Place(data, {}), tmp_path / "kept"
    gone, broken = sorted(p for p in (data / "blobs" / "sha256").rglob("*") if p.is_file())[:2]
    gone.unlink()
    broken.write_bytes(b"something else")
    made = place.run("backup", str(kept))
    assert made.returncode == 1
    manifest = json.loads((kept / "manifest.json").read_text())
    assert sorted(lost["why"] for lost in manifest["lost"]) == ["damaged", "missing"]
    two = Place(tmp_path / "two", {})
    restored = two.run("restore", str(kept))
    assert "2 recordings or photos have no bytes here" in restored.stdout
    # Phones that still have them are asked: the rows say so.
    assert sum("object_missing" in row for row in two.rows()["media"]) == 2


def test_nothing_is_overwritten_without_consent_and_the_old_is_kept(
    data: Path, tmp_path: Path
) -> None:
    place, kept = Place(data, {}), tmp_path / "kept"
    assert place.run("backup", str(kept)).returncode == 0
    before = place.rows()
    assert place.run("restore", str(kept)).returncode == 2
    assert place.rows() == before
    assert place.run("restore", str(kept), "--replace").returncode == 0
    (old,) = data.glob("before-restore-*/suixing.db")
    assert Place(old.parent, {}).rows() == before


def test_a_damaged_backup_is_refused_before_anything_is_touched(data: Path, tmp_path: Path) -> None:
    kept, two = tmp_path / "kept", Place(tmp_path / "two", {})
    assert Place(data, {}).run("backup", str(kept)).returncode == 0
    file = next(path for path in (kept / "objects").rglob("*") if path.is_file())
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    refused = two.run("restore", str(kept))
    assert refused.returncode == 2
    assert "not as it was written" in refused.stderr
    assert not (two.data / "suixing.db").exists()
    (kept / "manifest.json").unlink()
    assert two.run("restore", str(kept)).returncode == 2


def test_a_restore_is_refused_while_the_server_runs(data: Path, tmp_path: Path) -> None:
    place, kept = Place(data, {}), tmp_path / "kept"
    server = Server(data)
    server.start()
    try:
        assert place.run("backup", str(kept)).returncode == 0
        refused = place.run("restore", str(kept), "--replace")
    finally:
        server.kill()
    assert refused.returncode == 2
    assert "stop it first" in refused.stderr


def test_a_restore_into_postgresql_keeps_the_old_schema(
    data: Path, tmp_path: Path, postgres_url: str
) -> None:
    place = Place(tmp_path / "pg", {"SUIXING_DATABASE_URL": postgres_url})
    assert Place(data, {}).run("backup", str(tmp_path / "kept")).returncode == 0
    assert place.run("restore", str(tmp_path / "kept")).returncode == 0
    assert place.run("restore", str(tmp_path / "kept")).returncode == 2
    again = place.run("restore", str(tmp_path / "kept"), "--replace")
    assert "schema before_restore_" in again.stdout, again.stderr
