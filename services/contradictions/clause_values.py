"""The periods and quantities of a sentence as a clause takes them: stated ones, counting ones."""

from __future__ import annotations

import re
from functools import cache

from services.contradictions.claims import Days
from services.language import Period, Quantity, Sentence, find_quantities, lexicon

_COMPARED = re.compile(
    r"(?:比|较|同比|相比|和|与|than|compared (?:with|to)|over|versus|against)\s?$", re.IGNORECASE
)


# "Up to today" is how it is, as much as no date at all.
_NOW = re.compile(
    r"(?:到|至|截至|截止|截止到)(?:今天|今日)$|\b(?:as of|to|until|up to) (?:today|now)$",
    re.IGNORECASE,
)


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with NUL in the place of each of these stretches, as long as before."""
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def days_of(period: Period) -> Days:
    """The days of a period, wherever it stands."""
    return Days(period.first, period.last, period.grain, period.edge)


def stated_in(folded: str, periods: list[Period]) -> list[Period]:
    """Periods without those only compared with ("比上年增加", "than last year")."""
    return [
        period
        for period in periods
        if not _COMPARED.search(folded[: period.start][-16:])
        and not (_NOW.search(folded[: period.end][-12:]) and period.first == period.last)
        and not _is_now(folded, period)
    ]


_PAST = re.compile(r"\b(?:was|were|had|did|came|went|got|this morning|so far)\b", re.IGNORECASE)


def _is_now(folded: str, period: Period) -> bool:
    """True for the "today" of "the weir irrigates 1,800 acres today": how things stand."""
    said = folded[period.start : period.end].lower()
    return said == "today" and not _PAST.search(folded[max(0, period.start - 80) :])


@cache
def _part_label() -> re.Pattern[str]:
    return re.compile(lexicon("places")["parts"]["zh_pattern"])


def counted_in(folded: str, sentence: Sentence, taken: list[tuple[int, int]]) -> list[Quantity]:
    """Quantities of the sentence; 三组 and 二期 name a part, they count nothing."""
    return [
        quantity
        for quantity in find_quantities(folded[: sentence.end], taken)
        if quantity.start >= sentence.start
        and (
            not _part_label().fullmatch(folded[quantity.start : quantity.end])
            or _COUNTS.search(folded[: quantity.start][-3:])
        )
    ]


# Before 四十班 or 三组 these words count, where the bare word would name a part.
_COUNTS = re.compile("(?:有|是|共|开|跑|发|剩|只|仅|约|达|到|设|办|建|招|分|成|编|加|减|为|了)$")
_QUALIFIES = re.compile(r"(?:以上|以下|以内|之内)的(?=[\u4e00-\u9fff])")


def qualifies(folded: str, quantity: Quantity) -> bool:
    """True for a bound before a noun: 六十马力以上的渔船."""
    return bool(_QUALIFIES.match(folded, quantity.end - 2)) and quantity.bounded
