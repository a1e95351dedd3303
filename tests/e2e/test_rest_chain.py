"""By REST alone, from the contract: account and token by command, then push, tus, pull."""

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.kernel.ids import new_id
from tests.support.server import ROOT, Server, run_command

SAMPLE = ROOT / "tests" / "data" / "whisper-tiny" / "samples" / "en-road-2021.webm"
DEVICE = "restclient1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data")
    yield made
    made.kill()


def make_client(server: Server) -> httpx.Client:
    run_command(
        server.data, "user", "add", "aide@example.org", "--name", "小宋", "--password-stdin",
        stdin="a long password 2026\n",
    )  # fmt: skip
    token = run_command(server.data, "token", "create", "aide@example.org", "--name", "rest")
    assert token.strip() == token.rstrip("\n"), "the token alone on stdout"
    headers = {"Authorization": f"Bearer {token.strip()}"}
    return httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=30)


def push(client: httpx.Client, trip: str, *changes: tuple[str, str, dict[str, Any]]) -> None:
    now = int(time.time() * 1000)
    body = {
        "schema": 1,
        "device": DEVICE,
        "now": now,
        "changes": [
            {
                "id": new_id(),
                "entity": e,
                "record": r,
                "fields": f,
                "hlc": f"{now}-{i:04x}-{DEVICE}",
            }
            for i, (e, r, f) in enumerate(changes)
        ],
    }
    answer = client.post(f"/sync/{trip}/push", json=body)
    assert answer.status_code == 200, answer.text
    assert {each["status"] for each in answer.json()["results"]} == {"applied"}, answer.text


def upload(client: httpx.Client, trip: str, media: str, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    told = {"trip": trip, "media": media, "sha256": digest}
    metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())
    tus = {"Tus-Resumable": "1.0.0"}
    made = client.post(
        "/uploads", headers=tus | {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
    )
    assert made.status_code == 201, made.text
    location = made.headers["Location"].removeprefix("/api/v1")
    half = len(content) // 2
    for start, piece in ((0, content[:half]), (half, content[half:])):
        headers = tus | {
            "Upload-Offset": str(start),
            "Content-Type": "application/offset+octet-stream",
        }
        answer = client.patch(location, content=piece, headers=headers)
        assert answer.status_code == 204, answer.text


def wait_for(look: Callable[[], Any], seconds: float = 90) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.3)
    raise AssertionError("it did not happen in time")


def test_a_note_and_a_recording_that_differ_end_as_a_contradiction(server: Server) -> None:
    server.start()
    with make_client(server) as client:
        differ_and_be_flagged(client)


def differ_and_be_flagged(client: httpx.Client) -> None:
    trip, note, media, mark, speaker, other = (new_id() for _ in range(6))
    content = SAMPLE.read_bytes()
    push(
        client, trip,
        ("trip", trip, {"kind": "research", "title": "Road visit", "languages": ["en"]}),
        ("person", speaker, {"name": "Lin Wei", "role": "manager"}),
        ("person", other, {"name": "Zhao Min", "role": "village head"}),
        ("note", note, {
            "kind": "quote", "text": "The village road was finished in 2019.", "speaker": speaker,
            "said_at": "2026-11-18T02:00:00Z",
        }),
        ("media", media, {
            "kind": "audio", "mime": "audio/webm", "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(), "captured_at": "2026-11-18T03:00:00Z",
        }),
        ("mark", mark, {"media": media, "at_ms": 0, "kind": "speaker", "person": other}),
    )  # fmt: skip
    upload(client, trip, media, content)

    def rows(entity: str) -> list[dict[str, Any]]:
        pulled = client.get(f"/sync/{trip}/pull").json()["rows"]
        return [row for row in pulled if row["entity"] == entity and not row["deleted"]]

    (flag,) = wait_for(lambda: rows("contradiction"))
    (segment,) = rows("segment")
    assert segment["fields"]["text"] == "The village road was finished in 2021."
    assert segment["fields"]["speaker"] == other
    (transcript,) = wait_for(
        lambda: [row for row in rows("transcript") if row["fields"]["state"] == "done"]
    )
    assert transcript["fields"]["media"] == media
    a, b = flag["fields"]["a"], flag["fields"]["b"]
    assert (a["entity"], a["record"], a["speaker"]) == ("note", note, speaker)
    assert (b["entity"], b["record"], b["speaker"]) == ("segment", segment["record"], other)
    assert b["media"] == media
    assert b["quote"] == segment["fields"]["text"][b["start"] : b["end"]]
    assert "2019" in a["value"]
    assert "2021" in b["value"]
    got = client.get(f"/media/{media}/content", headers={"Range": "bytes=0-99"})
    assert (got.status_code, got.content) == (206, content[:100])
    playable = wait_for(
        lambda: (found := client.get(f"/media/{media}/playable")).status_code == 200 and found
    )
    assert playable.headers["content-type"].startswith("audio/")
