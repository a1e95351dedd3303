"""Two statements that cannot both hold are flagged with their spans; two that can are not."""

from __future__ import annotations

from typing import Any

import pytest

from services.contradictions.batch import flag_statements


def flags(first: str, second: str, said_on: str = "2025-03-10") -> list[dict[str, Any]]:
    rows = [
        {"id": "1", "doc_id": "t", "text": first, "speaker": "甲", "order": 1, "said_on": said_on},
        {"id": "2", "doc_id": "t", "text": second, "speaker": "乙", "order": 2, "said_on": said_on},
    ]
    return list(flag_statements(rows))


DIFFER = [
    ("村里的公路是2019年修好的。", "村里的公路是2021年修好的。", "date"),
    ("The village road was finished in 2019.", "The village road was finished in 2021.", "date"),
    ("合作社有42户。", "合作社有58户。", "number"),
    ("项目预算是120万元。", "项目预算是80万元。", "number"),
    ("今年茶叶价格上涨了6%。", "今年茶叶价格下降了15%。", "trend"),
    ("The cooperative has 42 households.", "The cooperative has 58 households.", "number"),
    ("The budget is 1.2 million yuan.", "The budget is 800 thousand yuan.", "number"),
    ("养老院有三百二十张床位。", "据介绍，养老院的床位是280张。", "number"),
    ("The harbour employs at least 90 dockers.", "The harbour employs 60 dockers.", "bound"),
    ("纺织厂去年用煤40吨。", "纺织厂去年用煤40公斤。", "unit"),
    ("图书馆的扩建已经完工。", "图书馆的扩建还没有完工。", "status"),
    ("The museum roof has been repaired.", "The museum roof is still being repaired.", "status"),
    ("剧院已经收到赔偿款。", "剧院没有收到赔偿款。", "polarity"),
    ("红岭小学的校长是周文海。", "红岭小学的校长由林秀英担任。", "person"),
    (
        "The director of the museum is Anna Keller.",
        "Peter Lang is the director of the museum.",
        "person",
    ),
    ("客服中心在三楼。", "客服中心在一楼。", "place"),
    ("消防站建在码头对面。", "消防站选址在体育馆后面。", "place"),
    ("全县所有教室都装了空调。", "全县还有12间教室没装空调。", "quantifier"),
    (
        "Every classroom in Amber Ford has heating.",
        "14 classrooms in Amber Ford still do not have heating.",
        "quantifier",
    ),
]


@pytest.mark.parametrize(("first", "second", "kind"), DIFFER)
def test_two_accounts_that_cannot_both_hold_give_one_flag(
    first: str, second: str, kind: str
) -> None:
    [flag] = flags(first, second)
    assert (flag["a"], flag["b"], flag["kind"]) == ("1", "2", kind)
    for side, text in (("a_side", first), ("b_side", second)):
        row = flag[side]
        assert row["quote"] == text[row["start"] : row["end"]]
        assert row["value"] == text[row["value_start"] : row["value_end"]] != ""
        assert row["start"] <= row["value_start"] < row["value_end"] <= row["end"]
        assert row["value"] in flag["reason"]["zh"]
        assert row["value"] in flag["reason"]["en"]
    assert 0 < flag["score"] <= 1


AGREE = [
    ("合作社有42户。", "合作社有四十二户。"),
    ("合作社去年有42户。", "合作社前年有58户。"),
    ("合作社有42户。", "合作社计划发展到58户。"),
    ("合作社有42户。", "如果合作社有58户，就再买一台机器。"),
    ("合作社有42户。", "合作社有58户吗？"),
    ("合作社有58户。", "其中北片合作社有42户。"),
    ("合作社有42户。", "合作社有至少40户。"),
    ("合作社有42户。", "合作社有40户左右。"),
    ("合作社有42户。", "茶厂有58户。"),
    ("果园面积是150亩。", "果园面积是10公顷。"),
    ("白石镇的医院有90张床位。", "黑水镇的医院有60张床位。"),
    ("学校的校长是周文海。", "学校的副校长是林秀英。"),
    ("图书馆去年年底还没有完工。", "图书馆今年2月已经完工。"),
    ("The budget is 1.2 million yuan.", "The budget is 1,200,000 yuan."),
    ("The clinic opened in May 2021.", "The clinic opened on 12 May 2021."),
    ("The clinic opened in May 2021.", "The clinic was registered in June 2021."),
    ("The harbour has 90 cranes.", "If the harbour had 120 cranes, ships would not wait."),
    ("The harbour has 90 cranes.", "The harbour plans to have 120 cranes."),
    ("The harbour has 90 cranes.", "Does the harbour have 120 cranes?"),
    ("Tea prices rose 6% this year.", "Tea prices fell 4% last year."),
    ("It costs 5 yuan.", "It costs 8 yuan."),
    ("院長以前是李梅。", "院长是王磊。"),
    ("The director used to be Anna Keller.", "The director is Peter Lang."),
]


@pytest.mark.parametrize(("first", "second"), AGREE)
def test_two_statements_that_can_both_hold_give_no_flag(first: str, second: str) -> None:
    assert flags(first, second) == []


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("合作社有42户。", "The cooperative has 58 households.", "number"),
        ("项目预算是120万元。", "The project budget is 800 thousand yuan.", "number"),
        ("村里的公路是2019年修好的。", "The village road was finished in 2021.", "date"),
        ("今年茶叶价格上涨了6%。", "Tea prices fell by 15% this year.", "trend"),
    ],
)
def test_accounts_in_two_languages_meet_in_normal_form(first: str, second: str, kind: str) -> None:
    assert [flag["kind"] for flag in flags(first, second)] == [kind]


def test_trips_are_never_compared_with_each_other() -> None:
    rows = [
        {"id": "1", "doc_id": "one", "text": "合作社有42户。"},
        {"id": "2", "doc_id": "two", "text": "合作社有58户。"},
    ]
    assert list(flag_statements(rows)) == []


def test_pairs_of_sentences_are_labelled() -> None:
    rows = [
        {"id": "p", "lang": "zh", "a": "果园有80棵树。", "b": "果园有95棵树。"},
        {"id": "q", "lang": "zh", "a": "果园有80棵树。", "b": "果园很大。"},
    ]
    assert list(flag_statements(rows)) == [
        {"id": "p", "label": "contradiction"},
        {"id": "q", "label": "other"},
    ]


def test_quotes_of_long_texts_with_emoji_and_traditional_characters_are_exact_slices() -> None:
    first = "😀 今天到了。" * 30 + "據說，合作社有四十二戶社員。後來又去看了茶廠。"
    second = "We sat down 🙂. 合作社有58户社员，大家都知道。"
    [flag] = flags(first, second)
    assert first[flag["a_side"]["value_start"] : flag["a_side"]["value_end"]] == "四十二戶"
    assert second[flag["b_side"]["value_start"] : flag["b_side"]["value_end"]] == "58户"
    assert flag["a_side"]["quote"] == "據說，合作社有四十二戶社員。"


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        # 约 ends a word here and is no "about"; what was signed is not what was begun.
        ("开发区签约企业四十七家。", "开发区签约企业四十九家。", True),
        ("开发区签约企业四十七家。", "开发区开工企业三十一家。", False),
        # So much for each household is no sum.
        ("慰问金每户发了四千八。", "慰问金一共发了三十六万元。", False),
        ("慰问金每户发了四千八。", "慰问金每户发放三千五百元。", True),
        # A part, or some, against all.
        ("全县的路灯全部亮了。", "三组的路灯到现在还没亮。", True),
        ("所有渔民都参加了培训。", "还有部分渔民没有参加培训。", True),
        # The day before 才 and behind "until" is the day of the event.
        ("新桥是3月通车的。", "新桥到9月才通车。", True),
        ("Nobody was injured in the blast.", "Four people were injured in the blast.", True),
        # Households and wells; two villages of nearly one name.
        ("石渡村有54户人家。", "石渡村有146口井。", False),
        ("上坪村有54户人家。", "下坪村有67户人家。", False),
        ("石渡村有146口井。", "石渡村有120口井。", True),
        ("土方量一亿三千万方。", "土方量9,800万立方米。", True),
    ],
)
def test_what_short_field_notes_say_is_told_apart(first: str, second: str, differs: bool) -> None:
    assert bool(flags(first, second)) is differs
