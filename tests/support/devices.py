"""A phone without screens: what frontend/src/store and sync keep and do, in a few dicts.

It follows the client rule by rule (outbox, base, shadow, sweep, receipts), so that a hole in those
rules shows itself here. `seen` is no part of it: the test writes down there what was on the screen.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.kernel.hlc import Stamp, parse, tick
from services.kernel.ids import new_id

Key = tuple[str, str]
Json = dict[str, Any]
Seen = frozenset[str]


@dataclass
class Change:
    """One entry of the outbox; `seen[field]`: the changes whose outcome the writer had before him.

    `seen[""]` is what he had seen of the record as a whole.
    """

    id: str
    key: Key
    fields: Json
    hlc: str
    base: int | None
    deleted: bool
    device: str
    user: str
    seen: dict[str, Seen]
    state: str = "queued"
    sent: bool = False
    seq: int | None = None
    problem: Json | None = None

    def wire(self) -> Json:
        """As frontend/src/sync/push.ts sends it."""
        told: Json = {"id": self.id, "entity": self.key[0], "record": self.key[1]}
        told |= {"fields": dict(self.fields), "hlc": self.hlc}
        if self.base is not None:
            told["base"] = self.base
        if self.deleted:
            told["deleted"] = True
        return told


@dataclass
class ServerRow:
    """What the phone knows of the server's state of one record; `row` None: not told of it."""

    row: Json | None = None
    seq: int = 0
    deleted: bool = False
    contested: Json | None = None
    sweep: int = 0
    arrived: Seen = frozenset()


@dataclass
class Feed:
    """How far the trip is pulled."""

    cursor: int = 0
    view: str | None = None
    sweep: int = 0
    sweeping: bool = False


@dataclass
class Phone:
    """One device of one user on one trip; `wall` is the true time, `skew_ms` its clock's error."""

    device: str
    user: str
    token: str
    trip: str
    wall: Callable[[], int]
    skew_ms: int = 0
    last: Stamp | None = None
    outbox: list[Change] = field(default_factory=list)
    server: dict[Key, ServerRow] = field(default_factory=dict)
    feed: Feed = field(default_factory=Feed)
    # Whoever wrote a value knows it, also when another one stood before it could be read back.
    own: dict[tuple[Key, str], Seen] = field(default_factory=dict)

    def now(self) -> int:
        return self.wall() + self.skew_ms

    # ---- what screens do --------------------------------------------------------------------

    def shown(self) -> dict[Key, Json]:
        """Every record on the screen, the phone's own changes laid over what it pulled."""
        keys = [*self.server, *(change.key for change in self.outbox)]
        rows = {key: self._overlay(key) for key in dict.fromkeys(keys)}
        return {key: row for key, row in rows.items() if row is not None}

    def write(self, key: Key, fields: Json, *, deleted: bool = False) -> Change:
        """One save or deletion; an edit joins the last change that was never offered."""
        self.last = tick(self.last, self.now(), self.device)
        seen = {name: self._seen(key, name) for name in fields} | {"": self._seen_all(key)}
        mine, base = self.changes_of(key), self._base(key, {} if deleted else fields)
        last = mine[-1] if mine else None
        if last is not None and self._can_join(last, base, deleted=deleted):
            last.seen |= {name: was for name, was in seen.items() if name not in last.fields}
            last.fields |= fields
            last.hlc = str(self.last)
            return last
        made = Change(
            id=new_id(),
            key=key,
            fields={} if deleted else dict(fields),
            hlc=str(self.last),
            base=base,
            deleted=deleted,
            device=self.device,
            user=self.user,
            seen=seen,
        )
        self.outbox.append(made)
        return made

    def resend(self, change: Change) -> None:
        """A person asks for a refused change to be judged again, under its own id."""
        change.state, change.problem = "queued", None

    # ---- push -------------------------------------------------------------------------------

    def take_batch(self, limit: int) -> list[Change]:
        batch = list(itertools.islice((c for c in self.outbox if c.state == "queued"), limit))
        for change in batch:
            change.sent = True
        return batch

    def push_body(self, batch: list[Change]) -> Json:
        changes = [change.wire() for change in batch]
        return {"schema": 1, "device": self.device, "now": self.now(), "changes": changes}

    def apply_results(self, batch: list[Change], answer: Json) -> None:
        """The server's judgement of each change; an answer cut short leaves the rest queued."""
        for change, result in zip(batch, answer["results"], strict=False):
            if result["id"] == change.id and change in self.outbox and change.state == "queued":
                self._judge(change, result)
        self.observe(answer["hlc"])

    def _judge(self, change: Change, result: Json) -> None:
        if result["status"] == "rejected":
            change.state, change.problem = "rejected", result["problem"]
            return
        for name in change.fields:
            self.own[change.key, name] = self.own.get((change.key, name), frozenset()) | {change.id}
        if result["seq"] is None:
            self.outbox.remove(change)
        else:
            change.state, change.seq = "accepted", result["seq"]
            known = self.server.setdefault(change.key, ServerRow())
            if known.seq == 0:
                known.seq = result["seq"]
        self._tidy(change.key)

    # ---- pull -------------------------------------------------------------------------------

    def apply_page(self, page: Json) -> bool:
        """One page in; True when more is to be pulled."""
        feed = self.feed
        if feed.view is not None and feed.view != page["view"]:
            self.feed = Feed(0, page["view"], feed.sweep + 1, sweeping=True)
            self.observe(page["hlc"])
            return True
        for pulled in page["rows"]:
            self._apply_row(pulled)
        done = not page["more"]
        if done:
            self._settle(page["next"])
        feed.cursor, feed.view = page["next"], page["view"]
        feed.sweeping = feed.sweeping and not done
        self.observe(page["hlc"])
        return not done

    def observe(self, text: str) -> None:
        """What a device has seen, it never writes before."""
        if text and (self.last is None or text > str(self.last)):
            self.last = parse(text)

    def changes_of(self, key: Key) -> list[Change]:
        return [change for change in self.outbox if change.key == key]

    def _apply_row(self, pulled: Json) -> None:
        key = (pulled["entity"], pulled["record"])
        for change in self.changes_of(key):
            if change.state == "accepted" and (change.seq or 0) <= pulled["seq"]:
                self.outbox.remove(change)
        if pulled.get("withdrawn"):
            self.server[key] = ServerRow()
        else:
            self.server[key] = ServerRow(
                row=pulled["fields"],
                seq=pulled["seq"],
                deleted=pulled["deleted"],
                contested=pulled.get("contested"),
                sweep=self.feed.sweep,
                arrived=pulled["arrived"],
            )
        self._tidy(key)

    def _settle(self, cursor: int) -> None:
        for change in [c for c in self.outbox if c.state == "accepted" and (c.seq or 0) <= cursor]:
            self.outbox.remove(change)
            self._tidy(change.key)
        if self.feed.sweeping:
            for key, known in list(self.server.items()):
                if known.row is not None and known.sweep < self.feed.sweep:
                    self.server[key] = ServerRow()
                    self._tidy(key)

    def _tidy(self, key: Key) -> None:
        """As store/refresh.ts: nothing is kept of a record that shows nothing."""
        known = self.server.get(key)
        if known is not None and not self.changes_of(key) and (known.row is None or known.deleted):
            del self.server[key]

    # ---- what was on the screen when something was written -----------------------------------

    def _overlay(self, key: Key) -> Json | None:
        known = self.server.get(key, ServerRow())
        row, deleted = known.row, known.deleted
        for change in self.changes_of(key):
            if not change.deleted:
                row = {**(row or {}), **change.fields}
            deleted = change.deleted
        return None if row is None or deleted else row

    def _can_join(self, last: Change, base: int | None, *, deleted: bool) -> bool:
        if last.state != "queued" or last.sent or last.deleted or deleted:
            return False
        return (last.base or 0) == (base or 0)

    def _base(self, key: Key, fields: Json) -> int | None:
        """What the writer had seen: of a field under an own unsent edit, no more than that had."""
        mine = self.changes_of(key)
        known = self.server.get(key, ServerRow()).seq
        if not known and not mine:
            return None
        under = [one.base or 0 for one in mine if one.fields.keys() & fields.keys()]
        return min([known, *under])

    def _seen(self, key: Key, name: str) -> Seen:
        for change in reversed(self.changes_of(key)):
            if name in change.fields:
                return change.seen[name] | {change.id}
        own = self.own.get((key, name), frozenset())
        return self.server.get(key, ServerRow()).arrived | own

    def _seen_all(self, key: Key) -> Seen:
        own = frozenset(change.id for change in self.changes_of(key))
        return self.server.get(key, ServerRow()).arrived | own
