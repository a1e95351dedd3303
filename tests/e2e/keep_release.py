"""Keeps what later versions have to be able to open: run once per release of the client.

`python -m tests.e2e.keep_release VERSION` takes the build in frontend/dist (or `--client FOLDER`),
lives through half a trip in it, and writes tests/data/released/VERSION.tar.xz (the client itself)
and frontend/tests/phones/VERSION.json.gz.b64 (the phone's database in the middle of the trip).
"""

import argparse
import base64
import gzip
import tarfile
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e import aide, mid_trip
from tests.e2e.browser import PHONE, Browser
from tests.support.holding_proxy import Proxy
from tests.support.released import RELEASED, Gate
from tests.support.server import ROOT, Server

PHONES = ROOT / "frontend" / "tests" / "phones"


def main() -> None:
    """Write both files and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", help="a name that sorts after the earlier ones, such as 0.2")
    parser.add_argument("--client", type=Path, default=ROOT / "frontend" / "dist")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = _live_half_a_trip(given.client, Path(folder))
    phone = PHONES / f"{given.version}.json.gz.b64"
    phone.write_bytes(base64.encodebytes(gzip.compress(text.encode(), 9, mtime=0)))
    client = RELEASED / f"{given.version}.tar.xz"
    with tarfile.open(client, "w:xz") as packed:
        for path in sorted(given.client.iterdir()):
            packed.add(path, path.name, filter=_anonymous)
    for path in (phone, client):
        print(path.relative_to(ROOT), path.stat().st_size, "bytes")  # noqa: T201


def _live_half_a_trip(client: Path, folder: Path) -> str:
    server = Server(folder / "data")
    server.start()
    gate = Gate(client)
    photo = aide.draw_photo(folder / "well.jpg")
    try:
        with Proxy(server.port) as proxy, sync_playwright() as driver:
            proxy.judge = gate
            with Browser(driver, folder / "phone", PHONE) as phone:
                page = phone.open(proxy.url)
                mid_trip.begin(page, server, proxy.url)
                mid_trip.go_on_unsent(page, gate, photo)
                return mid_trip.dump(page)
    finally:
        server.kill()


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    main()
