"""Dates and periods in Chinese and English, resolved against the day of speaking."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from services.language.date_patterns import bare_day, date_patterns
from services.language.lexicon_files import alternation, is_chinese, lexicon
from services.language.numbers import chinese_value, english_value

# Without a day of speaking, relative periods lie in a far past: comparable only with each other.
_UNKNOWN_DAY = date(1000, 6, 30)
_MIN_YEAR, _MAX_YEAR = 1800, 2200


# A year alone needs no letters: "2021".
_LATIN = re.compile(r"[A-Za-z]{2}|^[^\u3400-\u9fff]*$")


@dataclass(frozen=True, slots=True)
class Period:
    """Days `[first, last]` named at `[start, end)`; grain: years, year, half, quarter, month, ...

    `edge` is true for the end or beginning of a longer period (年底, year end): a moment in it.
    """

    start: int
    end: int
    first: date
    last: date
    grain: str
    edge: bool = False

    def overlaps(self, other: Period) -> bool:
        """True when some day lies in both."""
        return self.first <= other.last and other.first <= self.last

    def contains(self, other: Period) -> bool:
        """True when every day of `other` lies in this one."""
        return self.first <= other.first and other.last <= self.last

    def same_days(self, other: Period) -> bool:
        """True when both name the same days."""
        return self.first == other.first and self.last == other.last


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


@cache
def _offsets(table: str) -> dict[str, int]:
    return {word.lower(): step for word, step in lexicon("time")[table]["offset"].items()}


def _word(match: re.Match[str], group: str) -> str:
    return re.sub(r"\s+", " ", match[group] or "").strip().lower()


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    ordinal = lexicon("time")["ordinals"]["number"].get(text.lower())
    return int(ordinal if ordinal is not None else chinese_value(text) or 0)


def _worded_year(text: str) -> int:
    """Nineteen fifty-eight, twenty oh five: two figures; two thousand nineteen: one number."""
    words = re.split(r"[\s-]+", text.lower())
    if words[:2] == ["two", "thousand"]:
        return int(english_value(text) or 0)
    tail = [word for word in words[1:] if word not in {"oh", "o"}]
    return 100 * int(english_value(words[0]) or 0) + int(english_value(" ".join(tail)) or 0)


def _year_of(match: re.Match[str], said_on: date) -> int | None:
    groups = match.groupdict()
    if groups.get("wyear"):
        return _worded_year(groups["wyear"])
    if groups.get("roc"):
        return 1911 + _number(groups["roc"])
    if groups.get("year"):
        raw = groups["year"]
        value = int(raw) if raw.isdigit() else int(chinese_value(raw) or 0)
        return value + 2000 if value < 100 and len(raw) == 2 else value
    if groups.get("rel"):
        return said_on.year + _offsets("years")[_word(match, "rel")]
    return said_on.year


def _month_of(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if groups.get("month"):
        return _number(groups["month"])
    if groups.get("name"):
        return int(lexicon("time")["month_names"]["number"][groups["name"].lower().rstrip(".")])
    return None


def _year_parts(match: re.Match[str], year: int) -> tuple[date, date, str] | None:
    groups = match.groupdict()
    if groups.get("half"):
        first = groups["half"].lower() in {"上", "first", "1", "h1"}
        return (*_months(year, 1 if first else 7, 6 if first else 12), "half")
    if groups.get("quarter"):
        quarter = _number(groups["quarter"])
        if not 1 <= quarter <= 4:
            return None
        return (*_months(year, 3 * quarter - 2, 3 * quarter), "quarter")
    month = _month_of(match)
    if month is None:
        return date(year, 1, 1), date(year, 12, 31), "year"
    if not 1 <= month <= 12:
        return None
    if not groups.get("day"):
        return (*_months(year, month, month), "month")
    day = _number(groups["day"])
    if not 1 <= day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day), date(year, month, day), "day"


def _calendar(match: re.Match[str], said_on: date) -> Period | None:
    year = _year_of(match, said_on)
    groups = match.groupdict()
    unknown = said_on == _UNKNOWN_DAY and not groups.get("year")
    if year is None or not (unknown or _MIN_YEAR <= year <= _MAX_YEAR):
        return None
    if groups.get("back") and groups.get("name"):
        year = _year_of_weekday_word(match, said_on)
    parts = _year_parts(match, year)
    if parts is None:
        return None
    first, last, grain = parts
    if first > said_on and _is_since(match):
        first, last, grain = _year_parts(match, year - 1) or parts
    if groups.get("through"):
        last = date(max(_number(groups["through"]), first.year), 12, 31)
        grain = "years"
    return Period(match.start(), match.end(), first, last, grain, bool(groups.get("edge")))


_SINCE = re.compile(r"\bsince\s+(?:early |mid |late |about )?\s*$", re.IGNORECASE)


def _is_since(match: re.Match[str]) -> bool:
    """True for "since December", which, said in May, is that of last year."""
    groups = match.groupdict()
    if not groups.get("name") or groups.get("year") or groups.get("back"):
        return False
    return bool(_SINCE.search(match.string, max(0, match.start() - 6), match.start("name")))


def _year_of_weekday_word(match: re.Match[str], said_on: date) -> int:
    """The year of "last December" or "this June": the nearest one before, or of this year."""
    month = _month_of(match) or 1
    back = _word(match, "back")
    if back == "last":
        return said_on.year if month < said_on.month else said_on.year - 1
    if back == "next":
        return said_on.year if month > said_on.month else said_on.year + 1
    return said_on.year


def _relative_month(match: re.Match[str], said_on: date) -> Period:
    step = said_on.year * 12 + said_on.month - 1 + _offsets("months")[_word(match, "relmonth")]
    first, last = _months(step // 12, step % 12 + 1, step % 12 + 1)
    day = _number(match["day"]) if match.groupdict().get("day") else 0
    if 1 <= day <= last.day:
        return Period(
            match.start(), match.end(), first.replace(day=day), first.replace(day=day), "day"
        )
    return Period(
        match.start(), match.end(), first, last, "month", bool(match.groupdict().get("edge"))
    )


def _relative_week(match: re.Match[str], said_on: date) -> Period:
    monday = said_on - timedelta(days=said_on.weekday())
    first = monday + timedelta(weeks=_offsets("weeks")[_word(match, "relweek")])
    weekday = match.groupdict().get("weekday")
    if weekday:
        day = first + timedelta(days=lexicon("time")["weekdays"]["number"][weekday])
        return Period(match.start(), match.end(), day, day, "day")
    return Period(match.start(), match.end(), first, first + timedelta(days=6), "week")


def _relative_day(match: re.Match[str], said_on: date) -> Period:
    day = said_on + timedelta(days=_offsets("days")[_word(match, "relday")])
    return Period(match.start(), match.end(), day, day, "day")


def _read(match: re.Match[str], said_on: date) -> Period | None:
    groups = match.groupdict()
    if groups.get("relmonth"):
        return _relative_month(match, said_on)
    if groups.get("relweek"):
        return _relative_week(match, said_on)
    if groups.get("relday"):
        return _relative_day(match, said_on)
    return _calendar(match, said_on)


@cache
def _gates() -> dict[str, re.Pattern[str]]:
    """Without a figure of four, a month's name or a word such as 去年 no text names a period."""
    tables = lexicon("time")
    spans = ("years", "months", "weeks", "days")
    relative = [word for name in spans for word in tables[name]["offset"]]
    others = ("half", "quarter", "thousand", "eighteen", "nineteen", "twenty")
    english = alternation(
        [*(w for w in relative if not is_chinese(w)), *tables["month_names"]["number"], *others]
    )
    chinese = alternation(word for word in relative if is_chinese(word))
    return {
        "zh": re.compile(rf"{chinese}|[年月日号季]|\d{{4}}"),
        "en": re.compile(rf"\d{{4}}|\b(?:Q|H|FY\s?'?)\d|{english}", re.IGNORECASE),
    }


def _bare_days(
    folded: str, found: list[Period], taken: list[tuple[int, int]], said_on: date
) -> list[Period]:
    """Days without a month are of the month named last before them, else of the month of speech."""
    days = []
    for match in bare_day().finditer(folded):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        named = [one for one in found if one.end <= match.start() and one.grain in {"month", "day"}]
        month = max(named, key=lambda one: one.start).first if named else said_on
        day = _number(match["day"])
        if 1 <= day <= monthrange(month.year, month.month)[1]:
            first = month.replace(day=day)
            days.append(Period(match.start(), match.end(), first, first, "day"))
    return days


_TO = re.compile(r"\s?(?:到|至|-|~|—|to|until|through)\s?(?:the\s)?", re.IGNORECASE)
_FINE = frozenset({"day", "month"})


def _follows(folded: str, one: Period, two: Period) -> bool:
    """True when "to" alone stands between two days or months, the earlier first."""
    fine = {one.grain, two.grain} <= _FINE and one.first <= two.first
    return fine and bool(_TO.fullmatch(folded[one.end : two.start]))


def _ranges(folded: str, periods: list[Period]) -> Iterator[Period]:
    """Periods in order, "1 May to 16 August" as one of the grain "range"."""
    held: Period | None = None
    for period in periods:
        if held and _follows(folded, held, period):
            yield Period(held.start, period.end, held.first, period.last, "range")
            held = None
            continue
        if held:
            yield held
        held = period
    if held:
        yield held


def find_periods(folded: str, said_on: date | None = None) -> Iterator[Period]:
    """All dates and periods of a folded text, left to right, without overlap."""
    day = said_on or _UNKNOWN_DAY
    taken: list[tuple[int, int]] = []
    found: list[Period] = []
    ascii_only = folded.isascii()
    chinese = not ascii_only and is_chinese(folded)
    languages = [("zh", chinese), ("en", ascii_only or bool(_LATIN.search(folded)))]
    gates = _gates()
    named = [name for name, here in languages if here and gates[name].search(folded)]
    for pattern in (one for name in named for one in date_patterns(name)):
        for match in pattern.finditer(folded):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            period = _read(match, day)
            if period is not None:
                taken.append(match.span())
                found.append(period)
    if said_on and chinese:
        found.extend(_bare_days(folded, found, taken, said_on))
    yield from _ranges(folded, sorted(found, key=lambda period: period.start))
