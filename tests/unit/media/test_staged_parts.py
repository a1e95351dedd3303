"""How far parts lead: what a machine does that lost its lease never takes the offset back."""

import random
from datetime import UTC, datetime

import pytest

from services.media.staged_parts import longest_chain
from services.storage import Entry

NOW = datetime(2026, 11, 18, tzinfo=UTC)


def part(start: int, size: int, by: str = "a") -> Entry:
    return Entry(f".staging/uploads/x/{start:020d}-{by}", size, NOW)


def end(*parts: Entry) -> int:
    mixed = list(parts)
    random.Random(7).shuffle(mixed)
    chain = longest_chain(mixed)
    at = 0
    for each in chain:
        assert int(each.key.rpartition("/")[2].partition("-")[0]) == at, "a gap"
        at += each.size
    return at


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], 0),
        ([part(0, 5)], 5),
        ([part(0, 5), part(5, 7), part(12, 1)], 13),
        ([part(3, 5)], 0),
        ([part(0, 5), part(6, 5)], 5),
        ([part(0, 0)], 0),
        ([part(0, 5), part(5, 0)], 5),
    ],
)
def test_it_is_as_long_as_it_is_unbroken(parts: list[Entry], expected: int) -> None:
    assert end(*parts) == expected


def test_a_late_part_of_a_lost_lease_takes_nothing_back() -> None:
    told = [part(0, 100), part(100, 80, "b"), part(180, 20, "b")]
    assert end(*told) == 200
    for late in (part(100, 50, "late"), part(100, 1, "late"), part(180, 5, "late")):
        assert end(*told, late) == 200


def test_two_lost_leases_take_nothing_back_either() -> None:
    # The second writer had not seen the first late part, the third had gone on from it.
    told = [part(0, 100), part(100, 50, "first"), part(150, 10, "third")]
    assert end(*told) == 160
    assert end(*told, part(100, 20, "second")) == 160
