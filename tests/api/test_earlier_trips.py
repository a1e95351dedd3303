"""Two trips to one organisation held against each other: for who may read both, kept nowhere."""

from datetime import timedelta
from typing import Any

from services.bootstrap import House
from services.contradictions import READ_CLAIMS
from services.kernel.ids import new_id
from tests.api.test_contradictions import join, listed
from tests.support.house import Caller
from tests.support.tus import run_jobs

UNIT = "青石坳茶叶合作社"


def visit(house: House, aide: Caller, name: str, *texts: str) -> tuple[str, str]:
    """A trip to a unit of this name with these notes; both ids."""
    trip, unit = aide.make_trip(), new_id()
    notes = [aide.change("note", new_id(), {"kind": "quote", "text": text}) for text in texts]
    aide.results(trip, aide.change("unit", unit, {"name": name}), *notes)
    run_jobs(house, READ_CLAIMS)
    return trip, unit


def asked(caller: Caller, trip: str, unit: str) -> Any:
    return caller.client.get(f"/api/v1/trips/{trip}/units/{unit}/earlier", headers=caller.headers)


def earlier(caller: Caller, trip: str, unit: str) -> list[dict[str, Any]]:
    answer = asked(caller, trip, unit)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows


def test_what_was_heard_on_an_earlier_trip_stands_beside_what_is_heard_now(
    house: House, aide: Caller
) -> None:
    before, _ = visit(house, aide, UNIT, "合作社成立于2015年。", "合作社有42户。")
    visit(house, aide, "下坪村", "合作社成立于1998年。")
    aide.clock.advance(days=400)
    trip, unit = visit(house, aide, f" {UNIT}", "合作社成立于2017年。", "合作社有51户。")
    differs, changed = earlier(aide, trip, unit)
    assert (differs["difference"], differs["kind"]) == ("differ", "date")
    assert (differs["a"]["trip"], differs["b"]["trip"]) == (before, trip)
    assert (differs["a"]["value"], differs["b"]["value"]) == ("2015年", "2017年")
    assert differs["a"]["quote"] == "合作社成立于2015年。"
    assert (changed["difference"], changed["a"]["value"]) == ("changed", "42户")
    days = timedelta(days=400)
    assert aide.clock.time.date().isoformat() == changed["b"]["said_on"]
    assert (aide.clock.time - days).date().isoformat() == changed["a"]["said_on"]
    # Nothing of it is kept: neither trip has a flag.
    states = ["open", "withdrawn"]
    assert listed(aide, trip, state=states) == listed(aide, before, state=states) == []


def test_nobody_sees_by_it_what_he_could_not_read(house: House, aide: Caller) -> None:
    visit(house, aide, UNIT, "合作社成立于2015年。")
    trip, unit = visit(house, aide, UNIT, "合作社成立于2017年。")
    viewer = join(aide, house, trip, "viewer")
    assert len(earlier(aide, trip, unit)) == 1
    assert earlier(viewer, trip, unit) == []
    assert asked(viewer, visit(house, aide, UNIT)[0], unit).status_code == 404
    assert asked(aide, trip, new_id()).json()["code"] == "record_unknown"


def test_restricted_texts_take_no_part(house: House, aide: Caller) -> None:
    before, _ = visit(house, aide, UNIT)
    secret = {"kind": "quote", "text": "合作社成立于2015年。", "sensitivity": "restricted"}
    aide.results(before, aide.change("note", new_id(), secret))
    trip, unit = visit(house, aide, UNIT, "合作社成立于2017年。")
    assert earlier(aide, trip, unit) == []
