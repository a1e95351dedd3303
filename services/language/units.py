"""Units after (or, for currency signs, before) a number: dimension and factor to the base unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from services.language.lexicon_files import alternation, lexicon

_SIGNS = {
    "$": "money:USD",
    "us$": "money:USD",
    "¥": "money:CNY",
    "€": "money:EUR",
    "£": "money:GBP",
    "nt$": "money:TWD",
    "hk$": "money:HKD",
}
SIGN_BEFORE = re.compile(r"(?:US|NT|HK)?\$\s?$|[¥€£]\s?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts: `count` alone is a plain number; `base` is the unit of the worth."""

    dimension: str
    factor: float
    base: str
    word: str


PLAIN = Unit("count", 1.0, "", "")
PIECE = Unit("count:piece", 1.0, "piece", "块")


def _forms(word: str) -> set[str]:
    """A word and its plural."""
    lowered = word.lower()
    forms = {lowered}
    if lowered[-1:].isalpha() and not lowered.endswith("s"):
        forms.add(lowered + ("es" if lowered.endswith(("ch", "x", "sh")) else "s"))
    return forms


@cache
def _english_units() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for dimension, table in lexicon("units").items():
        for row in table["units"]:
            for word in row["en"]:
                for form in _forms(word):
                    units[form] = Unit(dimension, row["factor"], table["base"], word)
    return units


@cache
def _chinese_units() -> dict[str, Unit]:
    return {
        word: Unit(dimension, row["factor"], table["base"], word)
        for dimension, table in lexicon("units").items()
        for row in table["units"]
        for word in row["zh"]
    }


@cache
def _chinese_pattern() -> re.Pattern[str]:
    words = sorted(_chinese_units(), key=len, reverse=True)
    parts = [
        re.escape(word) + ("(?![A-Za-z])" if word[-1].isascii() and word[-1].isalpha() else "")
        for word in words
    ]
    return re.compile(r"\s?(" + "|".join(parts) + ")")


@cache
def _english_pattern() -> re.Pattern[str]:
    return re.compile(
        r"[\s-]?(" + alternation(_english_units()).replace("(?<![A-Za-z0-9])", "") + ")",
        re.IGNORECASE,
    )


@cache
def _piece() -> re.Pattern[str]:
    return re.compile("块(?=" + "|".join(lexicon("numbers")["pieces"]["zh"]) + ")")


@cache
def _cubic() -> Unit:
    return _chinese_units()["立方米"]


# 一亿三千万方, 500方: of earth, stone, water; 三方 and 四方 are parties and sides.
_CUBIC = re.compile(r"方(?![面式向案法针位便块程圆米土石木量形])")


def unit_by_sign(sign: str) -> Unit:
    """The currency of a sign such as "$" or "US$"."""
    dimension = _SIGNS[sign.strip().lower()]
    return Unit(dimension, 1.0, dimension.partition(":")[2], sign.strip())


def unit_after(folded: str, at: int) -> tuple[Unit, int] | None:
    """The unit that starts at `at` (white space or hyphen allowed before it) and where it ends."""
    match = _piece().match(folded, at)
    if match:
        return PIECE, match.end()
    match = _chinese_pattern().match(folded, at)
    if match:
        return _chinese_units()[match[1]], match.end()
    if _CUBIC.match(folded, at) and re.search(r"[百千万亿]$|\d{2}$", folded[max(0, at - 2) : at]):
        return _cubic(), at + 1
    match = _english_pattern().match(folded, at)
    if match:
        word = re.sub(r"\s+", " ", match[1].lower())
        return _english_units()[word], match.end()
    return None


# 54户人家 and 146口井: what is counted by the piece is neither people nor households.
_NO_PIECES = frozenset({"count:household", "count:person"})


def dimensions_agree(first: str, second: str) -> bool:
    """True when two dimensions compare: equal, or one a plain count of the other's things."""
    if first == second:
        return True
    if "count:piece" in (first, second) and {first, second} & _NO_PIECES:
        return False
    loose = {"count", "count:piece"}
    counts = first.startswith("count") and second.startswith("count")
    return counts and (first in loose or second in loose)
