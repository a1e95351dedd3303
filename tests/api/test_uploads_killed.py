"""A real server, killed in the middle of a PATCH: what it said it has, it has."""

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from services.bootstrap import build_house
from services.identity import NewUser, add_user, create_token
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from tests.support.server import Server
from tests.support.tus import BYTES, metadata

DATA = os.urandom(1024 * 1024) * 12
HALF = len(DATA) // 2


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def phone(server: Server) -> Iterator[httpx.Client]:
    """A signed-in client without a device of its own."""
    house = build_house(Settings(data=server.data))
    with house.db.write() as session:
        user = add_user(session, NewUser(email="kill@example.org", name="小宋"))
        token, _ = create_token(session, user.id, name="test")
    house.close()
    headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30) as client:
        yield client


def announce_row(phone: httpx.Client, data: bytes = DATA) -> dict[str, str]:
    """A trip and the row of a recording; returns the headers that announce its bytes."""
    trip, media = new_id(), new_id()
    now = int(time.time() * 1000)
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("trip", trip, {"kind": "research", "title": "石渡村"}),
        ("media", media, {"kind": "file", "sha256": hashlib.sha256(data).hexdigest()}),
    ]
    changes = [
        {
            "id": new_id(),
            "entity": entity,
            "record": record,
            "fields": fields,
            "hlc": f"{now:013d}-{count:04x}-phone001",
        }
        for count, (entity, record, fields) in enumerate(rows)
    ]
    body = {"schema": 1, "device": "phone001", "now": now, "changes": changes}
    results = phone.post(f"/api/v1/sync/{trip}/push", json=body).json()["results"]
    assert [result["status"] for result in results] == ["applied", "applied"], results
    return {
        "Upload-Length": str(len(data)),
        "Upload-Metadata": metadata(trip=trip, media=media),
    }


def announce(phone: httpx.Client) -> str:
    """Begin an upload of a new recording; returns its address."""
    made = phone.post("/api/v1/uploads", headers=announce_row(phone))
    assert made.status_code == 201, made.text
    return made.headers["location"]


def stored(phone: httpx.Client, url: str) -> int:
    return int(phone.head(url).headers["upload-offset"])


def begin_patch(phone: httpx.Client, url: str, offset: int) -> socket.socket:
    """Send the head of a PATCH for all that is missing, and half of it, and leave it there."""
    return begin(phone, f"PATCH {url}", {"Upload-Offset": str(offset)}, DATA[offset:])


def begin(phone: httpx.Client, what: str, headers: dict[str, str], body: bytes) -> socket.socket:
    """Send the head of a request, and half of its body, and leave it there."""
    base = urlsplit(str(phone.base_url))
    line = socket.create_connection((base.hostname, base.port))
    head = {
        "Host": base.netloc,
        "Authorization": phone.headers["authorization"],
        "Tus-Resumable": "1.0.0",
        "Content-Type": BYTES,
        "Content-Length": str(len(body)),
    }
    told = "".join(f"{name}: {value}\r\n" for name, value in (head | headers).items())
    line.sendall(f"{what} HTTP/1.1\r\n{told}\r\n".encode())
    line.sendall(body[: len(body) // 2])
    return line


def await_bytes(phone: httpx.Client, url: str, at_least: int) -> None:
    end = time.monotonic() + 20
    while stored(phone, url) < at_least:
        assert time.monotonic() < end, "the bytes did not arrive"
        time.sleep(0.05)


def test_killed_in_mid_patch_it_goes_on_where_its_disk_ends(
    server: Server, phone: httpx.Client
) -> None:
    url = announce(phone)
    with begin_patch(phone, url, 0):
        await_bytes(phone, url, HALF)
        # Held by the first connection, which still owes the other half.
        busy = phone.patch(url, headers={"Upload-Offset": str(HALF), "Content-Type": BYTES})
        assert (busy.status_code, busy.json()["code"]) == (423, "upload_locked")
        server.kill()
    server.start()
    offset = stored(phone, url)
    assert offset == HALF
    headers = {"Upload-Offset": str(offset), "Content-Type": BYTES}
    last = phone.patch(url, content=DATA[offset:], headers=headers)
    assert last.status_code == 204, last.text
    blobs = [path for path in (server.data / "blobs" / "sha256").rglob("*") if path.is_file()]
    assert [hashlib.sha256(path.read_bytes()).digest() for path in blobs] == [
        hashlib.sha256(DATA).digest()
    ]


def test_a_client_that_drops_in_mid_patch_leaves_the_lock_free(phone: httpx.Client) -> None:
    url = announce(phone)
    with begin_patch(phone, url, 0):
        await_bytes(phone, url, HALF)
    end = time.monotonic() + 20
    while True:
        offset = stored(phone, url)
        headers = {"Upload-Offset": str(offset), "Content-Type": BYTES}
        answer = phone.patch(url, content=DATA[offset:], headers=headers)
        if answer.status_code != 423:
            break
        assert time.monotonic() < end, "the lock was not given back"
        time.sleep(0.05)
    assert (offset, answer.status_code) == (HALF, 204)


def test_a_photo_whose_connection_broke_goes_on_where_it_broke(phone: httpx.Client) -> None:
    photo = DATA[:300_000]
    headers = announce_row(phone, photo)
    begin(phone, "POST /api/v1/uploads", headers, photo).close()
    end = time.monotonic() + 20
    while True:
        made = phone.post("/api/v1/uploads", headers=headers)
        offset = int(made.headers["upload-offset"])
        if offset > 0:
            break
        assert time.monotonic() < end, "what came was not kept"
        time.sleep(0.05)
    assert (made.status_code, offset) == (201, len(photo) // 2)
    told = {"Upload-Offset": str(offset), "Content-Type": BYTES}
    last = phone.patch(made.headers["location"], content=photo[offset:], headers=told)
    assert last.status_code == 204, last.text
