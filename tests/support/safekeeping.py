"""A phone that writes and uploads over HTTP, and places that are backed up and restored."""

import hashlib
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.kernel.db import Database
from services.kernel.entity import write_instant
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from tests.support.postgres import new_database
from tests.support.s3 import new_bucket, running_s3
from tests.support.server import ROOT
from tests.support.tus import BYTES, metadata

API = "/api/v1"
COMPARED = ("sync_head", "sync_change", "note", "media", "media_blob", "trip", "member", "user")


@dataclass
class Writer:
    """A phone that pushes notes and uploads files until it is told to stop."""

    url: str
    token: str
    trip: str = field(default_factory=new_id)
    device: str = "phone_backup"
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    # Acknowledged: change ids, and hashes of stored files by media.
    pushed: list[str] = field(default_factory=list)
    stored: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        self.push("trip", self.trip, {"kind": "research", "title": "春茶调研"})

    def step(self) -> None:
        """One note and one file, both acknowledged."""
        number = next(self.count)
        self.push("note", new_id(), {"kind": "minute", "text": f"第{number}条记录"})
        data = f"file {number} ".encode() * 4000
        sha256, media = hashlib.sha256(data).hexdigest(), new_id()
        row = {"kind": "file", "sha256": sha256, "size": len(data), "name": f"{number}.txt"}
        self.push("media", media, row)
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Content-Type": BYTES}
        told = headers | self._sign() | {"Upload-Metadata": metadata(media=media)}
        answer = httpx.post(f"{self.url}{API}/uploads", content=data, headers=told, timeout=60)
        assert answer.status_code == 201, answer.text
        self.stored[media] = sha256

    def push(self, entity: str, record: str, fields: dict[str, Any]) -> None:
        now = 1795420800000 + next(self.count)
        change = {"id": new_id(), "entity": entity, "record": record, "fields": fields}
        change["hlc"] = f"{now:013d}-0000-{self.device}"
        body = {"schema": 1, "device": self.device, "changes": [change]}
        answer = httpx.post(
            f"{self.url}{API}/sync/{self.trip}/push", json=body, headers=self._sign(), timeout=60
        )
        (result,) = answer.json()["results"]
        assert result["status"] in ("applied", "duplicate"), result
        self.pushed.append(str(change["id"]))

    def pull(self) -> dict[str, Any]:
        answer = httpx.get(
            f"{self.url}{API}/sync/{self.trip}/pull", headers=self._sign(), timeout=60
        )
        assert answer.status_code == 200, answer.text
        pulled: dict[str, Any] = answer.json()
        return pulled

    def content(self, media: str) -> bytes:
        url = f"{self.url}{API}/media/{media}/content"
        return httpx.get(url, headers=self._sign(), timeout=60).content

    def _sign(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Place:
    """A data folder and the variables that name its database and its store."""

    data: Path
    environment: dict[str, str]

    @property
    def settings(self) -> Settings:
        names = {name.removeprefix("SUIXING_").lower(): v for name, v in self.environment.items()}
        return Settings(data=self.data, **names)  # type: ignore[arg-type] # all are texts

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", *words],
            cwd=ROOT,
            env=os.environ | self.environment | {"SUIXING_DATA": str(self.data)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """What a restore must give back, by table; not the sequence, which begins a new era."""
        database = Database(self.settings.resolved_database_url)
        try:
            with database.engine.connect() as connection:
                return {
                    name: sorted(
                        tuple(_plain(value) for value in row)
                        for row in connection.execute(text(f'SELECT * FROM "{name}"'))
                    )
                    for name in COMPARED
                }
        finally:
            database.dispose()


def _plain(value: Any) -> str:
    """A value as text: instants to the millisecond, as a backup keeps them; JSON without its order
    of names, which PostgreSQL does not keep."""
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.dumps(json.loads(value), sort_keys=True)
    return str(value)


@contextmanager
def places(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> Iterator[list[Place]]:
    """Two places of one kind: a folder with SQLite, or PostgreSQL with S3."""
    folders = [tmp_path / "one", tmp_path / "two"]
    if kind == "sqlite and folder":
        yield [Place(folder, {}) for folder in folders]
        return
    server = request.getfixturevalue("postgres_server")
    with running_s3() as endpoint, new_database(server) as one, new_database(server) as two:
        yield [
            Place(
                folder,
                {
                    "SUIXING_DATABASE_URL": url,
                    "SUIXING_STORAGE_URL": f"s3://{new_bucket(endpoint)}/house",
                    "SUIXING_STORAGE_ENDPOINT": endpoint,
                    "SUIXING_STORAGE_REGION": "us-east-1",
                    "SUIXING_STORAGE_KEY_ID": "test",
                    "SUIXING_STORAGE_SECRET": "test",
                },
            )
            for folder, url in zip(folders, (one, two), strict=True)
        ]
