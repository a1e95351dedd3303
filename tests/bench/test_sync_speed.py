"""How many notes one core pushes and pulls a second over HTTP, in processor time, on SQLite."""

import time

from services.kernel.ids import new_id
from tests.support.house import Caller

BATCHES = 6
PER_BATCH = 500
# A tenth of what a small idle machine does, so that only a change of kind breaks it.
LEAST_PER_SECOND = 100


def test_a_day_of_notes_is_pushed_and_pulled_at_speed(aide: Caller) -> None:
    trip = new_id()
    (made,) = aide.results(trip, aide.change("trip", trip, {"kind": "research", "title": "速度"}))
    assert made["status"] == "applied"
    begun = time.process_time()
    for _ in range(BATCHES):
        notes = [
            aide.change("note", new_id(), {"kind": "minute", "text": "合作社有58户社员。" * 4})
            for _ in range(PER_BATCH)
        ]
        assert {result["status"] for result in aide.results(trip, *notes)} == {"applied"}
    pushed = time.process_time()
    rows, cursor, more = 0, 0, True
    while more:
        url = f"/api/v1/sync/{trip}/pull?after={cursor}"
        page = aide.client.get(url, headers=aide.headers).json()
        rows, cursor, more = rows + len(page["rows"]), page["next"], page["more"]
    pulled = time.process_time()
    total = BATCHES * PER_BATCH
    assert rows >= total
    push_rate, pull_rate = total / (pushed - begun), rows / (pulled - pushed)
    print(f"\npush {push_rate:.0f} notes/s, pull {pull_rate:.0f} rows/s")  # noqa: T201
    assert min(push_rate, pull_rate) > LEAST_PER_SECOND
