"""Many values of one matter are a series (readings, a list), not accounts that differ."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

from services.contradictions.claims import Claim, NumberValue, Value
from services.contradictions.judging import Finding
from services.contradictions.likeness import likeness

# Two or three people differ about a number; nobody is contradicted by seven different ones.
MOST_VALUES = 6
# Of what nobody names ("the loan is 40 million") two differ; three speak each of their own.
MOST_UNNAMED = 1
# With two nouns in common (the harbour's boats) it is told what they speak of.
_NAMED_BY_WORDS = 2.0

T = TypeVar("T")


def drop_series(
    flags: Iterable[T], finding_of: Callable[[T], Finding], most: int = MOST_VALUES
) -> list[T]:
    """Without the flags of a claim that more than `most` different values stand against.

    Where neither side says whose it is (贷款, the loan), no more than one other may.
    """
    kept = list(flags)
    against: dict[tuple[str, int, str], set[Value]] = defaultdict(set)
    unnamed: dict[tuple[str, int, str], set[object]] = defaultdict(set)
    for flag in kept:
        finding = finding_of(flag)
        for claim, other in _both_ways(finding):
            against[_place(claim)].add(other.value)
            if _is_unnamed(finding):
                unnamed[_place(claim)].add(_size(other.value))
    return [
        flag
        for flag in kept
        if all(
            len(against[_place(claim)]) <= most and len(unnamed[_place(claim)]) <= MOST_UNNAMED
            for claim, _ in _both_ways(finding_of(flag))
        )
    ]


def _is_unnamed(finding: Finding) -> bool:
    """True for two numbers of which nobody says whose they are, alike in a word or so."""
    first, second = finding.first, finding.second
    if first.kind != "number" or any(one.names or one.home or one.level for one in (first, second)):
        return False
    alike = likeness(first, second)
    return alike is not None and alike.common < _NAMED_BY_WORDS


def _size(value: Value) -> object:
    """What makes a value another: 48 and 四十八 are one."""
    return (value.low, value.high) if isinstance(value, NumberValue) else value


def _both_ways(finding: Finding) -> tuple[tuple[Claim, Claim], tuple[Claim, Claim]]:
    return (finding.first, finding.second), (finding.second, finding.first)


def _place(claim: Claim) -> tuple[str, int, str]:
    return claim.statement, claim.start, claim.kind
