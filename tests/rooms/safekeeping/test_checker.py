"""The checker finds each kind of damage in a real data folder, and nothing in a sound one."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from services.bootstrap import build_house, safekeeping_place
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.safekeeping import MENDS, Flaw, check_data


def check(data: Path, *, quick: bool = False) -> list[Flaw]:
    house = build_house(Settings(data=data))
    try:
        return list(check_data(safekeeping_place(house), quick=quick))
    finally:
        house.close()


def codes(data: Path, *, quick: bool = False) -> set[str]:
    return {flaw.code for flaw in check(data, quick=quick)}


def run(data: Path, statement: str, *values: object) -> None:
    """Damage the database behind the program's back."""
    with closing(sqlite3.connect(data / "suixing.db")) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0, statement


def ask(data: Path, query: str) -> tuple[str, ...]:
    with closing(sqlite3.connect(data / "suixing.db")) as connection:
        found: tuple[str, ...] = connection.execute(query).fetchone()
        return found


def original(data: Path) -> Path:
    (sha256,) = ask(data, "SELECT sha256 FROM media_blob ORDER BY sha256")
    return data / "blobs" / "sha256" / sha256[:2] / sha256[2:]


def test_a_sound_folder_has_no_flaw(data: Path) -> None:
    for table in ("claim", "claim_term", "contradiction", "segment", "media_blob"):
        assert int(ask(data, f"SELECT count(*) FROM {table}")[0]) > 0, table
    assert list((data / "blobs" / "derived").rglob("v1-*"))
    assert check(data) == []


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("head_without_row", "DELETE FROM note WHERE id = (SELECT max(id) FROM note)"),
        ("row_without_head", "DELETE FROM sync_head WHERE entity = 'matter'"),
        ("log_without_head", "DELETE FROM sync_head WHERE entity = 'matter'"),
        ("log_missing", "DELETE FROM sync_change WHERE entity = 'matter'"),
        ("number_missing", "DELETE FROM sync_change WHERE entity = 'matter'"),
        ("row_differs", "UPDATE note SET text = text || '改'"),
        ("row_differs", "UPDATE stop SET created_by = NULL"),
        ("head_differs", "UPDATE sync_head SET deleted = 1, deleted_seq = 3 WHERE entity = 'stop'"),
        ("head_differs", "UPDATE sync_head SET seq = seq + 1 WHERE entity = 'question'"),
        ("head_differs", "UPDATE sync_head SET stamps = '{}' WHERE entity = 'question'"),
        (
            "contest_unfounded",
            """UPDATE sync_head SET contested = '{"text": [{"value": "一", "by": "u", "at": "t"}]}'
               WHERE entity = 'question'""",
        ),
        ("number_doubled", "UPDATE sync_change SET seq = 2 WHERE seq = 3"),
        ("number_beyond", "UPDATE sync_scope SET seq = seq - 1"),
        ("number_missing", "UPDATE sync_scope SET seq = seq + 1"),
        (
            "number_lost",
            "INSERT INTO sync_lost SELECT id, 1, 5, '2026-11-24T00:00:00.000Z' FROM sync_scope",
        ),
        ("stored_without_bytes", "DELETE FROM media_blob"),
        ("object_unknown", "DELETE FROM media_blob"),
        ("bytes_unsaid", "UPDATE media SET processing = 'expected'"),
        ("bytes_without_media", "UPDATE media_blob SET media = trip"),
        ("object_damaged", "UPDATE media_blob SET size = size + 1"),
        ("segment_broken", "UPDATE segment SET media = trip"),
        ("segment_broken", "UPDATE segment SET transcript = trip"),
        ("segment_broken", "UPDATE segment SET end_ms = -1"),
        ("claim_broken", "UPDATE claim SET record = trip"),
        ("claim_broken", 'UPDATE claim SET "end" = 900000'),
        (
            "term_without_claim",
            "UPDATE claim_term SET record = trip WHERE term = (SELECT max(term) FROM claim_term)",
        ),
        ("flag_broken", "UPDATE contradiction SET a = json_set(a, '$.record', trip)"),
        ("flag_broken", "UPDATE contradiction SET b = json_set(b, '$.quote', '别的话')"),
        (
            "job_without_media",
            "UPDATE job SET payload = '{\"media\": \"x\"}' WHERE state = 'queued'",
        ),
        ("reference_broken", "UPDATE media_blob SET trip = media"),
    ],
)
def test_a_planted_fault_is_found(data: Path, code: str, statement: str) -> None:
    run(data, statement)
    assert code in codes(data, quick=True)


def test_bytes_that_changed_are_found_by_their_hash(data: Path) -> None:
    file = original(data)
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    assert codes(data) == {"object_damaged"}
    assert codes(data, quick=True) == set()


def test_bytes_that_are_gone_are_found(data: Path) -> None:
    original(data).unlink()
    assert codes(data, quick=True) == {"object_missing"}


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("object_unknown", "sha256/00/" + "0" * 62),
        ("object_unknown", "derived/00/" + "0" * 62 + "/v1-peaks.json"),
        ("derivative_unknown", "derived/{}/v0-peaks.json"),
    ],
)
def test_an_object_that_nothing_knows_is_found(data: Path, code: str, key: str) -> None:
    known = original(data)
    file = data / "blobs" / key.format(f"{known.parent.name}/{known.name}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"stray")
    assert codes(data) == {code}


def test_staged_bytes_that_belong_to_nothing_or_are_too_many_are_found(data: Path) -> None:
    stray, known = new_id(), new_id()
    (data / "uploads").mkdir(exist_ok=True)
    (data / "uploads" / stray).write_bytes(b"stray")
    assert codes(data, quick=True) == {"upload_unknown"}
    run(data, "UPDATE upload SET finished = 0, length = 3, id = ? WHERE rowid = 1", known)
    (data / "uploads" / stray).rename(data / "uploads" / known)
    assert codes(data, quick=True) == {"upload_too_long"}


def test_a_torn_page_is_found(data: Path) -> None:
    with closing(sqlite3.connect(data / "suixing.db")) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        page = connection.execute("PRAGMA page_size").fetchone()[0]
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_sync_change_record'"
        ).fetchone()
    with (data / "suixing.db").open("r+b") as file:
        file.seek((root - 1) * page)
        file.write(b"\xff" * page)
    assert codes(data, quick=True) == {"database_damaged"}


def test_every_flaw_says_what_to_do() -> None:
    assert all(MENDS.values())
    assert Flaw("row_differs", "note 1: text").mend == MENDS["row_differs"]


def test_doctor_tells_people_and_programs(
    data: Path, capsys: pytest.CaptureFixture[str], suixing: Callable[..., int]
) -> None:
    assert suixing("doctor", "--check-data", "--data", str(data)) == 0
    assert "rows, log and bytes agree" in capsys.readouterr().out
    run(data, "UPDATE note SET text = text || '改' WHERE id = (SELECT max(id) FROM note)")
    (note,) = ask(data, "SELECT max(id) FROM note")
    assert suixing("doctor", "--data", "--quick", environment_data=data) == 1
    told = capsys.readouterr().out
    assert f"note {note}: text" in told
    assert MENDS["row_differs"] in told
    assert "改" not in told
    assert suixing("doctor", "--check-data", "--json", "--data", str(data)) == 1
    (flaw, *_) = json.loads(capsys.readouterr().out)
    assert flaw["mend"]
