"""A whole house in a temporary folder, people in it, and a device that speaks the sync protocol."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from services.bootstrap import House, build_house
from services.identity import NewUser, add_user, create_token
from services.kernel.clock import milliseconds
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from tests.support.tables import lay_tables


class TestClock:
    """A clock that tests set and move."""

    __test__ = False

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def advance(self, **span: float) -> None:
        self.time += timedelta(**span)


@contextmanager
def open_house(folder: Path, database_url: str = "") -> Iterator[House]:
    """A fresh house on SQLite, or on the database of the url."""
    settings = Settings(data=folder, database_url=database_url)
    lay_tables(settings)
    house = build_house(settings, clock=TestClock())
    try:
        yield house
    finally:
        house.close()


@dataclass
class Caller:
    """A user with a token, calling the API from one device."""

    client: TestClient
    user: str
    token: str
    device: str
    clock: TestClock
    _counter: Iterator[int] = field(default_factory=itertools.count)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def hlc(self, *, shift_ms: int = 0) -> str:
        now = milliseconds(self.clock.now()) + shift_ms
        return f"{now:013d}-{next(self._counter):04x}-{self.device}"

    def change(
        self, entity: str, record: str, fields: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        made = {"id": new_id(), "entity": entity, "record": record, "fields": fields}
        return made | {"hlc": self.hlc()} | more

    def push(self, trip: str, *changes: Any, **envelope: Any) -> Any:
        """Send changes; returns the response."""
        body = {
            "schema": 1,
            "device": self.device,
            "now": milliseconds(self.clock.now()),
            "changes": list(changes),
        }
        url = f"/api/v1/sync/{trip}/push"
        return self.client.post(url, json=body | envelope, headers=self.headers)

    def results(self, trip: str, *changes: Any, **envelope: Any) -> list[dict[str, Any]]:
        response = self.push(trip, *changes, **envelope)
        assert response.status_code == 200, response.text
        results: list[dict[str, Any]] = response.json()["results"]
        return results

    def pull(self, trip: str, after: int = 0, **query: Any) -> dict[str, Any]:
        response = self.client.get(
            f"/api/v1/sync/{trip}/pull", params={"after": after} | query, headers=self.headers
        )
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def row(self, trip: str, record: str) -> dict[str, Any]:
        """The pulled row of one record."""
        return next(row for row in self.pull(trip)["rows"] if row["record"] == record)

    def make_trip(self, **fields: Any) -> str:
        trip = new_id()
        wanted = {"kind": "research", "title": "石渡村供水调研"} | fields
        (result,) = self.results(trip, self.change("trip", trip, wanted))
        assert result["status"] == "applied", result
        return trip


_emails = itertools.count(1)


def new_caller(house: House, client: TestClient, name: str = "小宋") -> Caller:
    """Make a user with a token and a device."""
    number = next(_emails)
    with house.db.write() as session:
        email = f"user{number}@example.org"
        user = add_user(session, NewUser(email=email, name=name))
        token, _ = create_token(session, user.id, name="test")
    clock = house.clock
    assert isinstance(clock, TestClock)
    return Caller(client, user.id, token, f"device{number:04d}", clock)
