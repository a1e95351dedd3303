"""How far two claims speak of the same subject: weighted overlap of their words, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.contradictions.claims import Claim
from services.contradictions.homes import is_told_by

_SPECIFIC = 1.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """Shares of each side's weight that the other side has too.

    `left` and `right` are the words of weight that one side has alone.
    """

    first: float
    second: float
    common: float
    left: tuple[str, ...]
    right: tuple[str, ...]

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


def _share(mine: Mapping[str, float], other: Claim) -> tuple[float, float, tuple[str, ...]]:
    theirs, home, sorts = other.subject, other.home, other.sorts
    common = total = 0.0
    left: tuple[str, ...] = ()
    for key, weight in mine.items():
        total += weight
        if key in theirs or _inside(key, theirs):
            common += weight
        elif home and (is_told_by(key, home) or key in sorts):
            # What the other is about without saying so is neither shared words nor a difference.
            total -= weight
        elif weight >= _SPECIFIC:
            left += (key,)
    return common / (total or 1.0), common, left


def likeness(first: Claim, second: Claim, least: float = 0.0) -> Likeness | None:
    """Compare the subjects of two claims; None, cheaply, when a share is below `least`."""
    a, common_a, left = _share(first.subject, second)
    if a < least:
        return None
    b, common_b, right = _share(second.subject, first)
    if b < least:
        return None
    return Likeness(a, b, min(common_a, common_b), left, right)
