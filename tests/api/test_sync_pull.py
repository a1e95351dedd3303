"""Pull to the contract: cursor, pages, withdrawal, rights, and the word on the stream."""

import json
import threading
import time
from typing import Any

from fastapi.testclient import TestClient

from services.bootstrap import House
from services.kernel.ids import new_id
from services.sync import ServerWrite, write_as_server
from tests.support.house import Caller


def add_member(house: House, trip: str, caller: Caller, role: str) -> str:
    """Make somebody a member and return the member record."""
    record = new_id()
    write = ServerWrite("member", record, {"user": caller.user, "role": role, "name": "某人"})
    with house.db.write() as session:
        write_as_server(session, trip, [write])
    return record


def records(answer: dict[str, Any]) -> list[str]:
    return [row["record"] for row in answer["rows"]]


class TestCursor:
    def test_each_record_comes_once_with_its_present_state(self, aide: Caller) -> None:
        trip, record = aide.make_trip(), new_id()
        aide.results(trip, aide.change("note", record, {"kind": "quote", "text": "一"}))
        first = aide.pull(trip)
        aide.clock.advance(seconds=1)
        aide.results(trip, aide.change("note", record, {"text": "二"}))
        second = aide.pull(trip, after=first["next"])
        assert records(second) == [record]
        assert second["rows"][0]["fields"]["text"] == "二"
        assert second["rows"][0]["fields"]["kind"] == "quote"
        assert aide.pull(trip, after=second["next"])["rows"] == []
        assert second["hlc"] > first["hlc"]

    def test_pages_are_cut_at_the_limit_and_lose_nothing(self, aide: Caller) -> None:
        trip = aide.make_trip()
        made = [new_id() for _ in range(45)]
        aide.results(trip, *[aide.change("note", r, {"kind": "quote"}) for r in made])
        seen: list[str] = []
        after, more = 0, True
        while more:
            page = aide.pull(trip, after=after, limit=7)
            assert len(page["rows"]) <= 7
            seen += records(page)
            after, more = page["next"], page["more"]
        assert set(made) <= set(seen)
        assert len(seen) == len(set(seen))

    def test_a_page_is_cut_at_a_mebibyte(self, aide: Caller) -> None:
        trip = aide.make_trip()
        for _ in range(5):
            fields = {"kind": "quote", "text": "长" * 100_000}
            aide.results(trip, aide.change("note", new_id(), fields))
        page = aide.pull(trip)
        assert page["more"] is True
        assert 2 <= len(page["rows"]) <= 6
        rest = aide.pull(trip, after=page["next"])
        assert rest["rows"]

    def test_times_travel_as_utc_with_z(self, aide: Caller) -> None:
        trip, record = aide.make_trip(), new_id()
        fields = {"kind": "quote", "said_at": "2026-11-18T10:21:00.5+08:00"}
        aide.results(trip, aide.change("note", record, fields))
        told = aide.row(trip, record)["fields"]
        assert told["said_at"] == "2026-11-18T02:21:00.500Z"
        assert told["created_at"] == "2026-11-18T02:00:00.000Z"
        assert told["id"] == record


class TestRights:
    def test_what_may_no_longer_be_seen_is_withdrawn_once_and_never_told_anew(
        self, house: House, aide: Caller, stranger: Caller
    ) -> None:
        trip, record = aide.make_trip(), new_id()
        add_member(house, trip, stranger, "office")
        aide.results(trip, aide.change("note", record, {"kind": "quote", "text": "可见"}))
        before = stranger.pull(trip)
        assert record in records(before)
        aide.results(trip, aide.change("note", record, {"sensitivity": "off_record"}))
        after = stranger.pull(trip, after=before["next"])
        (gone,) = [row for row in after["rows"] if row["record"] == record]
        assert gone["withdrawn"] is True
        assert "fields" not in gone
        assert record not in records(stranger.pull(trip))
        url = f"/api/v1/trips/{trip}/history/note/{record}"
        assert stranger.client.get(url, headers=stranger.headers).status_code == 404

    def test_the_view_changes_with_the_readers_rights(
        self, house: House, aide: Caller, stranger: Caller
    ) -> None:
        trip = aide.make_trip()
        member = add_member(house, trip, stranger, "viewer")
        view = stranger.pull(trip)["view"]
        assert stranger.pull(trip)["view"] == view
        with house.db.write() as session:
            write_as_server(session, trip, [ServerWrite("member", member, {"role": "aide"})])
        assert stranger.pull(trip)["view"] != view

    def test_a_stranger_gets_404_and_nobody_401(self, aide: Caller, stranger: Caller) -> None:
        trip = aide.make_trip()
        url = f"/api/v1/sync/{trip}/pull"
        assert stranger.client.get(url, headers=stranger.headers).status_code == 404
        assert stranger.client.get(url).status_code == 401
        assert stranger.client.get(f"{url}?after=-1", headers=aide.headers).status_code == 422


class TestServerWrites:
    def test_the_server_never_replaces_what_a_person_wrote(
        self, house: House, aide: Caller
    ) -> None:
        trip, record = aide.make_trip(), new_id()
        aide.results(trip, aide.change("note", record, {"kind": "quote", "text": "人写的"}))
        aide.clock.advance(minutes=5)
        write = ServerWrite("note", record, {"text": "机器写的", "certainty": "sure"})
        with house.db.write() as session:
            (outcome,) = write_as_server(session, trip, [write])
        told = aide.row(trip, record)["fields"]
        assert outcome.status == "merged"
        assert (told["text"], told["certainty"]) == ("人写的", "sure")


def test_the_stream_tells_of_a_push_to_whoever_belongs_to_the_trip(
    client: TestClient, aide: Caller, stranger: Caller
) -> None:
    trip = aide.make_trip()
    heard: list[dict[str, Any]] = []
    listening = threading.Event()

    def listen() -> None:
        with client.stream("GET", "/api/v1/stream", headers=aide.headers) as response:
            for line in response.iter_lines():
                listening.set()
                if line.startswith("data: "):
                    heard.append(json.loads(line.removeprefix("data: ")))
                    return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    time.sleep(0.5)
    stranger.make_trip()
    aide.results(trip, aide.change("note", new_id(), {"kind": "quote"}))
    thread.join(timeout=10)
    assert [notice["trip"] for notice in heard] == [trip]
