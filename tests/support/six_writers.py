"""Six people who push and pull through a server that is killed, and keep what they were told.

Each is a thread with a phone of its own. What a phone was answered is its receipt; the test holds
the server to every one of them.
"""

import threading
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from services.kernel.ids import new_id
from tests.support.devices import Json, Key, Phone

# Liveness only: a server that is being started again may take its time on a busy machine.
PATIENCE_SECONDS = 120
ACCEPTED = ("applied", "merged", "superseded", "duplicate")


@dataclass
class Writer:
    """One phone, its receipts (change id -> seq, or None for superseded), and what it heard."""

    phone: Phone
    url: str
    rng: Random
    shared: Key
    receipts: dict[str, int | None] = field(default_factory=dict)
    sent: dict[str, Json] = field(default_factory=dict)
    pulled: list[int] = field(default_factory=list)
    broken: int = 0
    failure: BaseException | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.phone.token}"}

    def run(self, stop: threading.Event) -> None:
        """Write, push and pull until told to stop, then until nothing is left to send."""
        try:
            with httpx.Client(base_url=self.url, timeout=30) as http:
                while not stop.is_set():
                    self._write()
                    self._once(http, self._push)
                    self._once(http, self._pull)
                self.finish(http)
        except BaseException as error:
            self.failure = error

    def finish(self, http: httpx.Client) -> None:
        """Send what is left and read to the end, however often the wire breaks."""
        end = time.monotonic() + PATIENCE_SECONDS
        done = False
        while not done:
            assert time.monotonic() < end, "the queue did not empty itself"
            waiting = any(change.state == "queued" for change in self.phone.outbox)
            done = self._once(http, self._push) and not waiting and self._once(http, self._pull)

    def _write(self) -> None:
        for _ in range(self.rng.randint(1, 4)):
            text = f"{self.phone.device} {len(self.sent)} {self.rng.random()}"
            self.phone.write(("note", new_id()), {"kind": "observation", "text": text})
        mine = [key for key in self.phone.shown() if key[0] == "note"]
        self.phone.write(self.rng.choice(mine), {"lat": float(self.rng.randint(1, 80))})
        if self.shared in self.phone.server:
            self.phone.write(self.shared, {"purpose": f"{self.phone.device} {len(self.sent)}"})

    def _once(self, http: httpx.Client, step: Any) -> bool:
        try:
            return bool(step(http))
        except httpx.TransportError:
            self.broken += 1
            time.sleep(0.05)
            return False

    def _push(self, http: httpx.Client) -> bool:
        batch = self.phone.take_batch(500)
        if not batch:
            return True
        body = self.phone.push_body(batch)
        self.sent |= {change["id"]: change for change in body["changes"]}
        url = f"/api/v1/sync/{self.phone.trip}/push"
        answer = http.post(url, json=body, headers=self.headers)
        if answer.status_code == 503:
            return False
        assert answer.status_code == 200, answer.text
        for result in answer.json()["results"]:
            assert result["status"] in ACCEPTED, result
            self.receipts[result["id"]] = result["seq"]
        self.phone.apply_results(batch, answer.json())
        return True

    def _pull(self, http: httpx.Client) -> bool:
        url = f"/api/v1/sync/{self.phone.trip}/pull"
        more = True
        while more:
            params = {"after": self.phone.feed.cursor, "limit": 200}
            answer = http.get(url, params=params, headers=self.headers)
            if answer.status_code == 503:
                return False
            assert answer.status_code == 200, answer.text
            page = answer.json()
            seqs = [row["seq"] for row in page["rows"]]
            assert seqs == sorted(set(seqs))
            assert not seqs or seqs[0] > self.phone.feed.cursor
            self.pulled += seqs
            for row in page["rows"]:
                row["arrived"] = frozenset()
            more = self.phone.apply_page(page)
        return True
