"""Clients as they were released, kept in tests/data/released: served to a browser unchanged."""

import mimetypes
import tarfile
from dataclasses import dataclass
from pathlib import Path

from api.static import SECURITY_HEADERS
from tests.support.faulty_proxy import refusal
from tests.support.holding_proxy import PASS, Asked, Fate
from tests.support.server import ROOT

RELEASED = ROOT / "tests" / "data" / "released"
_NO_SUCH = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def versions() -> list[str]:
    """Names of all released clients, oldest first."""
    return sorted(path.name.removesuffix(".tar.xz") for path in RELEASED.glob("*.tar.xz"))


def unpack(version: str, folder: Path) -> Path:
    """The build of a released client."""
    with tarfile.open(RELEASED / f"{version}.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    return folder


@dataclass
class Gate:
    """A judge for the proxy: which client is served, and whether the API can be reached.

    `client` None = the server's own, today's."""

    client: Path | None
    is_open: bool = True

    def __call__(self, asked: Asked) -> Fate:
        if asked.path.startswith("/api/"):
            return PASS if self.is_open else Fate(answer=refusal(503))
        return PASS if self.client is None else Fate(answer=_file(self.client, asked.path))


def _file(folder: Path, path: str) -> bytes:
    wanted = folder / path.partition("?")[0].lstrip("/")
    if not wanted.is_file():
        if wanted.suffix:
            return _NO_SUCH
        wanted = folder / "index.html"
    kind = mimetypes.guess_type(wanted.name)[0] or "application/octet-stream"
    if wanted.suffix == ".webmanifest":
        kind = "application/manifest+json"
    content = wanted.read_bytes()
    headers = SECURITY_HEADERS | {
        "Content-Type": kind,
        "Content-Length": str(len(content)),
        "Cache-Control": "no-cache",
        "Connection": "close",
    }
    lines = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content
