"""A phone that speaks to a real server over HTTP: pushes rows, sends bytes, asks for custody."""

import hashlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from services.bootstrap import build_house
from services.identity import NewUser, add_user, create_token
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from tests.support.tus import BYTES, metadata

_CLIENT = Path(__file__).with_name("tus_client.mjs")
DEVICE = "phone001"


def make_token(settings: Settings) -> str:
    """An account in the (migrated) database of these settings; returns its token."""
    house = build_house(settings)
    with house.db.write() as session:
        user = add_user(session, NewUser(email="phone@example.org", name="小宋"))
        token, _ = create_token(session, user.id, name="test")
    house.close()
    return token


@dataclass
class Phone:
    """Signed in by a token at one address of the server."""

    url: str
    token: str
    trip: str = field(default_factory=new_id)
    _counter: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0"}
        self.http = httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def push(self, *rows: tuple[str, str, dict[str, Any]]) -> None:
        """Write rows (entity, record, fields) of the trip; the first push makes it."""
        now = int(time.time() * 1000)
        changes = [
            {
                "id": new_id(),
                "entity": entity,
                "record": record,
                "fields": fields,
                "hlc": f"{now:013d}-{next(self._counter):04x}-{DEVICE}",
            }
            for entity, record, fields in rows
        ]
        body = {"schema": 1, "device": DEVICE, "now": now, "changes": changes}
        answer = self.http.post(f"/api/v1/sync/{self.trip}/push", json=body)
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert {result["status"] for result in results} == {"applied"}, results

    def announce(self, data: bytes | None = None, **fields: Any) -> str:
        """The row of a file in a new trip, with its hash when the bytes are known."""
        media = new_id()
        told: dict[str, Any] = {"kind": "file"}
        if data is not None:
            told |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        self.push(
            ("trip", self.trip, {"kind": "research", "title": "石渡村"}),
            ("media", media, told | fields),
        )
        return media

    def post(self, media: str, length: int | None) -> str:
        """Begin an upload; returns its address."""
        told = {"Upload-Metadata": metadata(trip=self.trip, media=media)}
        told |= {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
        made = self.http.post("/api/v1/uploads", headers=told)
        assert made.status_code == 201, made.text
        location: str = made.headers["location"]
        return location

    def patch(self, url: str, offset: int, data: bytes, **headers: str) -> httpx.Response:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        told |= {"Upload-Offset": str(offset), "Content-Type": BYTES}
        return self.http.patch(url, content=data, headers=told)

    def offset(self, url: str) -> int:
        return int(self.http.head(url).headers["upload-offset"])

    def row(self, record: str) -> dict[str, Any]:
        rows = self.http.get(f"/api/v1/sync/{self.trip}/pull").json()["rows"]
        fields: dict[str, Any] = next(row["fields"] for row in rows if row["record"] == record)
        return fields

    def await_processing(self, media: str, *states: str) -> dict[str, Any]:
        """The row, once it is in one of the states."""
        end = time.monotonic() + 120
        while (row := self.row(media))["processing"] not in states:
            assert time.monotonic() < end, row
            time.sleep(0.2)
        return row

    def custody(self) -> Any:
        return self.http.get(f"/api/v1/trips/{self.trip}/custody").json()

    def status(self, media: str, what: str) -> int:
        return self.http.get(f"/api/v1/media/{media}/{what}").status_code

    def begin_by_tus_js(
        self, through: str, file: Path, media: str, **more: Any
    ) -> subprocess.Popen[str]:
        """The phones' own client library, sending a file by way of an address."""
        wanted = {
            "endpoint": f"{through}/api/v1/uploads",
            "token": self.token,
            "file": str(file),
            "chunk": 1024 * 1024,
            "metadata": {"trip": self.trip, "media": media},
        }
        node = Path(sys.executable).parent / "node"
        command = [str(node), str(_CLIENT), json.dumps(wanted | more)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def told_by(client: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """All that the client library said, once it has ended."""
    said, _ = client.communicate(timeout=300)
    return [json.loads(line) for line in said.splitlines()]
