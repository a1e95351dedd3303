"""Numbers, units and hedges are read as written, in both languages, at exact offsets."""

from __future__ import annotations

from math import inf

import pytest

from services.language import find_quantities, fold


def quantities(text: str) -> list[tuple[str, float, float, str]]:
    return [
        (text[q.start : q.end], q.low, q.high, q.dimension) for q in find_quantities(fold(text))
    ]


@pytest.mark.parametrize(
    ("text", "worth", "dimension"),
    [
        ("投资三百二十万元", 3_200_000, "money:CNY"),
        ("贷款1.2亿元", 120_000_000, "money:CNY"),
        ("一点五亿元", 150_000_000, "money:CNY"),
        ("共一千零五十户", 1050, "count:household"),
        ("两千三百人", 2300, "count:person"),
        ("约定百分之三十五", 35, "ratio"),
        ("占两成", 20, "ratio"),
        ("三分之一", 100 / 3, "ratio"),
        ("三百二十户", 320, "count:household"),
        ("１２０户", 120, "count:household"),
        ("1.5公顷", 15_000, "area"),
        ("300斤", 150, "mass"),
        ("2里", 1000, "length"),
        ("three hundred and twenty families", 320, "count:household"),
        ("one million two hundred thousand yuan", 1_200_000, "money:CNY"),
        ("$2.5 million", 2_500_000, "money:USD"),
        ("12 per cent", 12, "ratio"),
        ("a hundred yuan", 100, "money:CNY"),
        ("3 miles", 4828.032, "length"),
        ("forty-two households", 42, "count:household"),
    ],
)
def test_a_number_with_its_unit_is_worth_what_a_reader_takes_it_for(
    text: str, worth: float, dimension: str
) -> None:
    [(_, low, high, found)] = quantities(text)
    assert (low, high) == (pytest.approx(worth), pytest.approx(worth))
    assert found == dimension


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("至少50户", 50, inf),
        ("不足50户", -inf, 50),
        ("超过50户", 50, inf),
        ("不超过50户", -inf, 50),
        ("约50户", 45, 55),
        ("50户左右", 45, 55),
        ("50户以上", 50, inf),
        ("50多户", 50, 60),
        ("近50户", 45, 50),
        ("50到60户", 50, 60),
        ("at least 50 households", 50, inf),
        ("fewer than 50 households", -inf, 50),
        ("up to 50 households", -inf, 50),
        ("about 50 households", 45, 55),
        ("between 50 and 60 households", 50, 60),
    ],
)
def test_bounds_and_approximations_are_intervals(text: str, low: float, high: float) -> None:
    [(_, found_low, found_high, _)] = quantities(text)
    assert (found_low, found_high) == (low, high)


@pytest.mark.parametrize(
    "text", ["第22条", "第三届会议", "section 5", "COVID-19", "5:30", "一个人来了", "3. 下一项"]
)
def test_labels_times_and_indefinite_words_are_no_quantities(text: str) -> None:
    assert quantities(text) == []


def test_the_old_value_of_a_change_is_marked() -> None:
    old, new = find_quantities("从40户增加到58户")
    assert old.origin
    assert not new.origin


def test_traditional_characters_read_like_simplified_ones_at_the_same_offsets() -> None:
    text = "種了三百畝"
    assert fold(text) == "种了三百亩"
    assert [row[0] for row in quantities(text)] == ["三百畝"]


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("良品率才八成五", 85),
        ("三成半", 35),
        ("a third of the crews", 100 / 3),
        ("half of the cars", 50),
    ],
)
def test_parts_of_a_whole_are_per_cent(text: str, worth: float) -> None:
    [quantity] = find_quantities(text)
    assert (quantity.dimension, quantity.low) == ("ratio", pytest.approx(worth))


def test_a_numbered_thing_counts_nothing() -> None:
    assert list(find_quantities("Repairs to berth four have begun.")) == []
    [quantity] = find_quantities("船闸一天过六十条船。")
    assert quantity.written == 60
