"""Signing in by cookie, CSRF, the first account, tokens, browsers and devices over HTTP."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from services.bootstrap import House
from services.identity import NewUser, add_user, ensure_setup_link, hash_password
from services.kernel.clock import milliseconds
from services.kernel.ids import new_id

PASSWORD = "correct horse"
HASHED = hash_password(PASSWORD)
EMAIL = "song@example.org"
API = "/api/v1"


@pytest.fixture
def web(house: House) -> Iterator[TestClient]:
    """A browser on this very machine, where plain http may keep the cookie."""
    with house.db.write() as session:
        add_user(session, NewUser(EMAIL, "宋岚", HASHED))
    app = create_app(house=house)
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as made:
        yield made


def sign_in(web: TestClient, password: str = PASSWORD) -> dict[str, str]:
    """Sign in; returns the headers that changes need."""
    answer = web.post(f"{API}/session", json={"email": EMAIL, "password": password})
    assert answer.status_code == 200, answer.text
    return {"X-CSRF-Token": answer.json()["csrf"]}


def problem(answer: object) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]  # type: ignore[attr-defined] # httpx


class TestCookie:
    def test_is_for_http_only_and_stays_off_foreign_sites(self, web: TestClient) -> None:
        answer = web.post(f"{API}/session", json={"email": EMAIL, "password": PASSWORD})
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "secure" not in cookie

    @pytest.mark.parametrize("base", ["https://suixing.example", "http://192.168.1.5:8000"])
    def test_is_secure_everywhere_but_on_this_machine(self, house: House, base: str) -> None:
        with house.db.write() as session:
            add_user(session, NewUser(EMAIL, "宋岚", HASHED))
        with TestClient(create_app(house=house), base) as far:
            answer = far.post(f"{API}/session", json={"email": EMAIL, "password": PASSWORD})
        assert "secure" in answer.headers["set-cookie"].lower()

    def test_signs_in_until_signing_out(self, web: TestClient) -> None:
        csrf = sign_in(web)
        assert web.get(f"{API}/session").json()["user"]["email"] == EMAIL
        assert web.delete(f"{API}/session", headers=csrf).status_code == 204
        assert problem(web.get(f"{API}/session")) == (401, "signed_out")

    def test_is_handed_out_again_so_that_it_slides(self, web: TestClient) -> None:
        sign_in(web)
        answer = web.get(f"{API}/session")
        assert f"max-age={90 * 24 * 3600}" in answer.headers["set-cookie"].lower()

    def test_alone_changes_nothing(self, web: TestClient) -> None:
        sign_in(web)
        for headers in ({}, {"X-CSRF-Token": "guess"}):
            answer = web.patch(f"{API}/me", json={"name": "改名"}, headers=headers)
            assert problem(answer) == (403, "csrf_missing")
        assert web.get(f"{API}/me").json()["name"] == "宋岚"

    def test_changes_with_the_value_that_any_session_answer_gives(self, web: TestClient) -> None:
        sign_in(web)
        csrf = {"X-CSRF-Token": web.get(f"{API}/session").json()["csrf"]}
        answer = web.patch(f"{API}/me", json={"name": " 宋小岚 "}, headers=csrf)
        assert (answer.status_code, answer.json()["name"]) == (200, "宋小岚")


class TestSigningIn:
    def test_says_the_same_to_a_wrong_password_and_an_unknown_address(
        self, web: TestClient
    ) -> None:
        for email in (EMAIL, "nobody@example.org"):
            answer = web.post(f"{API}/session", json={"email": email, "password": "wrong"})
            assert problem(answer) == (401, "wrong_credentials")
            assert "set-cookie" not in answer.headers

    def test_is_limited_and_says_when_to_come_back(self, web: TestClient) -> None:
        body = {"email": EMAIL, "password": "wrong"}
        answers = [web.post(f"{API}/session", json=body) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429]
        assert answers[-1].json()["code"] == "too_many_attempts"
        assert int(answers[-1].headers["Retry-After"]) > 0


class TestPassword:
    def test_changes_with_the_old_one_and_signs_the_other_browsers_out(
        self, web: TestClient, house: House
    ) -> None:
        with TestClient(create_app(house=house), "http://localhost") as other:
            sign_in(other)
            csrf = sign_in(web)
            body = {"old": PASSWORD, "new": "another horse"}
            answer = web.post(f"{API}/me/password", json=body, headers=csrf)
            assert answer.status_code == 204, answer.text
            assert web.get(f"{API}/me").status_code == 200
            assert problem(other.get(f"{API}/me")) == (401, "signed_out")
            sign_in(other, "another horse")

    def test_does_not_change_without_the_old_one(self, web: TestClient) -> None:
        csrf = sign_in(web)
        body = {"old": "wrong", "new": "another horse"}
        answer = web.post(f"{API}/me/password", json=body, headers=csrf)
        assert problem(answer) == (403, "wrong_password")

    def test_is_at_least_eight_characters(self, web: TestClient) -> None:
        body = {"old": PASSWORD, "new": "kurz"}
        answer = web.post(f"{API}/me/password", json=body, headers=sign_in(web))
        assert problem(answer) == (422, "invalid_payload")
        assert "kurz" not in answer.text


class TestSetup:
    def test_makes_the_first_account_and_signs_it_in(self, house: House) -> None:
        with house.db.write() as session:
            link = ensure_setup_link(session, house.settings.public_url, now=house.clock.now())
        token = str(link).partition("token=")[2]
        with TestClient(create_app(house=house), "http://localhost") as web:
            assert web.get(f"{API}/setup", params={"token": token}).json() == {"valid": True}
            body = {"token": token, "name": "宋岚", "email": EMAIL, "password": PASSWORD}
            answer = web.post(f"{API}/setup", json=body)
            assert answer.status_code == 201, answer.text
            assert web.get(f"{API}/me").json()["admin"] is True
            assert web.get(f"{API}/setup", params={"token": token}).json() == {"valid": False}
            again = web.post(f"{API}/setup", json=body | {"email": "b@example.org"})
            assert problem(again) == (410, "setup_link_used")


class TestTokens:
    def test_are_shown_once_and_work_without_csrf_until_revoked(self, web: TestClient) -> None:
        csrf = sign_in(web)
        made = web.post(f"{API}/tokens", json={"name": "脚本"}, headers=csrf).json()
        listed = web.get(f"{API}/tokens").json()
        assert [token["name"] for token in listed] == ["脚本"]
        assert made["token"] not in str(listed)
        web.cookies.clear()
        bearer = {"Authorization": f"Bearer {made['token']}"}
        assert web.patch(f"{API}/me", json={"name": "脚本"}, headers=bearer).status_code == 200
        assert web.get(f"{API}/session", headers=bearer).json()["csrf"] is None
        assert problem(web.delete(f"{API}/session", headers=bearer)) == (409, "not_a_session")
        url = f"{API}/tokens/{made['id']}"
        assert web.delete(url, headers=bearer).status_code == 204
        assert problem(web.get(f"{API}/me", headers=bearer)) == (401, "signed_out")

    def test_of_others_cannot_be_revoked(self, web: TestClient, house: House) -> None:
        csrf = sign_in(web)
        made = web.post(f"{API}/tokens", json={"name": "脚本"}, headers=csrf).json()
        with house.db.write() as session:
            add_user(session, NewUser("other@example.org", "乙", HASHED))
        body = {"email": "other@example.org", "password": PASSWORD}
        with TestClient(create_app(house=house), "http://localhost") as other:
            theirs = {"X-CSRF-Token": other.post(f"{API}/session", json=body).json()["csrf"]}
            answer = other.delete(f"{API}/tokens/{made['id']}", headers=theirs)
        assert problem(answer) == (404, "token_unknown")


class TestBrowsersAndDevices:
    def test_a_browser_can_be_signed_out_from_another(self, web: TestClient, house: House) -> None:
        with TestClient(create_app(house=house), "http://localhost") as lost:
            sign_in(lost)
            csrf = sign_in(web)
            rows = web.get(f"{API}/sessions").json()
            (other,) = [row["id"] for row in rows if not row["current"]]
            assert web.delete(f"{API}/sessions/{other}", headers=csrf).status_code == 204
            assert problem(lost.get(f"{API}/me")) == (401, "signed_out")

    def test_a_revoked_device_hears_that_it_is_to_erase_itself_and_reads_nothing_more(
        self, web: TestClient, house: House
    ) -> None:
        csrf, trip = sign_in(web), new_id()
        self.push(web, house, trip, csrf)
        with TestClient(create_app(house=house), "http://localhost") as desk:
            answer = desk.delete(f"{API}/devices/phone_of_song?erase=true", headers=sign_in(desk))
            assert (answer.status_code, answer.json()["erase_requested"]) == (200, True)
            assert desk.get(f"{API}/sync/{trip}/pull").status_code == 200
        told = web.get(f"{API}/session").json()
        assert (told["device_revoked"], told["erase"]) == (True, True)
        refused = web.get(f"{API}/sync/{trip}/pull")
        assert problem(refused) == (403, "device_revoked")
        assert refused.json()["erase"] is True
        house.clock.advance(minutes=1)  # type: ignore[attr-defined] # the clock of tests
        (result,) = self.push(web, house, trip, csrf)["results"]
        assert (result["status"], result["problem"]["code"]) == ("rejected", "access_ended")
        (result,) = self.push(web, house, trip, csrf, device="another_name")["results"]
        assert (result["status"], result["problem"]["code"]) == ("rejected", "access_ended")

    def test_a_device_is_named_by_its_browser_and_renamed_by_its_owner(
        self, web: TestClient, house: House
    ) -> None:
        csrf = sign_in(web)
        self.push(web, house, new_id(), csrf)
        (device,) = web.get(f"{API}/devices").json()
        assert (device["id"], device["name"]) == ("phone_of_song", "testclient")
        url = f"{API}/devices/phone_of_song"
        renamed = web.patch(url, json={"name": "小宋的手机"}, headers=csrf)
        assert renamed.json()["name"] == "小宋的手机"
        unknown = web.patch(f"{API}/devices/nobody_00", json={"name": "x"}, headers=csrf)
        assert problem(unknown) == (404, "device_unknown")

    def push(
        self,
        web: TestClient,
        house: House,
        trip: str,
        csrf: dict[str, str],
        device: str = "phone_of_song",
    ) -> dict[str, list[dict[str, dict[str, str]]]]:
        now = milliseconds(house.clock.now())
        change = {
            "id": new_id(),
            "entity": "trip",
            "record": trip,
            "fields": {"kind": "research", "title": "调研"},
            "hlc": f"{now:013d}-0000-{device}",
        }
        body = {"schema": 1, "device": device, "now": now, "changes": [change]}
        answer = web.post(f"{API}/sync/{trip}/push", json=body, headers=csrf)
        assert answer.status_code == 200, answer.text
        told: dict[str, list[dict[str, dict[str, str]]]] = answer.json()
        return told
