"""The client's own engine, as several phones, against a real server (frontend/tests-live)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import ROOT, Server, run_command

BIN = Path(sys.executable).parent


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data")
    made.start()
    yield made
    made.kill()


def _token(data: Path, email: str) -> str:
    run_command(
        data, "user", "add", email, "--name", email, "--password-stdin", stdin="wu-jia-shan-7"
    )
    return run_command(data, "token", "create", email, "--name", "phone").strip()


def test_simulated_phones_converge_on_a_real_server(server: Server) -> None:
    run_phones(server, "tests-live", {})


def run_phones(server: Server, folder: str, environment: dict[str, str]) -> None:
    """Run the live tests of a folder of the client as phones of two people."""
    told = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "SUIXING_TEST_URL": server.url,
        "SUIXING_TEST_TOKEN": _token(server.data, "aide@example.org"),
        "SUIXING_TEST_STRANGER": _token(server.data, "stranger@example.org"),
        "SUIXING_TEST_LIVE": folder,
    }
    npm = BIN / "npm"
    assert npm.is_file(), "run `make setup`: npm is missing from the environment"
    done = subprocess.run(
        [str(npm), "run", "test:live"],
        cwd=ROOT / "frontend",
        env=told | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
