"""What is denied for good, planned for a day, said of all of them, or said by "we"."""

from datetime import date

import pytest

from services.contradictions.batch import flag_trip
from services.contradictions.claims import Statement

DAY = date(2026, 5, 12)


def kinds(*texts: str, places: tuple[str, str] = ("", "")) -> list[str]:
    told = zip(texts, places, ("甲", "乙"), strict=True)
    statements = [
        Statement(str(order), text, who, DAY, order, place)
        for order, (text, place, who) in enumerate(told)
    ]
    return [finding.kind for finding in flag_trip(statements)]


@pytest.mark.parametrize(
    ("held", "denied"),
    [
        ("The ferry ramp was replaced in 2022.", "The ferry ramp was never replaced."),
        ("The sirens were tested in March.", "The sirens have not been tested this year."),
        ("水闸2021年更换过。", "水闸从来没更换过。"),
    ],
)
def test_what_is_denied_for_all_the_time_did_not_happen_in_a_part_of_it(
    held: str, denied: str
) -> None:
    assert len(kinds(held, denied)) == 1


def test_what_is_denied_for_another_time_may_have_happened() -> None:
    assert (
        kinds("The sirens were tested in March 2025.", "The sirens were not tested in 2026.") == []
    )


def test_two_days_planned_for_one_event_differ() -> None:
    assert kinds("新码头计划9月开工。", "新码头计划11月开工。") == ["date"]


def test_a_dated_clause_is_about_what_its_sentence_is_about_and_as_planned_as_that() -> None:
    assert kinds("鹰嘴水库今年计划加固，10月开工。", "鹰嘴水库计划加固，12月开工。") == ["date"]
    assert kinds("鹰嘴水库去年计划加固，10月开工。", "鹰嘴水库去年12月开工加固。") == []


def test_all_nine_are_all() -> None:
    assert kinds("All six pumps are working.", "Two of the pumps are not working.") == [
        "quantifier"
    ]


def test_we_are_the_place_where_it_is_said() -> None:
    places = ("青溪养老服务中心", "柳河村")
    assert kinds("我们是去年3月营业的。", "青溪养老服务中心前年9月就营业了。", places=places) == [
        "date"
    ]
    assert kinds("我们是去年3月营业的。", "石塘养老服务中心前年9月就营业了。", places=places) == []


def test_a_county_company_is_no_place_called_car_park() -> None:
    denied = "柳河村停车场县旅游公司没有承包。"
    assert kinds("柳河村停车场县旅游公司承包了。", denied) == ["polarity"]
