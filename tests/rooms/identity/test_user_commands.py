"""`suixing user` and `suixing token`, run as the operator runs them."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.identity import Attempt, LoginGuard, actor_by_token, sign_in
from services.kernel.db import Database
from services.kernel.errors import Unauthenticated
from services.kernel.settings import Settings

EMAIL = "Song@example.org"


def run(folder: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"SUIXING_DATA": str(folder)},
        cwd=Path(__file__).parents[3],
    )


def enters(folder: Path, password: str) -> bool:
    db = Database(Settings(data=folder).resolved_database_url)
    try:
        sign_in(db, LoginGuard(), Attempt(EMAIL, password), now=datetime.now(UTC))
    except Unauthenticated:
        return False
    finally:
        db.dispose()
    return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one account, made where nothing was before."""
    made = tmp_path / "data"
    words = ("user", "add", EMAIL, "--name", "宋岚", "--admin", "--password-stdin")
    done = run(made, *words, given="long enough\n")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return made


def test_an_added_user_signs_in_with_the_password_from_standard_input(folder: Path) -> None:
    assert enters(folder, "long enough")
    again = run(folder, "user", "add", EMAIL, "--name", "别人")
    assert again.returncode == 1
    assert "email_taken" in again.stderr


def test_a_token_stands_alone_on_standard_output_and_signs_in(folder: Path) -> None:
    done = run(folder, "token", "create", EMAIL, "--name", "脚本")
    assert done.returncode == 0, done.stderr
    (token,) = done.stdout.splitlines()
    db = Database(Settings(data=folder).resolved_database_url)
    with db.read() as session:
        found = actor_by_token(session, token, datetime.now(UTC))
    db.dispose()
    assert found is not None
    assert (found.actor.name, found.actor.admin) == ("宋岚", True)
    assert run(folder, "token", "create", "nobody@x.y", "--name", "t").returncode == 1


def test_a_reset_password_replaces_the_old_one_and_is_printed_when_made_up(folder: Path) -> None:
    done = run(folder, "user", "reset-password", EMAIL)
    assert done.returncode == 0, done.stderr
    (password,) = done.stdout.splitlines()
    assert enters(folder, password)
    assert not enters(folder, "long enough")


def test_a_disabled_account_stays_out_until_it_is_enabled(folder: Path) -> None:
    assert run(folder, "user", "disable", EMAIL).returncode == 0
    assert not enters(folder, "long enough")
    assert run(folder, "user", "list").stdout == "song@example.org\t宋岚\tadmin,disabled\n"
    assert run(folder, "user", "enable", EMAIL).returncode == 0
    assert enters(folder, "long enough")


def test_a_users_room_is_limited_and_told(tmp_path: Path) -> None:
    run(tmp_path, "user", "add", EMAIL, "--name", "小宋")
    told = [
        run(tmp_path, "user", "quota", EMAIL, *words).stdout
        for words in ([], ["5k"], [], ["20G"], ["0"], ["7"], ["default"])
    ]
    limits = [0, 5 * 1024, 5 * 1024, 20 * 1024**3, 0, 7, 0]
    assert told == [f"{limit}\t0\n" for limit in limits]
    for words in ([EMAIL, "many"], [EMAIL, "-5"], ["nobody@example.org", "5"]):
        assert run(tmp_path, "user", "quota", *words).returncode != 0
