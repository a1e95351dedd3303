"""How far two claims speak of the same subject: weighted overlap of their words, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.contradictions.claims import Claim

_SPECIFIC = 1.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """Shares of each side's weight that the other side has too, and the words left over.

    `scope` is the overlap (Jaccard) of the whole sentences.
    """

    first: float
    second: float
    common: float
    left: frozenset[str]
    right: frozenset[str]
    scope: float

    @property
    def low(self) -> float:
        """The smaller share."""
        return min(self.first, self.second)

    @property
    def high(self) -> float:
        """The larger share."""
        return max(self.first, self.second)


def _inside(key: str, others: Mapping[str, float]) -> bool:
    """A Chinese word inside a longer one, or the other way round: 合作社 in 茶叶合作社."""
    if len(key) < 2 or key.isascii():
        return False
    for other in others:
        if (key in other or other in key) and len(other) > 1 and not other.isascii():
            return True
    return False


def _share(
    mine: Mapping[str, float], theirs: Mapping[str, float]
) -> tuple[float, float, frozenset[str]]:
    common = total = 0.0
    left = []
    for key, weight in mine.items():
        total += weight
        if key in theirs or _inside(key, theirs):
            common += weight
        else:
            left.append(key)
    return common / (total or 1.0), common, frozenset(left)


def _specific(keys: frozenset[str], weights: Mapping[str, float]) -> frozenset[str]:
    return frozenset(key for key in keys if weights[key] >= _SPECIFIC)


def likeness(first: Claim, second: Claim) -> Likeness:
    """Compare the subjects of two claims."""
    a, common_a, left = _share(first.subject, second.subject)
    b, common_b, right = _share(second.subject, first.subject)
    union = first.scope | second.scope
    scope = len(first.scope & second.scope) / len(union) if union else 0.0
    return Likeness(
        a,
        b,
        min(common_a, common_b),
        _specific(left, first.subject),
        _specific(right, second.subject),
        scope,
    )
