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


def _matches(key: str, others: Mapping[str, float]) -> bool:
    """Equal keys, or a Chinese word inside a longer one (合作社 in 茶叶合作社)."""
    if key in others:
        return True
    if len(key) < 2 or key.isascii():
        return False
    return any(
        not other.isascii() and len(other) > 1 and (key in other or other in key)
        for other in others
    )


def _share(
    mine: Mapping[str, float], theirs: Mapping[str, float]
) -> tuple[float, float, frozenset[str]]:
    met = {key for key in mine if _matches(key, theirs)}
    total = sum(mine.values()) or 1.0
    common = sum(mine[key] for key in met)
    return common / total, common, frozenset(mine.keys() - met)


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
