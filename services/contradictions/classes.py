"""Which sort of difference a conflict is: the accounts, their scope, time, unit or the hearing."""

from __future__ import annotations

from typing import Literal

from services.contradictions.claims import Claim, NumberValue
from services.contradictions.comparing import Conflict

Class = Literal["differ", "scope", "changed", "unit", "doubtful"]

# Those an aide has to rule on; the others say why both accounts may hold.
REAL: frozenset[Class] = frozenset({"differ", "unit", "doubtful"})

# Quotients of two values that come from one unit written for another: 亩 and 公顷, 斤 and 公斤, 万.
_QUOTIENTS: dict[str, tuple[float, ...]] = {
    "": (1e4, 1e8),
    "area": (15.0, 1500.0, 6.0703, 2.4711, 100.0),
    "mass": (2.0, 1000.0, 2000.0),
    "length": (2.0, 1000.0, 1.6093, 3.2808),
    "volume": (1000.0, 3.7854),
    "energy": (1000.0,),
    "power": (1000.0,),
}
_CLOSE = 0.005
# 十四 and 四十, fifteen and fifty: heard wrong more often than said wrong.
_TEENS = range(13, 20)
_SCALES = (1, 1e3, 1e4, 1e6, 1e8)


def _levels(one: NumberValue, two: NumberValue) -> tuple[float, float] | None:
    """Smaller and larger value where both are exact and above nought."""
    if one.low is None or two.low is None or one.low != one.high or two.low != two.high:
        return None
    low, high = sorted((one.low, two.low))
    return (low, high) if low > 0 else None


def _is_unit_mixup(one: NumberValue, two: NumberValue, low: float, high: float) -> bool:
    # 2 times a count is a common thing to differ by; 2 times a mass is 斤 for 公斤.
    quotients = (*_QUOTIENTS[""], *_QUOTIENTS.get(one.dimension, ()))
    return one.dimension == two.dimension and any(
        abs(high / low - quotient) <= _CLOSE * quotient for quotient in quotients
    )


def _sounds_alike(one: NumberValue, two: NumberValue) -> bool:
    low, high = sorted((one.written, two.written))
    return one.unit == two.unit and any(
        low / scale in _TEENS and high == 10 * (low - 10 * scale) for scale in _SCALES
    )


def class_of(conflict: Conflict, first: Claim, second: Claim) -> Class:
    """The class of a conflict that nothing explains away."""
    if conflict.kind == "unit":
        return "unit"
    one, two = first.value, second.value
    if not isinstance(one, NumberValue) or not isinstance(two, NumberValue):
        return "differ"
    levels = _levels(one, two)
    if levels is None:
        return "differ"
    if _sounds_alike(one, two):
        return "doubtful"
    return "unit" if _is_unit_mixup(one, two, *levels) else "differ"


def class_of_veto(veto: str) -> Class | None:
    """The class of a difference that has a reason, where an aide may want to know it."""
    by_veto: dict[str, Class] = {"period": "changed", "part": "scope", "place": "scope"}
    return by_veto.get(veto)
