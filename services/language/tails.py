"""What is said behind a unit: 七块五, 一米二, 四公里半, 三个半月, fourteen metres and a half."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from services.language.numbers import Number, chinese_value
from services.language.units import PLAIN, Unit, unit_after

_HALF_UNITS = {"月": "个月", "小时": "个小时", "钟头": "个钟头", "星期": "个星期", "礼拜": "个礼拜"}
_HALF = re.compile("个半(" + "|".join(_HALF_UNITS) + ")")
# "Seventeen fifty a jin": 十七块五一斤; the 一 of 二十三块一斤 is that of "a jin", no tenth.
_A_MEASURE = (
    "一(?:公?[斤里顷升]|[斤吨亩克两钱只头匹箱袋筐车捆包桶瓶件张份天晚月年次人平方度米尺棵株户个条])"
)
_TENTHS = re.compile(
    rf"(?!{_A_MEASURE})[一二两三四五六七八九]"
    rf"(?={_A_MEASURE}|[^\d一二三四五六七八九十百千万亿点个成分米号月]|$)"
)
_TENTH_UNITS = frozenset({"块", "元", "米", "尺", "丈", "毛"})
_HALVED = re.compile(r"半(?![\u4e00-\u9fff]?[天年月日])|\s+and\s+a\s+half(?!\w)", re.IGNORECASE)


@cache
def _unit_of(word: str) -> Unit:
    found = unit_after(_HALF_UNITS[word], 0)
    return found[0] if found else PLAIN


def half_unit(folded: str, at: int) -> tuple[Unit, int] | None:
    """The unit of 三个半月, behind the number, and where it ends."""
    half = _HALF.match(folded, at)
    return (_unit_of(half[1]), half.end()) if half else None


def with_tail(folded: str, number: Number, unit: Unit, end: int) -> tuple[Number, int]:
    """The number with what is said behind its unit (half, a tenth), and where it ends then."""
    if "个半" in folded[number.end : end]:
        return replace(number, value=number.value + 0.5, ulp=0.5), end
    more, stop = _tail(folded, end, unit)
    if not more:
        return number, end
    return replace(number, value=number.value + more, ulp=number.ulp / 10), stop


def _tail(folded: str, at: int, unit: Unit) -> tuple[float, int]:
    half = _HALVED.match(folded, at) if unit.word else None
    if half:
        return 0.5, half.end()
    tail = _TENTHS.match(folded, at) if unit.word in _TENTH_UNITS else None
    if tail:
        return (chinese_value(tail.group()) or 0.0) / 10, tail.end()
    return 0.0, at
