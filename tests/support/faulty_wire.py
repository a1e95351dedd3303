"""A server that can be closed and opened again, and the wire to it, which loses and repeats.

The wire tells the ledger what reached the server and in which order, whether or not the phone
ever hears the answer.
"""

import itertools
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import event

from api.app import create_app
from services.bootstrap import House, build_house
from services.identity import NewUser, add_user, create_token
from services.kernel.clock import milliseconds
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from tests.support.causality import Ledger
from tests.support.devices import Change, Json, Phone
from tests.support.house import TestClock
from tests.support.tables import lay_tables

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """An account with a token."""

    user: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Site:
    """The real application on one database, in process; `reopen` is a restart of the server."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.settings = Settings(data=folder, database_url=database_url)
        self.clock = TestClock()
        # How statements read in SQL is all that survives a restart: it took a third of the time.
        self._statements: dict[Any, Any] = {}
        lay_tables(self.settings)
        self.house = self._build()
        self._app = create_app(house=self.house)
        self._stack = ExitStack()
        client = TestClient(self._app, raise_server_exceptions=False)
        self.http = self._stack.enter_context(client)
        self.house.hub.stop()  # nobody listens here

    def _build(self) -> House:
        house = build_house(self.settings, clock=self.clock)
        if house.db.is_sqlite:
            # The process ends in these tests, never the machine: the disk need not be waited for.
            event.listen(house.db.engine, "connect", _be_quick)
        house.db.engine = house.db.engine.execution_options(compiled_cache=self._statements)
        return house

    def close(self) -> None:
        self._stack.close()

    def reopen(self) -> None:
        """All that a process of the server knows is forgotten; only the database stays."""
        self.house.close()
        self._app.state.house = self.house = self._build()

    def wall(self) -> int:
        """The true time in Unix milliseconds."""
        return milliseconds(self.clock.now())

    def new_person(self, name: str) -> Person:
        with self.house.db.write() as session:
            wanted = NewUser(email=f"sync{next(_numbers)}@example.org", name=name)
            user = add_user(session, wanted)
            token, _ = create_token(session, user.id, name="phone")
        return Person(user.id, token)


def _be_quick(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()


class Http(Protocol):
    """What the wire needs of a client, in process or over the network."""

    def post(self, url: str, *, json: Any, headers: dict[str, str]) -> Response: ...

    def get(self, url: str, *, params: Any, headers: dict[str, str]) -> Response: ...


@dataclass
class Late:
    """A push that left the phone and has not reached the server yet."""

    phone: Phone
    batch: list[Change]
    body: Json


@dataclass
class Wire:
    """Carries one trip's pushes and pulls; every fault is asked for by name."""

    site: Site
    trip: str
    ledger: Ledger
    late: list[Late] = field(default_factory=list)

    def push(self, phone: Phone, limit: int, fault: str = "none") -> bool:
        """Send one batch; True when there was one and the phone heard the answer.

        Faults: `dropped` before the server, `answer lost` after commit, `twice`, `late` (it arrives
        when `deliver_late` says so), `cut` (the answer ends in the middle).
        """
        batch = phone.take_batch(limit)
        if not batch:
            return False
        body = phone.push_body(batch)
        if fault == "late":
            self.late.append(Late(phone, list(batch), body))
        if fault in ("late", "dropped"):
            return False
        answer = self._send(phone, batch, body)
        if fault == "twice":
            answer = self._send(phone, batch, body) or answer
        if answer is None or fault == "answer lost":
            return False
        if fault == "cut":
            answer = answer | {"results": answer["results"][: len(batch) // 2]}
        phone.apply_results(batch, answer)
        return True

    def deliver_late(self, number: int) -> None:
        """One of the delayed pushes arrives, in any order; its answer finds nobody waiting."""
        held = self.late.pop(number % len(self.late))
        self._send(held.phone, held.batch, held.body)

    def pull(self, phone: Phone, limit: int, fault: str = "none") -> bool:
        """One page; True when it was applied and there is more. Faults: `answer lost`."""
        page = self.fetch_page(phone, limit)
        return page is not None and fault == "none" and phone.apply_page(page)

    def fetch_page(self, phone: Phone, limit: int) -> Json | None:
        """A page as it left the server, each row marked with what had arrived by then."""
        after = phone.feed.cursor
        response = self.site.http.get(
            f"/api/v1/sync/{phone.trip}/pull",
            params={"after": after, "limit": limit},
            headers={"Authorization": f"Bearer {phone.token}"},
        )
        if response.status_code == 404:
            return None
        assert response.status_code == 200, response.text
        page: Json = response.json()
        seqs = [row["seq"] for row in page["rows"]]
        assert seqs == sorted(set(seqs)), "a page is in order of seq"
        assert all(seq > after for seq in seqs), "a cursor is passed once"
        assert page["next"] >= max([after, *seqs])
        for row in page["rows"]:
            row["arrived"] = self.ledger.arrived(row["entity"], row["record"])
        return page

    def _send(self, phone: Phone, batch: list[Change], body: Json) -> Json | None:
        response = self.site.http.post(
            f"/api/v1/sync/{phone.trip}/push",
            json=body,
            headers={"Authorization": f"Bearer {phone.token}"},
        )
        if response.status_code == 404:
            return None
        assert response.status_code == 200, response.text
        answer: Json = response.json()
        assert [one["id"] for one in answer["results"]] == [one["id"] for one in body["changes"]]
        self.ledger.hear(batch, body["changes"], answer["results"])
        return answer


def new_phone(site: Site, person: Person, trip: str) -> Phone:
    """A freshly installed app of this person."""
    device = f"phone_{next(_numbers):06d}"
    return Phone(device, person.user, person.token, trip, site.wall)


def found_trip(site: Site, aide: Person) -> tuple[Wire, Phone]:
    """A new trip, made and pulled by a phone of its aide."""
    trip = new_id()
    wire = Wire(site, trip, Ledger())
    phone = new_phone(site, aide, trip)
    phone.write(("trip", trip), {"kind": "research", "title": "石渡村供水调研"})
    assert wire.push(phone, 1)
    catch_up(wire, phone)
    return wire, phone


def send_all(wire: Wire, phone: Phone, limit: int = 1000) -> None:
    """Send all without a fault, and read nothing."""
    while wire.push(phone, limit):
        pass


def catch_up(wire: Wire, phone: Phone, limit: int = 1000) -> None:
    """Send all, then read all, without a fault."""
    send_all(wire, phone, limit)
    while wire.pull(phone, limit):
        pass
