"""Many values of one matter are a series (readings, a list), not accounts that differ."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

from services.contradictions.claims import Claim, Value
from services.contradictions.judging import Finding

# Two or three people differ about a number; nobody is contradicted by seven different ones.
MOST_VALUES = 6

T = TypeVar("T")


def drop_series(
    flags: Iterable[T], finding_of: Callable[[T], Finding], most: int = MOST_VALUES
) -> list[T]:
    """Without the flags of a claim that more than `most` different values stand against."""
    kept = list(flags)
    against: dict[tuple[str, int, str], set[Value]] = defaultdict(set)
    for flag in kept:
        finding = finding_of(flag)
        for claim, other in _both_ways(finding):
            against[_place(claim)].add(other.value)
    return [
        flag
        for flag in kept
        if all(len(against[_place(claim)]) <= most for claim, _ in _both_ways(finding_of(flag)))
    ]


def _both_ways(finding: Finding) -> tuple[tuple[Claim, Claim], tuple[Claim, Claim]]:
    return (finding.first, finding.second), (finding.second, finding.first)


def _place(claim: Claim) -> tuple[str, int, str]:
    return claim.statement, claim.start, claim.kind
