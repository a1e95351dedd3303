"""Files of unfinished uploads: what is appended stays; one writer at a time in all processes."""

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kernel.errors import Locked, Mismatch, TooLarge
from services.kernel.ids import new_id
from services.media import Expectation, Staging, Stalled, receive, tus

UPLOAD = new_id()
HOLD = """
import sys
from pathlib import Path
from services.media.staging import Staging
with Staging(Path(sys.argv[1])).claim(sys.argv[2]) as file:
    file.append(b"abc")
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    return Staging(tmp_path / "uploads")


async def body(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def silent(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    await asyncio.Event().wait()


def test_another_process_is_locked_out_until_this_one_dies(staging: Staging) -> None:
    command = [sys.executable, "-c", HOLD, str(staging.folder), UPLOAD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Locked):
            staging.claim(UPLOAD)
        assert staging.offset(UPLOAD) == 3
        other.kill()
        other.wait()
        with staging.claim(UPLOAD) as file:
            file.append(b"def")
    assert staging.path(UPLOAD).read_bytes() == b"abcdef"


def test_the_lock_holds_within_one_process_too(staging: Staging) -> None:
    with staging.claim(UPLOAD), pytest.raises(Locked):
        staging.claim(UPLOAD)
    staging.claim(UPLOAD).close()


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "", "a" * 36, UPLOAD.upper()])
def test_only_an_id_names_a_file(staging: Staging, name: str) -> None:
    with pytest.raises(ValueError, match="not an upload id"):
        staging.claim(name)


def test_the_digest_is_of_what_is_on_disk(staging: Staging) -> None:
    with staging.claim(UPLOAD) as file:
        file.append(b"abc")
        staging.path(UPLOAD).write_bytes(b"abX")
        assert file.sha256() == hashlib.sha256(b"abX").hexdigest()


def test_a_silent_connection_gives_up_the_file_and_keeps_the_bytes(staging: Staging) -> None:
    expected = Expectation(length=100, idle_seconds=0.05)
    with staging.claim(UPLOAD) as file, pytest.raises(Stalled):
        asyncio.run(receive(silent(b"abc"), file, expected))
    assert staging.path(UPLOAD).read_bytes() == b"abc"


def test_a_body_that_breaks_off_keeps_its_bytes(staging: Staging) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"abc"
        raise ConnectionError

    with staging.claim(UPLOAD) as file, pytest.raises(ConnectionError):
        asyncio.run(receive(broken(), file, Expectation(length=100)))
    assert staging.offset(UPLOAD) == 3


def test_too_long_or_wrong_bodies_leave_what_was_there(staging: Staging) -> None:
    with staging.claim(UPLOAD) as file:
        assert asyncio.run(receive(body(b"a", b"", b"bc"), file, Expectation(length=5))) == 3
        with pytest.raises(TooLarge):
            asyncio.run(receive(body(b"d", b"ef"), file, Expectation(length=5)))
        wrong = tus.Checksum("sha1", bytes(20))
        with pytest.raises(Mismatch):
            asyncio.run(receive(body(b"de"), file, Expectation(5, wrong)))
    assert staging.path(UPLOAD).read_bytes() == b"abc"
