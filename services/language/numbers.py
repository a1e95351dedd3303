"""Numbers in digits, Chinese numerals, English words; what they count is for `quantities`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from services.language.lexicon_files import alternation, lexicon

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written at `[start, end)`; `ulp` is the worth of its last written digit.

    `worded` is true when it was written in words; `share` when the words already say "per cent".
    """

    start: int
    end: int
    value: float
    ulp: float
    worded: bool = False
    share: bool = False


def chinese_value(text: str) -> float | None:
    """The worth of a Chinese numeral such as 三百二十万, 一点二亿, 二〇二三; None if it is none."""
    words = lexicon("numbers")["chinese"]
    digits, small, large = words["digits"], words["small"], words["large"]
    whole, _, fraction = text.partition("点")
    if not whole or (fraction and not all(char in digits for char in fraction.rstrip("万亿"))):
        return None
    if fraction:
        return _chinese_decimal(whole, fraction)
    if len(whole) > 1 and all(char in digits for char in whole):
        return float("".join(str(digits[char]) for char in whole))
    total = section = digit = 0.0
    unit = 1.0
    for char in whole:
        if char in digits:
            digit = digits[char]
        elif char in small:
            unit = small[char]
            section += (digit or 1.0) * unit
            digit = 0.0
        elif char in large:
            unit = large[char]
            total = (
                (total + section + digit) * unit
                if unit >= 1e8
                else total + (section + digit) * unit
            )
            section = digit = 0.0
    # A trailing digit without its own unit is worth a tenth of the unit before it: 三百二 = 320.
    trailing = digit * unit / 10 if digit and unit > 10 and whole[-2:-1] != "零" else digit
    return total + section + trailing


def _chinese_decimal(whole: str, fraction: str) -> float | None:
    words = lexicon("numbers")["chinese"]
    scale = 1.0
    while fraction and fraction[-1] in words["large"]:
        scale *= words["large"][fraction[-1]]
        fraction = fraction[:-1]
    base = chinese_value(whole)
    if base is None or not fraction:
        return None
    tail = "".join(str(words["digits"][char]) for char in fraction)
    return float(f"{int(base)}.{tail}") * scale


def english_value(text: str) -> float | None:
    """The worth of English number words ("three hundred and twenty"); None if they are none."""
    whole, point, rest = text.lower().partition(" point ")
    if point:
        return _english_decimal(whole, rest.split())
    whole, half, rest = re.sub(r"\s+", " ", text.lower()).partition(" and a half")
    if half:
        base, scale = english_value(whole), english_value(rest) if rest.strip() else 1.0
        return None if base is None or scale is None else (base + 0.5) * scale
    return _english_whole(text)


def _english_decimal(whole: str, figures: list[str]) -> float | None:
    """ "four point eight million": a whole, figures, and a scale at the end where there is one."""
    words = lexicon("numbers")["english"]
    scale = words["scales"].get(figures[-1], 1.0) if figures else 1.0
    tail = [figure for figure in figures if figure not in words["scales"]]
    base = _english_whole(whole)
    worths = [0 if figure in {"oh", "o"} else words["ones"].get(figure) for figure in tail]
    if base is None or not tail or any(worth is None for worth in worths):
        return None
    return float(f"{int(base)}." + "".join(str(worth) for worth in worths)) * scale


def _english_whole(text: str) -> float | None:
    words = lexicon("numbers")["english"]
    total = current = 0.0
    seen = False
    for word in re.split(r"[\s-]+", text.lower()):
        if word in words["ones"]:
            current += words["ones"][word]
            seen = True
        elif word in words["scales"]:
            scale = words["scales"][word]
            current = (current or 1.0) * scale
            if scale > 100:
                total, current = total + current, 0.0
            seen = True
        elif word not in {"and", "a", "an", ""}:
            return None
    return total + current if seen else None


def _english_parts() -> str:
    table = lexicon("numbers")["english"]
    below = "|".join(table["parts"])
    above = alternation(word for word, worth in table["ones"].items() if 0 < worth < 10)
    of_them = r"half(?=\s+(?:of\s+)?(?:the|our|its|their|all|these|those)\b)"
    return rf"(?:\ba|{above})[\s-](?:{below})s?(?=\s+of\b)|(?<!first )(?<!second )(?<!-)\b{of_them}"


@cache
def _pattern() -> re.Pattern[str]:
    words = lexicon("numbers")
    chars = "".join(set(words["chinese"]["digits"]) | set(words["chinese"]["small"]))
    large = "".join(words["chinese"]["large"])
    small = "".join(words["chinese"]["small"])
    ones = alternation(words["english"]["ones"])
    scales = alternation(words["english"]["scales"])
    plain = rf"(?:{ones}|\ba(?=\s+{scales}))(?:[\s-]+(?:and\s+)?(?:{ones}|{scales}))*"
    below = rf"(?:\s+point(?:\s+(?:{ones}|oh|o))+(?:\s+{scales})?|\s+and\s+a\s+half(?=\s))"
    english = rf"{plain}{below}?(?:\s+{scales})?"
    suffix = "|".join(sorted(words["english"]["suffixes"], key=len, reverse=True))
    return re.compile(
        rf"(?P<share>(?:百分之|千分之)(?:[{chars}点]+|{_DIGITS}))"
        rf"|(?P<tenths>[{chars}]成[半{chars}](?![{small}年月日]))"
        rf"|(?P<part>{_english_parts()})"
        rf"|(?P<fraction>[{chars}]+分之[{chars}]+)"
        rf"|(?P<digits>{_DIGITS})(?:\s?(?P<zh>[{small}]?[{large}]+|[{small}](?=多|余|来|[^{chars}]))"
        rf"|\s?-?(?P<en>{suffix})(?![A-Za-z0-9]))?"
        rf"|(?P<chinese>[{chars}{large}]+(?<!千(?=[瓦克]))(?:点[{chars}]+[{large}]*)?)"
        rf"|(?P<english>{english})",
        re.IGNORECASE,
    )


def _from_digits(match: re.Match[str]) -> Number:
    words = lexicon("numbers")
    raw = match["digits"].replace(",", "")
    scale = 1.0
    for char in match["zh"] or "":
        scale *= (words["chinese"]["small"] | words["chinese"]["large"])[char]
    if match["en"]:
        scale = words["english"]["suffixes"][match["en"].lower()]
    decimals = len(raw.partition(".")[2])
    return Number(match.start(), match.end(), float(raw) * scale, scale / 10**decimals)


def _from_share(match: re.Match[str]) -> Number | None:
    body = match.group()[3:]
    value = float(body.replace(",", "")) if body[0].isdigit() else chinese_value(body)
    if value is None:
        return None
    scale = 1.0 if match.group().startswith("百") else 0.1
    return Number(match.start(), match.end(), value * scale, scale, worded=True, share=True)


def _from_fraction(match: re.Match[str]) -> Number | None:
    below, _, above = match.group().partition("分之")
    bottom, top = chinese_value(below), chinese_value(above)
    if not bottom or top is None:
        return None
    return Number(match.start(), match.end(), 100 * top / bottom, 1.0, worded=True, share=True)


def _from_tenths(match: re.Match[str]) -> Number:
    """八成五 is 85 per cent, 三成半 is 35."""
    digits = lexicon("numbers")["chinese"]["digits"]
    whole, _, rest = match.group().partition("成")
    worth = 10 * (chinese_value(whole) or 0) + (5 if rest == "半" else digits.get(rest, 0))
    return Number(match.start(), match.end(), worth, 1.0, worded=True, share=True)


def _from_part(match: re.Match[str]) -> Number:
    """A third, two thirds, half: of a hundred."""
    table = lexicon("numbers")["english"]
    above, _, below = match.group().lower().replace("-", " ").partition(" ")
    if above == "half":
        return Number(match.start(), match.end(), 50.0, 1.0, worded=True, share=True)
    top = 1 if above == "a" else table["ones"][above]
    worth = 100 * top / table["parts"][below.strip().removesuffix("s")]
    return Number(match.start(), match.end(), worth, 1.0, worded=True, share=True)


def _read(match: re.Match[str]) -> Number | None:
    if match["tenths"]:
        return _from_tenths(match)
    if match["part"]:
        return _from_part(match)
    if match["share"]:
        return _from_share(match)
    if match["fraction"]:
        return _from_fraction(match)
    if match["digits"]:
        return _from_digits(match)
    worded = (
        chinese_value(match["chinese"]) if match["chinese"] else english_value(match["english"])
    )
    if worded is None:
        return None
    return Number(match.start(), match.end(), worded, 1.0, worded=True)


def find_numbers(folded: str) -> Iterator[Number]:
    """All numbers of a folded text, left to right, without overlap."""
    for match in _pattern().finditer(folded):
        number = _read(match)
        if number is not None:
            yield number
