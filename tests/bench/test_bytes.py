"""Photos and one large file by tus against a real server: processor seconds per 100 MB, memory.

Sent as the phone's client sends them (frontend/src/api/tus.ts): a file of one piece with its
announcement, a larger one announced first; on one connection, with the same headers.
"""

import hashlib
import os
import random
from base64 import b64encode
from pathlib import Path

import httpx

from services.kernel.ids import new_id
from tests.bench.fleet import Cost, Device, open_fleet
from tests.bench.report import Report

PHOTOS = int(os.environ.get("BENCH_PHOTOS", "300"))
PHOTO_BYTES = 300_000
FILE_BYTES = int(os.environ.get("BENCH_FILE_MB", "200")) * 1_000_000
# The phone sends pieces of 1 MiB; larger ones keep the single file comparable with the rival's run.
PIECE = 5_000_000
# Up to which size the phone sends a file with its announcement: its PIECE_BYTES.
WITH_POST = 1024 * 1024
BYTES = {"Content-Type": "application/offset+octet-stream"}
# What @tus/server needs, in processor seconds of the API per 100 MB.
MOST_SECONDS = {"photos": 1.8, "one file": 0.51}
MOST_PEAK_MB = 155


def test_photos_and_a_large_file_are_sent(tmp_path: Path) -> None:
    report = Report("bytes", {"photos": PHOTOS, "file_mb": FILE_BYTES // 1_000_000})
    draw = random.Random(11)
    with open_fleet(tmp_path) as fleet:
        device = fleet.device()
        trip = device.make_trip()
        photos = [draw.randbytes(PHOTO_BYTES) for _ in range(PHOTOS)]
        medias = _announce(device, trip, photos)
        sent = fleet.measure(
            lambda: [_send(device, trip, *pair) for pair in zip(medias, photos, strict=True)]
        )
        report.add("photos", _per_100_mb(sent, PHOTOS * PHOTO_BYTES))
        whole = draw.randbytes(1_000_000) * (FILE_BYTES // 1_000_000)
        (media,) = _announce(device, trip, [whole])
        large = fleet.measure(lambda: _send(device, trip, media, whole))
        report.add("one file", _per_100_mb(large, FILE_BYTES))
        growth = (large.peak_bytes - sent.peak_bytes) / 2**20
        report.add("one file, growth of peak memory", {"MB": round(growth)})
        for name, cost, size in (
            ("photos", sent, PHOTOS * PHOTO_BYTES),
            ("one file", large, FILE_BYTES),
        ):
            report.bound(f"{name}, CPU s per 100 MB", cost.api / size * 1e8, MOST_SECONDS[name])
        report.bound("peak MB", fleet.peak_bytes() / 2**20, MOST_PEAK_MB)
    report.write()
    report.check()


def _announce(device: Device, trip: str, contents: list[bytes]) -> list[str]:
    medias = [new_id() for _ in contents]
    changes = [
        device.change(
            "media",
            media,
            {
                "kind": "file",
                "mime": "application/octet-stream",
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            },
        )
        for media, content in zip(medias, contents, strict=True)
    ]
    for start in range(0, len(changes), 500):
        device.push(trip, changes[start : start + 500])
    return medias


def _send(device: Device, trip: str, media: str, content: bytes) -> None:
    pairs = {"trip": trip, "media": media, "sha256": hashlib.sha256(content).hexdigest()}
    told = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in pairs.items())
    headers = device.headers | {"Tus-Resumable": "1.0.0"}
    announced = headers | {"Upload-Length": str(len(content)), "Upload-Metadata": told}
    if len(content) <= WITH_POST:
        made = device.client.post("/api/v1/uploads", headers=announced | BYTES, content=content)
        assert (made.status_code, made.headers["Upload-Offset"]) == (201, str(len(content)))
        return
    made = device.client.post("/api/v1/uploads", headers=announced)
    assert made.status_code == 201, made.text
    for start in range(0, len(content), PIECE):
        answer = _patch(device.client, made.headers["Location"], headers, (start, content))
        assert answer.status_code == 204, answer.text


def _patch(
    client: httpx.Client, location: str, headers: dict[str, str], piece: tuple[int, bytes]
) -> httpx.Response:
    start, content = piece
    more = {"Upload-Offset": str(start)} | BYTES
    return client.patch(location, headers=headers | more, content=content[start : start + PIECE])


def _per_100_mb(cost: Cost, size: int) -> dict[str, float]:
    return {
        "api CPU s per 100 MB": round(cost.api / size * 1e8, 3),
        "worker CPU s per 100 MB": round(cost.worker / size * 1e8, 3),
        "MB/s": round(size / 1e6 / cost.wall, 1),
        "peak MB": round(cost.peak_bytes / 2**20),
    }
