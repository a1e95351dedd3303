"""A phone that sends bytes by tus, in whole or in pieces, and the worker that derives from them."""

import base64
import hashlib
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.bootstrap import House
from services.jobs import Claimant
from services.jobs.claims import claim
from services.jobs.run import Run, execute
from services.kernel.clock import SystemClock
from services.kernel.ids import new_id
from tests.support.house import Caller

URL = "/api/v1/uploads"
BYTES = "application/offset+octet-stream"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def metadata(**told: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())


def checksum(data: bytes, algorithm: str = "sha1") -> str:
    digest = hashlib.new(algorithm, data).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def is_problem(response: Any, status: int, code: str) -> bool:
    """Assert a problem of tus with this status and code."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["tus-resumable"] == "1.0.0"
    assert (body["status"], body["code"]) == (status, code), body
    return True


@dataclass
class Tus:
    """One caller's uploads."""

    caller: Caller

    def announce(self, trip: str, data: bytes, **fields: Any) -> str:
        """Sync the row of a media; returns its id. A field given as None is not sent at all."""
        media = new_id()
        told: dict[str, Any] = {"kind": "photo", "mime": "image/jpeg"}
        told |= {"sha256": sha256(data), "size": len(data)}
        told = {name: value for name, value in (told | fields).items() if value is not None}
        change = self.caller.change("media", media, told)
        (result,) = self.caller.results(trip, change)
        assert result["status"] == "applied", result
        return media

    def post(self, media: str, length: int | None, body: bytes = b"", **headers: str) -> Any:
        told = {"Upload-Metadata": metadata(media=media)}
        told |= {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
        if body:
            told["Content-Type"] = BYTES
        return self._send("POST", URL, body, told | _named(headers))

    def patch(self, url: str, offset: int, body: bytes, **headers: str) -> Any:
        told = {"Upload-Offset": str(offset), "Content-Type": BYTES}
        return self._send("PATCH", url, body, told | _named(headers))

    def head(self, url: str) -> Any:
        return self._send("HEAD", url)

    def offset(self, url: str) -> int:
        return int(self.head(url).headers["Upload-Offset"])

    def delete(self, url: str) -> Any:
        return self._send("DELETE", url)

    def send(self, trip: str, data: bytes, **fields: Any) -> str:
        """Announce and upload in one request; returns the media's id."""
        media = self.announce(trip, data, **fields)
        response = self.post(media, len(data), data)
        assert response.status_code == 201, response.text
        return media

    def get(self, media: str, what: str = "content", **headers: str) -> Any:
        url = f"/api/v1/media/{media}/{what}"
        return self.caller.client.get(url, headers=self.caller.headers | headers)

    def row(self, trip: str, media: str) -> dict[str, Any]:
        """The media's fields as a device pulls them."""
        fields: dict[str, Any] = self.caller.row(trip, media)["fields"]
        return fields

    def _send(
        self, method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Any:
        told = self.caller.headers | {"Tus-Resumable": "1.0.0"} | (headers or {})
        told = {name: value for name, value in told.items() if value}
        return self.caller.client.request(method, url, content=body or None, headers=told)


def _named(headers: dict[str, str]) -> dict[str, str]:
    """Upload_Offset="" as a keyword is the header Upload-Offset, left out."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def run_jobs(house: House, *kinds: str) -> list[str]:
    """Do what is due now, as the worker would; returns the kinds of jobs done."""
    who = Claimant("test", timedelta(minutes=5), SystemClock())
    done = []
    while True:
        with house.db.write() as session:
            job = claim(session, who, "light", kinds or ("derive_media",))
        if job is None:
            return done
        execute(Run(house.db, job, who, threading.Event()), house.jobs.of(job.kind))
        done.append(job.kind)
