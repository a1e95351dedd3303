"""Every route of the API, walked as nobody, as a stranger, and as a viewer of the trip."""

from dataclasses import dataclass
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient

from services.bootstrap import House
from services.kernel.ids import new_id
from tests.support.flags import make_flag
from tests.support.house import Caller, new_caller
from tests.support.walking import Route, Walker, routes_of

# What serves those who are not signed in yet. Nothing else may answer them.
PUBLIC = {
    "GET /healthz",
    "POST /session",
    "GET /setup",
    "POST /setup",
    "GET /invitations/{token}",
}
# What deals with the asker alone. Everything else belongs to a trip, and a stranger gets nothing.
OWN = PUBLIC | {
    "GET /session",
    "DELETE /session",
    "GET /me",
    "PATCH /me",
    "POST /me/password",
    "GET /tokens",
    "POST /tokens",
    "DELETE /tokens/{token}",
    "GET /sessions",
    "DELETE /sessions/{browser}",
    "GET /devices",
    "PATCH /devices/{device}",
    "DELETE /devices/{device}",
    "GET /trips",
    "GET /transcription/engine",
    "POST /invitations/{token}/accept",
}
# Endless by design; its own tests hear it. Walked as nobody only.
ENDLESS = {"GET /stream"}
HIDDEN_CODES = {
    "trip_unknown",
    "media_unknown",
    "record_unknown",
    "upload_unknown",
    "job_unknown",
    "not_allowed",
    "not_admin",
}
SAFE = {"GET", "HEAD"}
BYTES = b"bytes"


@dataclass
class Ground:
    """One trip with something of everything in it, and three people around it."""

    client: TestClient
    routes: list[Route]
    walker: Walker
    aide: Caller
    viewer: Caller
    stranger: Caller


@pytest.fixture
def ground(house: House, client: TestClient, aide: Caller, stranger: Caller) -> Ground:
    viewer = new_caller(house, client, "看客")
    openapi = client.get("/api/v1/openapi.json").json()
    ids = _settle(client, aide, viewer)
    ids["contradiction"] = make_flag(house, ids["trip"])
    bodies = {"POST /sync/{trip}/push": _push_body(aide, ids)}
    walker = Walker(openapi, ids, bodies)
    return Ground(client, list(routes_of(openapi)), walker, aide, viewer, stranger)


def _settle(client: TestClient, aide: Caller, viewer: Caller) -> dict[str, str]:
    trip, note, media, unit = aide.make_trip(), new_id(), new_id(), new_id()
    digest = sha256(BYTES).hexdigest()
    results = aide.results(
        trip,
        aide.change("note", note, {"kind": "observation", "text": "水位 3.2 米"}),
        aide.change(
            "media", media, {"kind": "photo", "mime": "image/png", "sha256": digest, "size": 5}
        ),
        aide.change("unit", unit, {"name": "上坪茶厂"}),
    )
    assert {result["status"] for result in results} == {"applied"}
    base = f"/api/v1/trips/{trip}"
    added = client.post(
        f"{base}/members", json={"user": viewer.user, "role": "viewer"}, headers=aide.headers
    )
    link = client.post(f"{base}/invitations", json={"role": "office"}, headers=aide.headers)
    member = next(row for row in aide.pull(trip)["rows"] if row["entity"] == "member")
    ids = {"trip": trip, "entity": "note", "record": note, "media": media, "sha256": digest}
    ids |= {"unit": unit, "media_id": media, "member": member["record"], "link": link.json()["id"]}
    ids |= {"token": new_id(), "browser": new_id(), "device": aide.device, "job": new_id()}
    assert added.status_code == 201
    return ids | {"upload_id": _upload(client, aide, ids)}


def _upload(client: TestClient, aide: Caller, ids: dict[str, str]) -> str:
    walker = Walker({"paths": {}}, ids, {})
    route = Route("POST", "/api/v1/uploads", {})
    answer = walker.call(route, client, aide)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"]).rsplit("/", 1)[1]


def _push_body(aide: Caller, ids: dict[str, str]) -> dict[str, object]:
    change = aide.change("note", new_id(), {"kind": "observation", "text": "不该写进去"})
    return {"schema": 1, "device": "walker_01", "now": None, "changes": [change]}


def _code(answer: object) -> str:
    return str(answer.json().get("code", "")) if answer.content else ""  # type: ignore[attr-defined] # httpx


class TestEveryRoute:
    def test_answers_nobody_with_401_unless_it_is_public(self, ground: Ground) -> None:
        answers = {
            route.name: ground.walker.call(route, ground.client, None).status_code
            for route in ground.routes
        }
        assert answers, "the document names no route"
        assert {name for name, status in answers.items() if status == 500} == set()
        assert {name for name, status in answers.items() if status != 401} <= PUBLIC

    def test_lists_only_routes_that_exist_as_public_or_own(self, ground: Ground) -> None:
        assert {route.name for route in ground.routes} >= OWN | ENDLESS

    def test_gives_a_stranger_nothing_of_a_trip(self, ground: Ground) -> None:
        for route in ground.routes:
            if route.name in OWN | ENDLESS:
                continue
            answer = ground.walker.call(route, ground.client, ground.stranger)
            assert answer.status_code in (403, 404), (route.name, answer.status_code, answer.text)
            if route.method != "HEAD":
                assert _code(answer) in HIDDEN_CODES, (route.name, answer.text)

    def test_gives_a_stranger_only_what_is_its_own(self, ground: Ground) -> None:
        for route in ground.routes:
            if route.name in OWN:
                answer = ground.walker.call(route, ground.client, ground.stranger)
                assert answer.status_code < 500, (route.name, answer.text)
                assert ground.walker.ids["trip"] not in answer.text, route.name
                assert ground.aide.user not in answer.text, route.name
        assert ground.client.get("/api/v1/trips", headers=ground.stranger.headers).json() == []

    def test_lets_a_viewer_change_nothing(self, ground: Ground) -> None:
        before = ground.aide.pull(ground.walker.ids["trip"])
        for route in ground.routes:
            if route.name in OWN | ENDLESS or route.method in SAFE:
                continue
            answer = ground.walker.call(route, ground.client, ground.viewer)
            if route.name == "POST /sync/{trip}/push":
                (result,) = answer.json()["results"]
                assert (result["status"], result["problem"]["code"]) == ("rejected", "not_allowed")
            else:
                assert answer.status_code in (403, 404), (route.name, answer.text)
        assert ground.aide.pull(ground.walker.ids["trip"])["rows"] == before["rows"]

    def test_lets_a_viewer_read_without_an_error_of_ours(self, ground: Ground) -> None:
        for route in ground.routes:
            if route.method in SAFE and route.name not in ENDLESS:
                answer = ground.walker.call(route, ground.client, ground.viewer)
                assert answer.status_code < 500, (route.name, answer.text)
        trip = ground.walker.ids["trip"]
        for path in (f"/trips/{trip}", f"/sync/{trip}/pull", f"/trips/{trip}/members"):
            url = f"/api/v1{path}"
            assert ground.client.get(url, headers=ground.viewer.headers).status_code == 200, path

    def test_answers_a_body_that_is_none_with_a_problem(self, ground: Ground) -> None:
        for route in ground.routes:
            if "requestBody" not in route.operation:
                continue
            url = route.path.format(**ground.walker.ids)
            for content in (b"{", b'{"nonsense": 1}', b"[]", b"\xff\xfe"):
                headers = ground.aide.headers | {"Content-Type": "application/json"}
                answer = ground.client.request(route.method, url, content=content, headers=headers)
                told = (route.name, content, answer.status_code, answer.text)
                assert 400 <= answer.status_code < 500, told
                assert answer.headers["content-type"] == "application/problem+json", told
                assert _code(answer), told
