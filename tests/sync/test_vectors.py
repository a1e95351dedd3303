"""The merge vectors, one set for every implementation of the merge."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from merge3 import Merge3

from services.sync.matching import match_lines
from services.sync.members import merge_members
from services.sync.merge import FieldStamp, Writing, judge_field
from services.sync.paragraphs import join_lines, merge_paragraphs, merge_text
from tests.sync.draw_vectors import draw_cases, merge_case

VECTORS = Path(__file__).parent / "vectors"


def read_cases(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((VECTORS / name).read_text(encoding="utf-8"))["cases"]
    return cases


CASES = read_cases("fields.json")
TEXTS = read_cases("paragraphs.json")
SETS = read_cases("sets.json")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_field_is_judged_as_the_vector_says(case: dict[str, Any]) -> None:
    current = FieldStamp(*case["current"], "somebody") if case["current"] else None
    verdict = judge_field(current, Writing(*case["incoming"]), differs=case["differs"])
    assert [verdict.stands, verdict.contests, verdict.settles] == case["expect"]


@pytest.mark.parametrize("case", TEXTS, ids=[case["name"] for case in TEXTS])
def test_a_text_is_merged_as_the_vector_says(case: dict[str, Any]) -> None:
    versions = case["base"], case["ours"], case["theirs"]
    assert merge_case(*versions) == {"merged": case["merged"], "spots": case["spots"]}
    assert merge_text(*versions) == case["merged"]


@pytest.mark.parametrize("case", SETS, ids=[case["name"] for case in SETS])
def test_a_set_is_merged_as_the_vector_says(case: dict[str, Any]) -> None:
    assert merge_members(case["base"], case["ours"], case["theirs"]) == case["merged"]


def test_the_drawn_vectors_are_what_the_merge_makes_today() -> None:
    drawn = read_cases("drawn.json")
    assert draw_cases(len(drawn)) == drawn


class Matcher:
    """Our alignment in the form that merge3 asks for, so that only the merge itself differs."""

    def __init__(self, _isjunk: object, a: Any, b: Any) -> None:
        self.a, self.b = a, b

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        blocks = [(i, j, 1) for i, j in match_lines(self.a, self.b)]
        return [*blocks, (len(self.a), len(self.b), 0)]


def diff3(base: list[str], ours: list[str], theirs: list[str]) -> list[str] | None:
    """What an independent diff3 makes of it; None where it finds a conflict."""
    groups = list(Merge3(base, ours, theirs, sequence_matcher=Matcher).merge_groups())
    if any(group[0] == "conflict" for group in groups):
        return None
    return [line for group in groups for line in group[1]]


lines = st.lists(st.sampled_from(["", "一", "二", "三", "四", "五", "—"]), min_size=1, max_size=9)


@given(base=lines, ours=lines, theirs=lines)
def test_where_an_independent_diff3_finds_no_conflict_ours_comes_to_the_same(
    base: list[str], ours: list[str], theirs: list[str]
) -> None:
    merged = merge_paragraphs(*map(join_lines, (base, ours, theirs)))
    expected = diff3(base, ours, theirs)
    if expected is not None:
        assert merged.lines == expected
        assert merged.conflicts == []


@given(base=lines, ours=lines, theirs=lines)
def test_no_paragraph_that_somebody_wrote_is_lost_in_a_merge(
    base: list[str], ours: list[str], theirs: list[str]
) -> None:
    merged = merge_paragraphs(*map(join_lines, (base, ours, theirs)))
    written = {line for side in (ours, theirs) for line in side if line and line not in base}
    assert written <= set(merged.lines)


@given(base=lines, ours=lines, theirs=lines)
def test_the_pieces_of_a_merge_account_for_every_line_once(
    base: list[str], ours: list[str], theirs: list[str]
) -> None:
    merged = merge_paragraphs(*map(join_lines, (base, ours, theirs)))
    totals = (len(base), len(ours), len(theirs), len(merged.lines))
    ends = (0, 0, 0, 0)
    for piece in merged.pieces:
        assert tuple(span[0] for span in piece[1:]) == ends
        ends = tuple(span[1] for span in piece[1:])
    assert ends == totals


@given(base=lines, ours=lines, theirs=lines)
def test_who_comes_first_changes_the_order_only(
    base: list[str], ours: list[str], theirs: list[str]
) -> None:
    texts = join_lines(base), join_lines(ours), join_lines(theirs)
    one = merge_paragraphs(*texts)
    other = merge_paragraphs(texts[0], texts[2], texts[1])
    assert len(one.conflicts) == len(other.conflicts)
    kept = [sorted(line for line in merged.lines if line) for merged in (one, other)]
    assert set(kept[0]) == set(kept[1])
