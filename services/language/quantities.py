"""Quantities: a number with its unit, read as an interval in the base unit.

What the quantity is of (its head noun, subject, period) is left to the reader of claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import floor, inf, log10

from services.language.finders import Finder
from services.language.lexicon_files import alternation, lexicon
from services.language.number_labels import is_indefinite, is_label
from services.language.numbers import Number, find_numbers
from services.language.tails import half_unit, with_tail
from services.language.units import PLAIN, SIGN_BEFORE, Unit, unit_after, unit_by_sign

_ABOUT = 0.10  # "about" and 左右 are read as ten per cent either way


@dataclass(frozen=True, slots=True)
class Quantity:
    """`[low, high]` in base units of `dimension`, as written at `[start, end)`.

    `hedge` is exact, about, near, above, from, below, upto, more or range; `ulp` is the worth of
    the last written digit in base units; `origin` marks the old value of "from A to B".
    """

    start: int
    end: int
    low: float
    high: float
    dimension: str
    base: str
    unit: str
    written: float
    ulp: float
    hedge: str = "exact"
    worded: bool = False
    origin: bool = False
    lead: int = 0  # where the words of the hedge before it begin

    @property
    def bounded(self) -> bool:
        """True for a one-sided bound such as "at least 300"."""
        return self.hedge in {"above", "from", "below", "upto"}


@cache
def _before() -> list[tuple[str, re.Pattern[str]]]:
    verbs = r"(?:\s*(?:了|为|有|是|在|到|达|达到|的|a|an|the|only|just|about))?\s*[$¥€£]?\s*$"
    table = lexicon("numbers")["before"]
    order = ("upto", "from", "slightly_above", "near", "below", "above", "about")
    return [(name, re.compile(alternation(table[name]) + verbs, re.IGNORECASE)) for name in order]


@cache
def _ahead() -> list[tuple[str, re.Pattern[str]]]:
    """Bounds before a short verb: 最多照看五个, 至少还差两百个."""
    table = lexicon("numbers")["ahead"]
    return [
        (name, re.compile(alternation(words) + r"[\u4e00-\u9fff]{1,4}$"))
        for name, words in table.items()
    ]


@cache
def _any_hedge() -> Finder:
    """Any word of a bound or an approximation: most numbers have none before them."""
    tables = (lexicon("numbers")["before"], lexicon("numbers")["ahead"])
    return Finder(word for table in tables for words in table.values() for word in words)


@cache
def _any_after() -> re.Pattern[str]:
    table = lexicon("numbers")["after"]
    words = (word for name, words in table.items() if name != "more" for word in words)
    return re.compile(r"\s*" + alternation(words), re.IGNORECASE)


@cache
def _more() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(lexicon("numbers")["after"]["more"]) + ")")


@cache
def _after() -> list[tuple[str, re.Pattern[str]]]:
    table = lexicon("numbers")["after"]
    order = ("slightly_above", "from", "upto", "below", "about")
    return [(name, re.compile(r"\s*" + alternation(table[name]), re.IGNORECASE)) for name in order]


def _magnitude_step(value: float) -> float:
    """The leading-digit step of 多 and 余: 300多 lies below 400, 1200多 below 1300."""
    if value <= 0:
        return 1.0
    step = 10.0 ** floor(log10(value))
    while step >= 10 and value % step:
        step /= 10
    return step


def _interval(value: float, hedge: str, step: float) -> tuple[float, float]:
    about = abs(value) * _ABOUT
    table = {
        "above": (value, inf),
        "from": (value, inf),
        "below": (-inf, value),
        "upto": (-inf, value),
        "about": (value - about, value + about),
        "near": (value - about, value),
        "slightly_above": (value, value + about),
        "more": (value, value + step),
    }
    return table.get(hedge, (value, value))


def _ends_a_word(folded: str, at: int) -> bool:
    """True for the 约 of 签约 and 预约, the 近 of 附近: no hedges of the number behind them."""
    return folded[max(0, at - 1) : at + 1] in lexicon("numbers")["before"]["compounds"]


def _hedge(folded: str, start: int, number_end: int, end: int) -> tuple[str, int, int]:
    """The hedge around a quantity, where it begins and where the quantity ends with its cue."""
    more = _more().match(folded, number_end)
    for name, cue in _after() if _any_after().match(folded, end) else ():
        match = cue.match(folded, end)
        if match:
            return name, start, match.end()
    offset = max(0, start - 28)
    left = folded[offset:start]
    if _any_hedge().search(left):
        for name, cue in _before():
            match = cue.search(left)
            if match and not _ends_a_word(folded, offset + match.start()):
                return name, offset + match.start(), end
        for name, cue in _ahead():
            if cue.search(left):
                return name, start, end
    return ("more" if more else "exact"), start, end


def _with_unit(folded: str, number: Number) -> tuple[Unit, int, int]:
    """Unit, start (a currency sign included) and end of the written quantity."""
    at = number.end
    if re.match("[多余来几]", folded[at : at + 1]):
        at += 1
    half = half_unit(folded, at)
    if half:
        return half[0], number.start, half[1]
    sign = SIGN_BEFORE.search(folded, max(0, number.start - 5), number.start)
    if sign:
        after = unit_after(folded, at)
        end = after[1] if after and after[0].dimension.startswith("money") else number.end
        return unit_by_sign(sign.group()), sign.start(), end
    if number.share:
        return Unit("ratio", 1.0, "%", "%"), number.start, number.end
    found = unit_after(folded, at)
    if found is None:
        return PLAIN, number.start, number.end
    return found[0], number.start, found[1]


def _read(folded: str, number: Number) -> Quantity:
    unit, start, end = _with_unit(folded, number)
    number, end = with_tail(folded, number, unit, end)
    hedge, lead, cue_end = _hedge(folded, start, number.end, end)
    value = number.value * unit.factor
    step = number.ulp if number.ulp > 1 else _magnitude_step(number.value)
    low, high = _interval(value, hedge, step * unit.factor)
    return Quantity(
        start,
        max(end, cue_end),
        low,
        high,
        unit.dimension,
        unit.base,
        unit.word,
        number.value,
        number.ulp * unit.factor,
        hedge,
        number.worded,
        lead=lead,
    )


_LINK = re.compile(r"\s?(?:-|~|至|到|—|to|and)\s?", re.IGNORECASE)
_CHANGE = re.compile(r"(?:从|由|from)[^，。,]{0,8}$", re.IGNORECASE)
_MOVE = re.compile(
    r"[^，。,;；]{0,8}(?:到|至|为|成|to|into)\s?(?:了|约)?\s?[$¥€£]?$", re.IGNORECASE
)


def _joined(folded: str, left: Quantity, right: Quantity) -> Quantity | None:
    """ "50%到60%", "between 5 and 10 km" as one range; None when the two are apart."""
    gap = folded[left.end : right.start]
    if not _LINK.fullmatch(gap) or "bounded" in (left.hedge, right.hedge):
        return None
    lead = folded[max(0, left.start - 9) : left.start].lower()
    if gap.strip().lower() == "and" and "between" not in lead:
        return None
    if left.dimension not in {right.dimension, "count"} or left.written >= right.written:
        return None
    factor = right.ulp and right.low / right.written if right.written else 1.0
    low = (
        left.low * factor if left.dimension == "count" and right.dimension != "count" else left.low
    )
    return replace(right, start=left.start, lead=left.lead, low=min(low, right.low), hedge="range")


# What moves from one value to another; without it "from 10% to 50%" is a range.
_MOVES = re.compile(
    r"[涨升增降跌减调提改扩缩变翻]|\b(?:ris|rose|grew|grow|f[ae]ll|increas|decreas|reduc|cut|rais|went|go|gone|"
    r"drop|climb|up|down|expand|mov|chang|improv|declin|shr[aiu]nk|jump|lift|slip|lower|doubl|halv|brought|push)",
    re.IGNORECASE,
)
_BARE_LINK = re.compile(r"\s?(?:到|至|to|-|~)\s?", re.IGNORECASE)


def _is_range(folded: str, left: Quantity, right: Quantity) -> bool:
    """True for "losses from 10% to 50%" and 从三元到五元, where nothing moves."""
    if not _BARE_LINK.fullmatch(folded[left.end : right.start]):
        return False
    around = folded[max(0, left.start - 40) : left.start] + folded[right.end : right.end + 10]
    return not _MOVES.search(around)


def _link_pairs(folded: str, found: list[Quantity]) -> list[Quantity]:
    out: list[Quantity] = []
    for quantity in found:
        joined = _joined(folded, out[-1], quantity) if out else None
        if (
            out
            and _CHANGE.search(folded[: out[-1].start])
            and _MOVE.fullmatch(folded[out[-1].end : quantity.start])
            and not (joined and _is_range(folded, out[-1], quantity))
        ):
            out[-1] = replace(out[-1], origin=True)
        elif joined:
            out[-1] = joined
            continue
        out.append(quantity)
    return out


def find_quantities(folded: str, taken: Sequence[tuple[int, int]] = ()) -> Iterator[Quantity]:
    """Quantities of a folded text in order; numbers inside `taken` (dates) are left out."""
    found: list[Quantity] = []
    for number in find_numbers(folded):
        if any(start < number.end and number.start < end for start, end in taken):
            continue
        if found and number.start < found[-1].end:
            continue
        if is_label(folded, number) or is_indefinite(folded, number):
            continue
        found.append(_read(folded, number))
    yield from _link_pairs(folded, found)
