"""Members of a trip and the links by which they join, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from services.bootstrap import House
from services.kernel.ids import new_id
from tests.support.house import Caller, TestClock, new_caller

API = "/api/v1"
ACCOUNT = {"name": "周明", "email": "zhou@example.org", "password": "long enough"}


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip()


@pytest.fixture
def companion(house: House, client: TestClient, aide: Caller, trip: str) -> Caller:
    made = new_caller(house, client, "小何")
    ask(aide, "POST", f"/trips/{trip}/members", {"user": made.user, "role": "companion"})
    return made


@pytest.fixture
def anonymous(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house=house), "http://localhost") as made:
        yield made


def ask(caller: Caller, method: str, path: str, body: Any = None) -> Any:
    more = {} if body is None else {"json": body}
    return caller.client.request(method, API + path, headers=caller.headers, **more)


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def invite(aide: Caller, trip: str, **wanted: Any) -> dict[str, Any]:
    answer = ask(aide, "POST", f"/trips/{trip}/invitations", {"role": "companion"} | wanted)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def advance(caller: Caller, **span: float) -> None:
    clock: TestClock = caller.clock
    clock.advance(**span)


class TestMembers:
    def test_are_listed_with_their_names_for_everybody_on_the_trip(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        for caller in (aide, companion):
            rows = ask(caller, "GET", f"/trips/{trip}/members").json()
            assert {(row["user"], row["name"], row["role"]) for row in rows} == {
                (aide.user, "小宋", "aide"),
                (companion.user, "小何", "companion"),
            }

    def test_come_to_the_devices_by_pull(self, aide: Caller, companion: Caller, trip: str) -> None:
        rows = [row for row in companion.pull(trip)["rows"] if row["entity"] == "member"]
        assert {row["fields"]["user"] for row in rows} == {aide.user, companion.user}

    def test_see_the_trip_in_their_list_with_their_role(self, companion: Caller, trip: str) -> None:
        (listed,) = ask(companion, "GET", "/trips").json()
        assert (listed["id"], listed["role"]) == (trip, "companion")
        assert listed["title"] == "石渡村供水调研"
        assert ask(companion, "GET", f"/trips/{trip}").json() == listed

    def test_do_not_read_the_title_of_a_restricted_trip(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        aide.results(trip, aide.change("trip", trip, {"sensitivity": "restricted"}))
        (listed,) = ask(companion, "GET", "/trips").json()
        assert (listed["id"], listed["title"], listed["kind"]) == (trip, "", None)

    def test_are_added_by_address_too(self, aide: Caller, stranger: Caller, trip: str) -> None:
        me = ask(stranger, "GET", "/me").json()
        body = {"email": me["email"].upper(), "role": "office"}
        added = ask(aide, "POST", f"/trips/{trip}/members", body)
        assert (added.status_code, added.json()["user"]) == (201, stranger.user)

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"role": "viewer"}, (422, "user_missing")),
            ({"role": "viewer", "email": "nobody@example.org"}, (404, "user_unknown")),
            (
                {"role": "viewer", "user": "018f0000-0000-7000-8000-000000000000"},
                (404, "user_unknown"),
            ),
            ({"role": "emperor", "email": "a@b.c"}, (422, "invalid_payload")),
        ],
    )
    def test_are_not_added_without_a_known_account_and_role(
        self, aide: Caller, trip: str, body: Any, expected: tuple[int, str]
    ) -> None:
        assert problem(ask(aide, "POST", f"/trips/{trip}/members", body)) == expected

    def test_are_not_added_twice(self, aide: Caller, companion: Caller, trip: str) -> None:
        body = {"user": companion.user, "role": "viewer"}
        answer = ask(aide, "POST", f"/trips/{trip}/members", body)
        assert problem(answer) == (409, "already_member")

    @pytest.mark.parametrize("role", ["companion", "office", "viewer"])
    def test_are_changed_by_keepers_only(
        self, aide: Caller, companion: Caller, stranger: Caller, trip: str, role: str
    ) -> None:
        member = f"/trips/{trip}/members/{companion.user}"
        ask(aide, "PATCH", member, {"role": role})
        for method, path, body in (
            ("POST", f"/trips/{trip}/members", {"user": stranger.user, "role": "viewer"}),
            ("PATCH", member, {"role": "aide"}),
            ("DELETE", f"/trips/{trip}/members/{aide.user}", None),
            ("POST", f"/trips/{trip}/invitations", {"role": "viewer"}),
            ("GET", f"/trips/{trip}/invitations", None),
            ("GET", f"/trips/{trip}/audit", None),
        ):
            assert problem(ask(companion, method, path, body)) == (403, "not_allowed"), path

    def test_may_leave_by_themselves(self, companion: Caller, trip: str) -> None:
        path = f"/trips/{trip}/members/{companion.user}"
        assert ask(companion, "DELETE", path).status_code == 204
        assert ask(companion, "GET", "/trips").json() == []

    def test_never_leave_a_trip_without_aide_or_principal(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        mine = f"/trips/{trip}/members/{aide.user}"
        assert problem(ask(aide, "DELETE", mine)) == (409, "last_keeper")
        assert problem(ask(aide, "PATCH", mine, {"role": "viewer"})) == (409, "last_keeper")
        theirs = f"/trips/{trip}/members/{companion.user}"
        assert ask(aide, "PATCH", theirs, {"role": "principal"}).status_code == 200
        assert ask(aide, "DELETE", mine).status_code == 204

    def test_follow_the_new_name_of_their_user(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        ask(companion, "PATCH", "/me", {"name": "何晓"})
        rows = ask(aide, "GET", f"/trips/{trip}/members").json()
        assert "何晓" in {row["name"] for row in rows}

    def test_leave_a_trace_of_every_change_in_the_audit_log(
        self, aide: Caller, companion: Caller, trip: str
    ) -> None:
        ask(aide, "PATCH", f"/trips/{trip}/members/{companion.user}", {"role": "viewer"})
        ask(aide, "DELETE", f"/trips/{trip}/members/{companion.user}")
        lines = ask(aide, "GET", f"/trips/{trip}/audit").json()
        told = [(line["action"], line["subject"]) for line in lines if line["subject"]]
        actions = ["member_removed", "role_changed", "member_added"]
        assert told == [(action, companion.user) for action in actions]
        assert "trip_founded" in [line["action"] for line in lines]


class TestInvitations:
    def test_tell_their_holder_what_awaits_and_no_more(
        self, aide: Caller, anonymous: TestClient, trip: str
    ) -> None:
        link = invite(aide, trip, role="office")
        assert link["url"].endswith(f"/join/{link['token']}")
        told = anonymous.get(f"{API}/invitations/{link['token']}").json()
        expires = told.pop("expires_at")
        assert told == {
            "trip": trip,
            "title": "石渡村供水调研",
            "role": "office",
            "invited_by": "小宋",
        }
        assert expires == link["expires_at"]

    def test_let_somebody_without_account_make_one_and_join_at_once(
        self, aide: Caller, anonymous: TestClient, trip: str
    ) -> None:
        link = invite(aide, trip)
        url = f"{API}/invitations/{link['token']}/accept"
        assert problem(anonymous.post(url, json={})) == (401, "signed_out")
        joined = anonymous.post(url, json=ACCOUNT)
        assert joined.status_code == 200, joined.text
        assert (joined.json()["trip"], joined.json()["role"]) == (trip, "companion")
        assert joined.json()["user"]["email"] == ACCOUNT["email"]
        rows = anonymous.get(f"{API}/sync/{trip}/pull").json()["rows"]
        assert {row["entity"] for row in rows} == {"trip", "member"}

    def test_do_not_take_over_an_account_that_exists(
        self, aide: Caller, anonymous: TestClient, stranger: Caller, trip: str
    ) -> None:
        email = ask(stranger, "GET", "/me").json()["email"]
        url = f"{API}/invitations/{invite(aide, trip)['token']}/accept"
        answer = anonymous.post(url, json=ACCOUNT | {"email": email})
        assert problem(answer) == (409, "email_taken")
        assert ask(stranger, "GET", "/trips").json() == []

    def test_let_whoever_is_signed_in_join_and_change_no_role_afterwards(
        self, aide: Caller, stranger: Caller, trip: str
    ) -> None:
        first, second = invite(aide, trip), invite(aide, trip, role="principal")
        for link in (first, first, second):
            joined = ask(stranger, "POST", f"/invitations/{link['token']}/accept", {})
            assert (joined.status_code, joined.json()["role"]) == (200, "companion")
        used = {
            row["id"]: row["used"] for row in ask(aide, "GET", f"/trips/{trip}/invitations").json()
        }
        assert used == {first["id"]: 1, second["id"]: 0}

    def test_for_keepers_work_once_unless_told_otherwise(
        self, aide: Caller, stranger: Caller, anonymous: TestClient, trip: str
    ) -> None:
        link = invite(aide, trip, role="principal")
        path = f"/invitations/{link['token']}/accept"
        assert ask(stranger, "POST", path, {}).status_code == 200
        assert problem(anonymous.post(API + path, json=ACCOUNT)) == (410, "invitation_over")

    def test_end_by_time(self, aide: Caller, stranger: Caller, trip: str) -> None:
        link = invite(aide, trip, days=2)
        advance(aide, days=2, seconds=1)
        for method, path in (("GET", ""), ("POST", "/accept")):
            answer = ask(stranger, method, f"/invitations/{link['token']}{path}", {})
            assert problem(answer) == (410, "invitation_over")
        assert ask(aide, "GET", f"/trips/{trip}/invitations").json() == []

    def test_end_when_revoked_or_when_their_maker_goes(
        self, aide: Caller, companion: Caller, stranger: Caller, trip: str
    ) -> None:
        ask(aide, "PATCH", f"/trips/{trip}/members/{companion.user}", {"role": "aide"})
        mine, theirs = invite(aide, trip), invite(companion, trip)
        path = f"/trips/{trip}/invitations/{mine['id']}"
        assert ask(aide, "DELETE", path).status_code == 204
        ask(aide, "DELETE", f"/trips/{trip}/members/{companion.user}")
        for link in (mine, theirs):
            answer = ask(stranger, "POST", f"/invitations/{link['token']}/accept", {})
            assert problem(answer) == (410, "invitation_over")

    def test_are_not_guessed_and_not_revoked_across_trips(
        self, aide: Caller, stranger: Caller, trip: str
    ) -> None:
        answer = ask(stranger, "POST", f"/invitations/{new_id()}/accept", {})
        assert problem(answer) == (404, "invitation_unknown")
        own = stranger.make_trip()
        link = invite(aide, trip)
        answer = ask(stranger, "DELETE", f"/trips/{own}/invitations/{link['id']}")
        assert problem(answer) == (404, "invitation_unknown")
