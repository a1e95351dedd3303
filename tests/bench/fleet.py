"""Devices over real HTTP against a real `suixing serve`; processor time beside the clock."""

import itertools
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from services.kernel.ids import new_id
from tests.support.meter import Reading, read_group, seconds_between
from tests.support.server import Server, run_command

PER_PUSH = 500
QUIET_SECONDS = 3.0
# BENCH_WORKER=0: the API alone, where the reading of 100,000 notes would take too long.
HAS_WORKER = os.environ.get("BENCH_WORKER", "1") != "0"
SURNAMES = "王李张刘陈杨赵黄周吴"
TEXTS = (
    "{place}合作社今年有{n}户社员，{who}社长说的。",
    "上午看了{place}茶厂，二号车间有{n}台机器在转。",
    "{place}村口那段路还没修完，剩下{n}米。",
    "下午座谈，{who}主任讲到补贴，{place}有{n}亩没有领到。",
    "The clinic of {place} has {n} beds, Dr {who} says.",
)


@dataclass(frozen=True)
class Cost:
    """What one task took: wall seconds, and processor seconds by command of the server's group."""

    wall: float
    api: float
    worker: float
    peak_bytes: int

    @property
    def server(self) -> float:
        return self.api + self.worker


@dataclass
class Device:
    """One phone: its name, its token's headers and its stamps."""

    client: httpx.Client
    headers: dict[str, str]
    name: str
    _counter: Iterator[int] = field(default_factory=itertools.count)
    _draw: random.Random = field(default_factory=lambda: random.Random(7))

    def change(self, entity: str, record: str, fields: dict[str, Any]) -> dict[str, Any]:
        number = next(self._counter)
        stamp = f"{int(time.time() * 1000):013d}-{number % 65536:04x}-{self.name}"
        return {"id": new_id(), "entity": entity, "record": record, "fields": fields, "hlc": stamp}

    def push(self, trip: str, changes: list[dict[str, Any]]) -> None:
        now = int(time.time() * 1000)
        body = {"schema": 1, "device": self.name, "now": now, "changes": changes}
        url = f"/api/v1/sync/{trip}/push"
        answer = self.client.post(url, json=body, headers=self.headers)
        while answer.status_code == 503:
            time.sleep(float(answer.headers["Retry-After"]))
            answer = self.client.post(url, json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        assert {one["status"] for one in answer.json()["results"]} == {"applied"}

    def make_trip(self) -> str:
        trip = new_id()
        self.push(trip, [self.change("trip", trip, {"kind": "research", "title": "测速"})])
        return trip

    def push_notes(self, trip: str, count: int) -> None:
        """As many notes as told, in batches as a phone sends them."""
        left = count
        while left > 0:
            notes = [self._note() for _ in range(min(left, PER_PUSH))]
            self.push(trip, notes)
            left -= len(notes)

    def pull(self, trip: str, after: int = 0) -> tuple[int, int]:
        """All pages from a cursor; returns (rows, next cursor)."""
        rows, more = 0, True
        while more:
            url = f"/api/v1/sync/{trip}/pull?after={after}&limit=1000"
            page = json.loads(self.client.get(url, headers=self.headers).content)
            rows, after, more = rows + len(page["rows"]), page["next"], page["more"]
        return rows, after

    def _note(self) -> dict[str, Any]:
        draw = self._draw
        text = draw.choice(TEXTS).format(
            place=chr(0x4E00 + draw.randrange(3000)) + chr(0x4E00 + draw.randrange(3000)),
            who=draw.choice(SURNAMES),
            n=draw.randrange(20, 400),
        )
        fields = {"kind": "minute", "text": text, "said_at": "2026-11-18T02:00:00Z"}
        return self.change("note", new_id(), fields)


@dataclass
class Fleet:
    """One server and as many devices as a task needs."""

    server: Server
    client: httpx.Client
    token: str

    def device(self, number: int = 0) -> Device:
        return Device(self.client, {"Authorization": f"Bearer {self.token}"}, f"bench{number:05d}")

    def measure(self, task: Callable[[], object]) -> Cost:
        """Run a task on a quiet server; what its worker still does afterwards counts as well."""
        self.settle()
        before, begun = self._read(), time.monotonic()
        task()
        wall = time.monotonic() - begun
        self.settle()
        return _cost(before, self._read(), wall)

    def settle(self) -> None:
        """Wait until the server's processes have been idle for a while."""
        last = self._read()
        while True:
            time.sleep(QUIET_SECONDS)
            now = self._read()
            if seconds_between(last, now) < 0.1 * QUIET_SECONDS:
                return
            last = now

    def peak_bytes(self) -> int:
        """The most memory that the API's process ever held."""
        return max(one.peak_bytes for one in self._read().values() if _is_api(one))

    def _read(self) -> dict[int, Reading]:
        assert self.server.process is not None
        return read_group(self.server.process.pid)


def _cost(before: dict[int, Reading], after: dict[int, Reading], wall: float) -> Cost:
    api = {pid: one for pid, one in after.items() if _is_api(one)}
    worker = {pid: one for pid, one in after.items() if pid not in api}
    peak = max(one.peak_bytes for one in api.values())
    return Cost(wall, seconds_between(before, api), seconds_between(before, worker), peak)


def _is_api(reading: Reading) -> bool:
    return " serve " in reading.command


@contextmanager
def open_fleet(folder: Path) -> Iterator[Fleet]:
    """A real server on a fresh data folder with one user."""
    server = Server(folder / "data", has_worker=HAS_WORKER)
    run_command(
        server.data,
        "user",
        "add",
        "bench@example.org",
        "--name",
        "测",
        "--password-stdin",
        stdin="long enough 42\n",
    )
    token = run_command(server.data, "token", "create", "bench@example.org", "--name", "bench")
    server.start()
    limits = httpx.Limits(max_connections=40, max_keepalive_connections=40)
    with httpx.Client(base_url=server.url, timeout=120, limits=limits) as client:
        try:
            yield Fleet(server, client, token.strip())
        finally:
            server.kill()
