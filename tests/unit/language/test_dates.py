"""Dates and periods resolve against the day of speaking."""

from __future__ import annotations

from datetime import date

import pytest

from services.language import find_periods, fold

SAID = date(2025, 3, 10)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021年8月2日完工", (2021, 8, 2), (2021, 8, 2)),
        ("二〇二三年五月", (2023, 5, 1), (2023, 5, 31)),
        ("去年三季度", (2024, 7, 1), (2024, 9, 30)),
        ("上个月底", (2025, 2, 1), (2025, 2, 28)),
        ("今年上半年", (2025, 1, 1), (2025, 6, 30)),
        ("前年", (2023, 1, 1), (2023, 12, 31)),
        ("昨天", (2025, 3, 9), (2025, 3, 9)),
        ("6月15日", (2025, 6, 15), (2025, 6, 15)),
        ("on March 7, 2021", (2021, 3, 7), (2021, 3, 7)),
        ("on 16 December 2021", (2021, 12, 16), (2021, 12, 16)),
        ("in 2019", (2019, 1, 1), (2019, 12, 31)),
        ("last year", (2024, 1, 1), (2024, 12, 31)),
        ("the year before last", (2023, 1, 1), (2023, 12, 31)),
        ("the first half of last year", (2024, 1, 1), (2024, 6, 30)),
        ("Q3 2024", (2024, 7, 1), (2024, 9, 30)),
        ("FY2025", (2025, 1, 1), (2025, 12, 31)),
        ("2022-11-05", (2022, 11, 5), (2022, 11, 5)),
    ],
)
def test_a_period_is_the_days_it_names(
    text: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    [period] = find_periods(fold(text), SAID)
    assert (period.first, period.last) == (date(*first), date(*last))


@pytest.mark.parametrize(
    "text", ["三个月", "2000头猪", "there were 2000 pigs", "13月", "2021-02-30"]
)
def test_durations_counts_and_impossible_days_are_no_dates(text: str) -> None:
    assert [
        p for p in find_periods(fold(text), SAID) if p.grain == "day" or p.first.year == 2000
    ] == []


def test_without_a_day_of_speaking_relative_years_compare_with_each_other_only() -> None:
    [last_year] = find_periods("去年")
    [same] = find_periods("last year")
    [absolute] = find_periods("2024年")
    assert last_year.same_days(same)
    assert not last_year.overlaps(absolute)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("It opened in two thousand nineteen.", "2019-01-01"),
        ("founded in nineteen fifty-eight", "1958-01-01"),
        ("in twenty oh five", "2005-01-01"),
        ("the third of May 2022", "2022-05-03"),
        ("on the twenty-first of June", "2025-06-21"),
        ("FY25 revenue", "2025-01-01"),
        ("民国102年3月成立", "2013-03-01"),
        ("去年三季度", "2024-07-01"),
    ],
)
def test_years_in_words_and_other_calendars_are_read(text: str, first: str) -> None:
    [period] = find_periods(text, date(2025, 3, 10))
    assert period.first.isoformat() == first
