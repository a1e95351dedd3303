"""The merge vectors, one file for every implementation of the merge."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.sync.merge import FieldStamp, Writing, judge_field

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "vectors" / "fields.json").read_text(encoding="utf-8")
)["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_field_is_judged_as_the_vector_says(case: dict[str, Any]) -> None:
    current = FieldStamp(*case["current"], "somebody") if case["current"] else None
    verdict = judge_field(current, Writing(*case["incoming"]), differs=case["differs"])
    assert [verdict.stands, verdict.contests, verdict.settles] == case["expect"]
