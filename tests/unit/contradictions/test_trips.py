"""Whole trips of many villages, plants and forums: the same attributes of many different things."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from services.contradictions.batch import flag_statements
from services.contradictions.classes import REAL

Pair = frozenset[str]


def load(name: str, *, placed: bool) -> tuple[list[dict[str, Any]], set[Pair]]:
    """The notes of a trip and the pairs planted in it; without stops where not `placed`."""
    rows: list[dict[str, Any]] = []
    marked: dict[str, list[str]] = {}
    place = day = ""
    path = Path(__file__).with_name("trips") / f"{name}.tsv"
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        mark, first, second = line.split("\t")
        if mark == "@":
            place, day = first, second
            continue
        order = len(rows)
        row = {"id": str(order), "doc_id": name, "text": second, "speaker": first, "said_on": day}
        rows.append(row | {"order": order, "place": place if placed else ""})
        if mark:
            marked.setdefault(mark, []).append(str(order))
    return rows, {frozenset(pair) for two in marked.values() for pair in combinations(two, 2)}


def judged(name: str, *, placed: bool) -> tuple[int, int, int]:
    """Of the open flags of a trip those planted and those that are false; and all planted."""
    rows, planted = load(name, placed=placed)
    flags = [flag for flag in flag_statements(rows) if flag["class"] in REAL]
    pairs = {frozenset((flag["a"], flag["b"])) for flag in flags}
    return len(pairs & planted), len(pairs - planted), len(planted)


@pytest.mark.parametrize(
    ("name", "placed", "found", "wrong"),
    [
        ("county_zh", True, 7, 1),
        ("county_zh", False, 5, 4),
        ("district_en", True, 10, 0),
        ("district_en", False, 8, 0),
        ("harbour_zh", True, 7, 0),
        ("coast_en", True, 5, 0),
        # Planted as people differ, in other words and from other places: most are missed.
        ("valley_zh", True, 3, 0),
        ("port_en", True, 3, 0),
    ],
)
def test_a_trip_of_many_places_raises_few_false_flags(
    name: str, placed: bool, found: int, wrong: int
) -> None:
    true, false, planted = judged(name, placed=placed)
    assert planted >= 6
    assert true >= found
    assert false <= wrong


def test_what_is_said_at_two_stops_is_of_two_places() -> None:
    rows = [
        {"id": "a", "text": "低保户十九户。", "place": "柳溪村"},
        {"id": "b", "text": "低保户十七户。", "place": "石桥村"},
        {"id": "c", "text": "柳溪村的低保户是二十六户。", "place": "乡村振兴座谈会"},
    ]
    assert [(flag["a"], flag["b"]) for flag in flag_statements(rows)] == [("a", "c")]


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        ("三号泵房的水泵是进口的。", "三号泵房的水泵都是国产货。", True),
        ("The boilers are coal-fired.", "The boilers are gas-fired.", True),
        ("水泵有进口的也有国产的。", "水泵都是国产的。", False),
        ("大桥的施工方是中铁十二局。", "大桥由本地的宏达建筑公司施工。", True),
        ("大桥的施工方是宏达公司。", "大桥由市宏达建筑有限公司承建。", False),
        (
            "The bridge was built by Hargreaves.",
            "The contractor for the bridge is Moreton Civil.",
            True,
        ),
    ],
)
def test_sorts_and_firms_exclude_each_other(first: str, second: str, differ: bool) -> None:
    rows = [{"id": str(order), "text": text} for order, text in enumerate((first, second))]
    flags = list(flag_statements(rows))
    assert bool(flags) is differ
    assert all(flag["reason"]["zh"] and flag["reason"]["en"] for flag in flags)
