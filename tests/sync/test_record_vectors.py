"""The vectors of whole records (deletion, revival, contest, settling), by real push and pull.

The client runs the same file: `frontend/tests/record-vectors.test.ts`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from services.kernel.clock import milliseconds
from services.kernel.ids import new_id
from tests.support.house import Caller

Json = dict[str, Any]

VECTORS = Path(__file__).parent / "vectors" / "records.json"
CASES: list[Json] = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
AGO_MS = 60_000


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_record_goes_as_the_vector_says(aide: Caller, case: Json) -> None:
    steps = case["steps"]
    told = [{key: step[key] for key in ("status", "then")} for step in steps]
    assert run_steps(aide, steps) == told


def run_steps(aide: Caller, steps: list[Json]) -> list[Json]:
    """What the server makes of each step: its status, and the record as a reader then has it."""
    trip, record, told = aide.make_trip(), new_id(), list[Json]()
    seqs: list[int] = []
    for step in steps:
        change = _change(aide, record, step, seqs)
        (result,) = aide.results(trip, change, device=step["from"])
        row = aide.row(trip, record)
        seqs.append(row["seq"])
        told.append({"status": result["status"], "then": _state(row)})
    return told


def _change(aide: Caller, record: str, step: Json, seqs: list[int]) -> Json:
    """One wire change; `on` = n is the record as it was after step n."""
    made = milliseconds(aide.clock.now()) - AGO_MS + step["ms"]
    more: Json = {"hlc": f"{made:013d}-0000-{step['from']}"}
    if step["on"] is not None:
        more["base"] = seqs[step["on"] - 1]
    if step.get("deleted"):
        more["deleted"] = True
    return aide.change("person", record, step.get("fields", {}), **more)


def _state(row: Json) -> Json:
    accounts = row.get("contested") or {}
    return {
        "deleted": row["deleted"],
        "fields": {name: row["fields"][name] for name in ("name", "role")},
        "contested": {name: [one["value"] for one in held] for name, held in accounts.items()},
    }
