"""What a person may do to a contradiction, and what the server adds to it."""

from typing import Any

import pytest

from services.bootstrap import House
from services.kernel.ids import new_id
from tests.support.flags import make_flag
from tests.support.house import Caller, new_caller


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


def rulings(aide: Caller, trip: str, record: str) -> list[dict[str, Any]]:
    """Every ruling in the history of a flag, oldest first."""
    url = f"/api/v1/trips/{trip}/history/contradiction/{record}"
    past = aide.client.get(url, headers=aide.headers).json()
    return [each["value"] for each in past if each["field"] == "ruling"]


def test_a_ruling_is_superseded_and_never_cleared_and_every_one_stays_in_the_history(
    house: House, aide: Caller
) -> None:
    trip = aide.make_trip()
    record = make_flag(house, trip)
    for verdict in ("a", "dismissed"):
        aide.clock.advance(minutes=1)
        ruling = {"verdict": verdict, "reason": ""}
        aide.results(trip, aide.change("contradiction", record, {"ruling": ruling}))
    bare, undo = aide.results(
        trip,
        aide.change("contradiction", record, {"ruling": None}),
        # The undo of an older app: the flag is open again, what was ruled stays beside it.
        aide.change("contradiction", record, {"ruling": None, "state": "open"}),
    )
    assert (bare["status"], bare["problem"]["code"]) == ("rejected", "ruling_stands")
    assert undo["status"] == "merged"
    told = aide.row(trip, record)["fields"]
    assert (told["state"], told["ruling"]["verdict"]) == ("open", "dismissed")
    assert [each["verdict"] for each in rulings(aide, trip, record)] == ["a", "dismissed"]


def test_a_flag_without_a_ruling_may_say_so(house: House, aide: Caller) -> None:
    trip = aide.make_trip()
    record = make_flag(house, trip)
    undo = aide.change("contradiction", record, {"ruling": None, "state": "verifying"})
    (result,) = aide.results(trip, undo)
    assert result["status"] == "applied"
    assert aide.row(trip, record)["fields"]["state"] == "verifying"


def test_an_undo_that_writes_back_a_ruling_leaves_it_to_its_author(
    house: House, aide: Caller
) -> None:
    trip = aide.make_trip()
    record = make_flag(house, trip)
    colleague = new_caller(house, aide.client, "老周")
    member = {"user": colleague.user, "role": "aide"}
    url = f"/api/v1/trips/{trip}/members"
    assert aide.client.post(url, json=member, headers=aide.headers).status_code == 201
    first = {"verdict": "a", "reason": "看了台账"}
    aide.results(trip, aide.change("contradiction", record, {"ruling": first}))
    stood = aide.row(trip, record)["fields"]["ruling"]
    for ruling in ({"verdict": "b", "reason": ""}, stood):
        colleague.results(trip, colleague.change("contradiction", record, {"ruling": ruling}))
    assert aide.row(trip, record)["fields"]["ruling"] == stood
    # What never stood is signed by whoever sends it.
    forged = stood | {"verdict": "neither"}
    colleague.results(trip, colleague.change("contradiction", record, {"ruling": forged}))
    assert aide.row(trip, record)["fields"]["ruling"]["by"] == colleague.user


@pytest.mark.parametrize("verdict", ["a", "b", "both", "neither", "unresolved", "dismissed"])
def test_each_verdict_settles_a_flag(house: House, aide: Caller, verdict: str) -> None:
    trip = aide.make_trip()
    record = make_flag(house, trip)
    ruling = {"verdict": verdict, "reason": "核对过"}
    (result,) = aide.results(trip, aide.change("contradiction", record, {"ruling": ruling}))
    assert result["status"] == "applied"
    assert aide.row(trip, record)["fields"]["state"] == "ruled"


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
