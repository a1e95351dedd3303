"""Accounts that differ over REST: ranked, and with all that was done to find out which holds."""

from typing import Any

from services.bootstrap import House
from services.kernel.ids import new_id
from tests.support.flags import make_flag
from tests.support.house import Caller, new_caller


def listed(caller: Caller, trip: str, **query: Any) -> list[dict[str, Any]]:
    url = f"/api/v1/trips/{trip}/contradictions"
    response = caller.client.get(url, params=query, headers=caller.headers)
    assert response.status_code == 200, response.text
    rows: list[dict[str, Any]] = response.json()
    return rows


def read(caller: Caller, trip: str, record: str) -> Any:
    url = f"/api/v1/trips/{trip}/contradictions/{record}"
    return caller.client.get(url, headers=caller.headers)


def join(aide: Caller, house: House, trip: str, role: str) -> Caller:
    member = new_caller(house, aide.client, "老周")
    url = f"/api/v1/trips/{trip}/members"
    body = {"user": member.user, "role": role}
    assert aide.client.post(url, json=body, headers=aide.headers).status_code == 201
    return member


def test_what_most_hangs_on_comes_first_and_what_is_settled_last(
    house: House, aide: Caller
) -> None:
    trip = aide.make_trip()
    money = make_flag(house, trip, consequence="money", confidence=0.9)
    nothing = make_flag(house, trip, confidence=0.99)
    safety = make_flag(house, trip, consequence="safety", confidence=0.6)
    surer = make_flag(house, trip, consequence="money", confidence=0.95)
    settled = make_flag(house, trip, consequence="safety")
    unknown = make_flag(house, trip, consequence="people")
    explained = make_flag(house, trip, state="withdrawn", difference="changed")
    for record, verdict in ((settled, "a"), (unknown, "unresolved")):
        ruling = {"verdict": verdict, "reason": "台账"}
        aide.results(trip, aide.change("contradiction", record, {"ruling": ruling}))
    order = [safety, surer, money, nothing, unknown, settled]
    assert [row["id"] for row in listed(aide, trip)] == order
    assert [row["id"] for row in listed(aide, trip, state="withdrawn")] == [explained]
    assert len(listed(aide, trip, state=["open", "withdrawn"])) == 5


def test_a_pair_tells_its_questions_with_answer_and_evidence_and_every_ruling(
    house: House, aide: Caller
) -> None:
    trip = aide.make_trip()
    flag, question, person, photo = make_flag(house, trip), new_id(), new_id(), new_id()
    asked = {"text": "到底多少户？", "kind": "person", "person": person, "ask_on": "2026-11-19"}
    source = {"entity": "contradiction", "record": flag}
    evidence = [{"entity": "media", "record": photo}]
    answered = {"answer": "430 户，见台账", "state": "answered", "evidence": evidence}
    aide.results(
        trip,
        aide.change("person", person, {"name": "周文海"}),
        aide.change("question", question, asked | {"source": source}),
        aide.change("question", question, answered),
    )
    for verdict, reason in (("a", "口头"), ("neither", "台账是 430 户")):
        aide.clock.advance(minutes=1)
        ruling = {"verdict": verdict, "reason": reason}
        aide.results(trip, aide.change("contradiction", flag, {"ruling": ruling}))
    told = read(aide, trip, flag).json()
    assert told["state"] == "ruled"
    assert told["a"]["normalised"] == "412"
    [one] = told["questions"]
    assert (one["id"], one["person_name"], one["ask_on"]) == (question, "周文海", "2026-11-19")
    assert (one["answer"], one["evidence"]) == ("430 户，见台账", evidence)
    verdicts = [(each["verdict"], each["reason"], each["stands"]) for each in told["rulings"]]
    assert verdicts == [("a", "口头", False), ("neither", "台账是 430 户", True)]
    assert {each["by"] for each in told["rulings"]} == {aide.user}
    assert all(each["by_name"] and each["at"] and each["change"] for each in told["rulings"])


def test_a_ruling_that_came_too_late_to_stand_is_told_too(house: House, aide: Caller) -> None:
    trip = aide.make_trip()
    flag = make_flag(house, trip)
    colleague = join(aide, house, trip, "aide")
    early = colleague.change("contradiction", flag, {"ruling": {"verdict": "b", "reason": "早"}})
    aide.clock.advance(minutes=1)
    ruling = {"verdict": "a", "reason": "晚"}
    aide.results(trip, aide.change("contradiction", flag, {"ruling": ruling}))
    (late,) = colleague.results(trip, early)
    assert late["status"] in ("merged", "superseded")
    told = read(aide, trip, flag).json()
    verdicts = [(each["verdict"], each["stands"]) for each in told["rulings"]]
    assert sorted(verdicts) == [("a", True), ("b", False)]


def test_nobody_reads_a_pair_or_a_question_that_is_not_for_them(
    house: House, aide: Caller, stranger: Caller
) -> None:
    trip = aide.make_trip()
    hidden = make_flag(house, trip, sensitivity="restricted")
    shown, question = make_flag(house, trip), new_id()
    source = {"entity": "contradiction", "record": shown}
    fields = {"text": "问谁？", "source": source, "sensitivity": "restricted"}
    aide.results(trip, aide.change("question", question, fields))
    viewer = join(aide, house, trip, "viewer")
    assert [row["id"] for row in listed(viewer, trip)] == [shown]
    assert listed(viewer, trip)[0]["questions"] == []
    assert len(listed(aide, trip)) == 2
    assert read(viewer, trip, hidden).json()["code"] == "record_unknown"
    assert read(aide, trip, new_id()).status_code == 404
    assert read(stranger, trip, shown).json()["code"] == "trip_unknown"
    other = aide.make_trip()
    assert read(aide, other, shown).json()["code"] == "record_unknown"


def test_an_unknown_state_is_refused(aide: Caller) -> None:
    trip = aide.make_trip()
    url = f"/api/v1/trips/{trip}/contradictions?state=gone"
    answer = aide.client.get(url, headers=aide.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_payload")
