"""The rights of each role, seen through push and pull of a real house."""

import pytest
from fastapi.testclient import TestClient

from services.bootstrap import House
from services.identity import revoke_device
from services.kernel.ids import new_id
from tests.support.house import Caller, new_caller

NOTE = {"kind": "observation", "text": "坝上有三处渗水"}


def join(aide: Caller, trip: str, other: Caller, role: str) -> str:
    """Take somebody in; returns the member record."""
    answer = aide.client.post(
        f"/api/v1/trips/{trip}/members",
        json={"user": other.user, "role": role},
        headers=aide.headers,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def remove(aide: Caller, trip: str, member: str) -> None:
    url = f"/api/v1/trips/{trip}/members/{member}"
    assert aide.client.delete(url, headers=aide.headers).status_code == 204


def code(result: dict[str, object]) -> str:
    problem = result["problem"]
    return problem["code"] if isinstance(problem, dict) else str(result["status"])


def write(
    caller: Caller, trip: str, entity: str, fields: dict[str, object], record: str = ""
) -> tuple[str, str]:
    """Push one change; returns the record and the problem code, or the status."""
    record = record or new_id()
    (result,) = caller.results(trip, caller.change(entity, record, fields))
    return record, code(result)


def seen(caller: Caller, trip: str) -> set[str]:
    return {row["record"] for row in caller.pull(trip)["rows"] if not row.get("withdrawn")}


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip()


@pytest.fixture
def companion(house: House, client: TestClient, aide: Caller, trip: str) -> Caller:
    made = new_caller(house, client, "小何")
    join(aide, trip, made, "companion")
    return made


@pytest.fixture
def office(house: House, client: TestClient, aide: Caller, trip: str) -> Caller:
    made = new_caller(house, client, "办公室")
    join(aide, trip, made, "office")
    return made


class TestStranger:
    def test_gets_for_a_trip_of_others_what_an_unknown_trip_gives(
        self, trip: str, stranger: Caller
    ) -> None:
        change = stranger.change("note", new_id(), NOTE)
        known, unknown = stranger.push(trip, change), stranger.push(new_id(), change)
        assert known.status_code == unknown.status_code == 404
        assert known.json()["code"] == unknown.json()["code"] == "trip_unknown"

    def test_cannot_found_a_trip_that_exists(self, trip: str, stranger: Caller) -> None:
        change = stranger.change("trip", trip, {"kind": "business", "title": "占用"})
        assert stranger.push(trip, change).json()["code"] == "trip_unknown"


class TestCompanion:
    def test_writes_its_own_records_and_not_those_of_others(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        mine, first = write(companion, trip, "note", NOTE)
        _, again = write(companion, trip, "note", {"text": "坝上有四处渗水"}, mine)
        theirs, _ = write(aide, trip, "note", NOTE)
        _, refused = write(companion, trip, "note", {"text": "改掉"}, theirs)
        assert (first, again, refused) == ("applied", "applied", "not_allowed")

    def test_answers_a_question_without_changing_what_was_asked(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        asked, _ = write(aide, trip, "question", {"text": "水费收多少？"})
        photo = [{"entity": "media", "record": new_id()}]
        answer = {"answer": "每方两元", "state": "answered", "evidence": photo}
        assert write(companion, trip, "question", answer, asked)[1] == "applied"
        assert write(companion, trip, "question", {"text": "别的"}, asked)[1] == "not_allowed"

    def test_does_not_see_what_is_restricted_but_sees_its_own(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        hidden, _ = write(aide, trip, "note", NOTE | {"sensitivity": "restricted"})
        own, _ = write(companion, trip, "note", NOTE | {"sensitivity": "off_record"})
        assert own in seen(companion, trip)
        assert hidden not in seen(companion, trip)
        assert own not in seen(aide, trip)

    def test_is_told_to_drop_a_record_that_becomes_restricted(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        note, _ = write(aide, trip, "note", NOTE)
        cursor = companion.pull(trip)["next"]
        write(aide, trip, "note", {"sensitivity": "restricted"}, note)
        (row,) = companion.pull(trip, after=cursor)["rows"]
        assert (row["record"], row["withdrawn"]) == (note, True)
        assert "fields" not in row or not row["fields"]

    def test_cannot_take_a_record_of_others_off_the_record(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        note, _ = write(companion, trip, "note", NOTE)
        assert write(aide, trip, "note", {"sensitivity": "off_record"}, note)[1] == "not_allowed"
        assert write(aide, trip, "note", {"sensitivity": "restricted"}, note)[1] == "applied"


class TestOffice:
    def test_writes_its_desk_and_no_notes(self, office: Caller, trip: str) -> None:
        assert write(office, trip, "checklist_item", {"text": "订车"})[1] == "applied"
        assert write(office, trip, "document", {"title": "讲话稿"})[1] == "applied"
        assert write(office, trip, "note", NOTE)[1] == "not_allowed"


class TestServerMadeRecords:
    def test_members_are_not_made_by_push(self, aide: Caller, stranger: Caller, trip: str) -> None:
        wanted = {"user": stranger.user, "role": "principal"}
        assert write(aide, trip, "member", wanted)[1] == "server_made"

    def test_a_device_cannot_claim_that_bytes_are_stored(self, aide: Caller, trip: str) -> None:
        wanted = {"kind": "photo", "processing": "stored"}
        assert write(aide, trip, "media", wanted)[1] == "server_made"


class TestViewToken:
    def test_changes_with_the_role_and_only_then(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        before = companion.pull(trip)["view"]
        write(aide, trip, "note", NOTE)
        assert companion.pull(trip)["view"] == before
        url = f"/api/v1/trips/{trip}/members/{companion.user}"
        aide.client.patch(url, json={"role": "aide"}, headers=aide.headers)
        assert companion.pull(trip)["view"] != before


class TestEndedAccess:
    def quarantine(self, aide: Caller, trip: str) -> list[dict[str, object]]:
        url = f"/api/v1/trips/{trip}/quarantine"
        found: list[dict[str, object]] = aide.client.get(url, headers=aide.headers).json()
        return found

    def test_of_a_removed_member_keeps_aside_what_was_written_before(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        earlier = companion.change("note", new_id(), NOTE)
        companion.clock.advance(hours=1)
        remove(aide, trip, companion.user)
        companion.clock.advance(hours=1)
        later = companion.change("note", new_id(), NOTE)
        answers = [code(r) for r in companion.results(trip, earlier, later)]
        assert answers == ["quarantined", "access_ended"]
        (kept,) = self.quarantine(aide, trip)
        assert kept["change"]["fields"] == NOTE  # type: ignore[index] # JSON
        assert kept["user"] == companion.user
        assert earlier["record"] not in seen(aide, trip)

    def test_repeats_the_same_answer_and_keeps_the_change_once(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        earlier = companion.change("note", new_id(), NOTE)
        companion.clock.advance(hours=1)
        remove(aide, trip, companion.user)
        for _ in range(2):
            assert [code(r) for r in companion.results(trip, earlier)] == ["quarantined"]
        assert len(self.quarantine(aide, trip)) == 1

    def test_answers_duplicate_to_what_had_been_accepted_before(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        change = companion.change("note", new_id(), NOTE)
        companion.results(trip, change)
        companion.clock.advance(hours=1)
        remove(aide, trip, companion.user)
        (result,) = companion.results(trip, change)
        assert result["status"] == "duplicate"
        assert self.quarantine(aide, trip) == []

    def test_takes_the_skew_of_the_phone_off_before_it_judges(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        day = 24 * 3600 * 1000
        change = companion.change("note", new_id(), NOTE) | {"hlc": companion.hlc(shift_ms=day)}
        companion.clock.advance(hours=1)
        remove(aide, trip, companion.user)
        now = int(companion.clock.now().timestamp() * 1000)
        (result,) = companion.results(trip, change, now=now + day)
        assert code(result) == "quarantined"

    def test_closes_reading_at_once(self, aide: Caller, companion: Caller, trip: str) -> None:
        remove(aide, trip, companion.user)
        url = f"/api/v1/sync/{trip}/pull?after=0"
        answer = companion.client.get(url, headers=companion.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "trip_unknown")

    def test_ends_when_the_member_is_taken_in_again(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        remove(aide, trip, companion.user)
        join(aide, trip, companion, "companion")
        assert write(companion, trip, "note", NOTE)[1] == "applied"
        members = [row for row in aide.pull(trip)["rows"] if row["entity"] == "member"]
        assert sorted(row["deleted"] for row in members) == [False, False]

    def test_of_a_revoked_device_quarantines_its_queue_and_not_that_of_others(
        self, house: House, aide: Caller, trip: str
    ) -> None:
        tablet = Caller(aide.client, aide.user, aide.token, "tablet_of_aide", aide.clock)
        write(tablet, trip, "note", NOTE)
        earlier = tablet.change("note", new_id(), NOTE)
        aide.clock.advance(hours=1)
        with house.db.write() as session:
            revoke_device(session, aide.user, tablet.device, erase=True, now=aide.clock.now())
        assert [code(r) for r in tablet.results(trip, earlier)] == ["quarantined"]
        assert write(aide, trip, "note", NOTE)[1] == "applied"

    def test_is_read_by_aide_and_principal_only(self, companion: Caller, trip: str) -> None:
        url = f"/api/v1/trips/{trip}/quarantine"
        answer = companion.client.get(url, headers=companion.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


class TestDevices:
    def test_one_is_registered_by_its_first_push_and_bound_to_its_user(
        self, aide: Caller, stranger: Caller
    ) -> None:
        aide.make_trip()
        listed = aide.client.get("/api/v1/devices", headers=aide.headers).json()
        assert [device["id"] for device in listed] == [aide.device]
        thief = Caller(aide.client, stranger.user, stranger.token, aide.device, aide.clock)
        new = new_id()
        answer = thief.push(new, thief.change("trip", new, {"kind": "business", "title": "借"}))
        assert (answer.status_code, answer.json()["code"]) == (403, "device_of_another")
