"""What a person may do to a contradiction, and what the server adds to it."""

from typing import Any

from services.bootstrap import House
from services.kernel.ids import new_id
from services.sync import ServerWrite, write_as_server
from tests.support.house import Caller


def make_flag(house: House, trip: str) -> str:
    """A flag as the engine writes it."""
    record, note = new_id(), new_id()
    side: dict[str, Any] = {"entity": "note", "record": note, "field": "text", "quote": "412 户"}
    side |= {"start": 0, "end": 5, "value": "412 户"}
    fields = {"kind": "number", "a": side, "b": side, "reason": {"zh": "不一样"}, "rule": "number"}
    with house.db.write() as session:
        write_as_server(session, trip, [ServerWrite("contradiction", record, fields)])
    return record


def test_a_ruling_is_signed_by_the_server_whoever_it_claims_to_be_from(
    house: House, aide: Caller
) -> None:
    trip = aide.make_trip()
    record = make_flag(house, trip)
    ruling = {"verdict": "b", "reason": "看了台账", "by": new_id()}
    (result,) = aide.results(trip, aide.change("contradiction", record, {"ruling": ruling}))
    assert result["status"] in ("applied", "merged")
    told = aide.row(trip, record)["fields"]
    assert told["state"] == "ruled"
    assert told["ruling"]["by"] == aide.user
    assert told["ruling"]["at"] == "2026-11-18T02:00:00.000Z"


def test_an_unknown_verdict_and_a_forged_quote_are_refused(house: House, aide: Caller) -> None:
    trip = aide.make_trip()
    record = make_flag(house, trip)
    results = aide.results(
        trip,
        aide.change("contradiction", record, {"ruling": {"verdict": "maybe", "reason": ""}}),
        aide.change("contradiction", record, {"reason": {"zh": "改了"}}),
        aide.change("contradiction", record, {}, deleted=True),
    )
    codes = [each["problem"]["code"] for each in results]
    assert codes == ["invalid_fields", "server_made", "server_made"]


def test_a_ruling_can_be_taken_back_and_every_one_stays_in_the_history(
    house: House, aide: Caller
) -> None:
    trip = aide.make_trip()
    record = make_flag(house, trip)
    for verdict in ("a", "dismissed"):
        aide.clock.advance(minutes=1)
        ruling = {"verdict": verdict, "reason": ""}
        aide.results(trip, aide.change("contradiction", record, {"ruling": ruling}))
    aide.clock.advance(minutes=1)
    aide.results(trip, aide.change("contradiction", record, {"ruling": None, "state": "open"}))
    told = aide.row(trip, record)["fields"]
    assert (told["state"], told["ruling"]) == ("open", None)
    url = f"/api/v1/trips/{trip}/history/contradiction/{record}"
    past = aide.client.get(url, headers=aide.headers).json()
    verdicts = [each["value"] for each in past if each["field"] == "ruling" and each["value"]]
    assert [each["verdict"] for each in verdicts] == ["a", "dismissed"]


def test_that_both_hold_is_a_ruling_only_with_its_reason(house: House, aide: Caller) -> None:
    trip = aide.make_trip()
    record = make_flag(house, trip)
    for reason in ({}, {"reason": " "}):
        ruling = {"verdict": "both", **reason}
        (result,) = aide.results(trip, aide.change("contradiction", record, {"ruling": ruling}))
        assert result["problem"]["code"] == "invalid_fields"
        assert result["problem"]["errors"][0]["field"].startswith("ruling")
        assert result["problem"]["errors"][0]["code"] == "reason_missing"
    ruling = {"verdict": "both", "reason": "一个按户籍，一个按常住"}
    (result,) = aide.results(trip, aide.change("contradiction", record, {"ruling": ruling}))
    assert result["status"] == "applied"
