"""One device in the field, the proxy and the server behind it: what a point of the kill matrix
uses to bring the app to the point, to kill, to come back, and to be judged."""

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests.e2e import aide
from tests.e2e.browser import Browser
from tests.e2e.kills.ledger import Ledger, Office, Verdict, compare
from tests.e2e.kills.phone import Phone, is_waited_for, read_phone, read_unsent
from tests.support.holding_proxy import Hold, Proxy
from tests.support.server import Server

SYNC_SECONDS = 180
CATCH_UP = 60
# How often each point is gone through; more find what only a rare instant shows.
ROUNDS = int(os.environ.get("KILL_ROUNDS", "1"))
# Where the very instant cannot be fixed: how long after the last step the kill comes.
PAUSES = (0.0, 0.03, 0.15)


@dataclass
class Trial:
    """Made for one point; the server and the proxy are shared by all."""

    device: Browser
    server: Server
    proxy: Proxy
    office: Office
    ledger: Ledger = field(default_factory=Ledger)
    kills: int = 0
    again: int = 0
    trip: str = ""
    opened: Page | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def page(self) -> Page:
        assert self.opened is not None
        return self.opened

    @property
    def rounds(self) -> range:
        return range(ROUNDS)

    @property
    def pauses(self) -> list[float]:
        return [pause + round_ * 0.011 for round_ in self.rounds for pause in PAUSES]

    def open(self, path: str = "/", *, offline: bool = False) -> Page:
        self.opened = self.device.open(self.proxy.url + path, offline=offline)
        return self.opened

    def kill(self, pause: float = 0) -> None:
        """SIGKILL the whole browser, as the system or an empty battery does."""
        self.page.wait_for_timeout(pause * 1000)
        self.device.kill()
        self.kills += 1
        self.opened = None

    def go_online(self) -> None:
        assert self.device.context is not None
        self.device.context.set_offline(False)

    def go_offline(self) -> None:
        assert self.device.context is not None
        self.device.context.set_offline(True)

    def begin(self, title: str, *, offline: bool = True) -> None:
        """Open the app and make a trip without a network; with it from then on, if wanted."""
        page = self.open(offline=True)
        aide.make_trip(page, title)
        expect(page.get_by_label("写下所见")).to_be_visible()
        self.trip = self.current_trip()
        if not offline:
            self.go_online()

    def current_trip(self) -> str:
        settings = {one["key"]: one["value"] for one in self.look().found["settings"]}
        return str(settings.get("current.trip", ""))

    def look(self) -> Phone:
        return read_phone(self.page, self.trip)

    def text(self, words: str = "水渠修到第三组，还差一段没有通水") -> str:
        """A sentence that no other of this trial equals."""
        return f"{words}，第{next(self._numbers)}处。"

    def write_note(self, text: str) -> None:
        """Type, keep, and see it in the list: from now on the app has promised it."""
        self.page.get_by_label("写下所见").fill(text)
        self.page.get_by_role("button", name="记下", exact=True).click()
        expect(self.listed.filter(has_text=text[-20:])).to_be_visible()
        self.ledger.notes.append(text)

    @property
    def listed(self) -> Locator:
        """What the app shows as just noted."""
        return self.page.get_by_role("region", name="刚记的").get_by_role("link")

    def reach(self, hold: Hold, seconds: float = 90) -> None:
        """Until the request came that is to be held."""
        if hold.reached.wait(seconds):
            return
        status = [one for one in self.look().found["settings"] if one["key"] == "sync.status"]
        blobs = self.look().found["blobs"]
        paths = [f"{one.method} {one.path}" for one in self.proxy.asked[-15:]]
        raise AssertionError(f"never asked: {hold.method} {hold.path}; {status} {blobs} {paths}")

    def wait_queued(self, store: str = "outbox") -> None:
        """Until the app's own write, which needs this store too, stands in line behind the one
        that is held."""
        self.wait_until(lambda: is_waited_for(self.page, store), "a write of the app")

    def wait_until(self, holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
        """Ask again and again; the bound is one of liveness, not of speed."""
        for _ in range(int(seconds / 0.1)):
            if holds():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"it never came to: {what}")

    def wait_sent(self) -> None:
        """Everything has both receipts, by the phone's own database."""
        for _ in range(SYNC_SECONDS * 5):
            waiting = read_unsent(self.page, self.trip)
            if not waiting:
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"after {SYNC_SECONDS} s there wait: {waiting}")

    def judge(self) -> Verdict:
        """Let everything arrive, then compare what was entered with server and phone."""
        self.wait_sent()
        for _ in range(CATCH_UP):
            verdict = compare(self.ledger, self.look(), self.office, self.trip)
            if not verdict.differing:
                return verdict
            # The server goes on writing what it reads from photos; the phone pulls it.
            self.page.wait_for_timeout(1000)
        return Verdict(verdict.lost + verdict.differing, verdict.doubled, verdict.differing)
