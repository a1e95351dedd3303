"""Numbers and days as people say them: halves, tenths behind a unit, bounds before a verb."""

from __future__ import annotations

from datetime import date

import pytest

from services.language import find_periods, find_quantities, fold

DAY = date(2025, 3, 10)  # a Monday

QUANTITIES = [
    ("租金七块五，不贵", "七块五", 7.5, "money:CNY"),
    ("围墙高两米二", "两米二", 2.2, "length"),
    ("水深十四米半", "十四米半", 14.5, "length"),
    ("休渔三个半月", "三个半月", 2556.75, "duration"),
    ("换了三百块电表", "三百块", 300.0, "count:piece"),
    ("花了三百块", "三百块", 300.0, "money:CNY"),
    ("渔船是260条。", "260条", 260.0, "count:piece"),
    ("four point eight kilometres", "four point eight kilometres", 4800.0, "length"),
    ("fourteen and a half metres", "fourteen and a half metres", 14.5, "length"),
    ("two and a half million yuan", "two and a half million yuan", 2.5e6, "money:CNY"),
]


@pytest.mark.parametrize(("text", "written", "worth", "dimension"), QUANTITIES)
def test_spoken_numbers_are_read_whole(
    text: str, written: str, worth: float, dimension: str
) -> None:
    [found] = find_quantities(fold(text))
    assert text[found.start : found.end] == written
    assert (found.low, found.dimension) == (pytest.approx(worth), dimension)


@pytest.mark.parametrize("text", ["养三文鱼", "扫二维码", "依本法22条，办理"])
def test_a_numeral_inside_a_noun_or_the_name_of_an_article_counts_nothing(text: str) -> None:
    assert not list(find_quantities(fold(text)))


def test_a_bound_may_stand_before_a_short_verb() -> None:
    [found] = find_quantities(fold("每个护理员最多照看五个老人。"))
    assert (found.hedge, found.high) == ("upto", 5.0)


PERIODS = [
    ("线路是上周四恢复供电的", "上周四", date(2025, 3, 6), date(2025, 3, 6)),
    ("上个月十五号发了", "上个月十五号", date(2025, 2, 15), date(2025, 2, 15)),
    ("去年暑假八月完工", "去年暑假八月", date(2024, 8, 1), date(2024, 8, 31)),
    ("从五月一号到八月十六号", "五月一号到八月十六号", date(2025, 5, 1), date(2025, 8, 16)),
    ("paid on the 15th of February", "on the 15th of February", date(2025, 2, 15), None),
]


@pytest.mark.parametrize(("text", "written", "first", "last"), PERIODS)
def test_days_are_read_as_people_say_them(
    text: str, written: str, first: date, last: date | None
) -> None:
    [period] = find_periods(fold(text), DAY)
    assert text[period.start : period.end] == written
    assert (period.first, period.last) == (first, last or first)


def test_a_day_without_a_month_is_of_the_month_named_before_it() -> None:
    *_, day = find_periods(fold("上个月的养老金是28号发的。"), DAY)
    assert day.first == date(2025, 2, 28)
    assert not list(find_periods(fold("3号泊位水深十二米"), DAY))


RANGES = ["损失从10%到50%不等", "Some incurred losses ranging from 10% to 50%."]
CHANGES = ["入学率从10%提高到50%", "价格从10%到50%，涨了不少", "The rate rose from 10% to 50%."]


@pytest.mark.parametrize("text", RANGES)
def test_from_to_is_a_range_where_nothing_moves(text: str) -> None:
    [found] = find_quantities(fold(text))
    assert (found.low, found.high, found.hedge) == (10.0, 50.0, "range")


@pytest.mark.parametrize("text", CHANGES)
def test_from_to_is_a_change_where_something_moves(text: str) -> None:
    old, new = find_quantities(fold(text))
    assert (old.origin, new.origin, new.low) == (True, False, 50.0)
