"""Reliability, speakers, partial recordings, vocabulary: decisions without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.transcription.rules import (
    SpeakerMark,
    choose_vocabulary,
    compression_of,
    confidence_of,
    is_covered,
    is_partial,
    is_reliable,
    speaker_of,
    strictest,
)


def test_text_with_broken_characters_is_not_reliable() -> None:
    assert not is_reliable("卫生室有2\ufffd名医生。", -0.1, 0.9)


def test_ordinary_text_is_reliable() -> None:
    assert is_reliable("The village road was finished in 2019.", -0.2, 0.9)
    assert is_reliable("今年茶叶价格上涨了6%。", -0.2, None)


def test_a_loop_is_unreliable_whether_or_not_the_engine_measures_it() -> None:
    loop = "我们去看一下。" * 20
    assert compression_of(loop) > 2.4
    assert not is_reliable(loop, -0.1, None)
    assert not is_reliable("short", -0.1, 2.5)


@pytest.mark.parametrize(("log_probability", "reliable"), [(-0.79, True), (-0.81, False)])
def test_low_probability_is_unreliable(log_probability: float, reliable: bool) -> None:
    assert is_reliable("text", log_probability, 1.0) is reliable


@pytest.mark.parametrize(
    "text",
    [
        "谢谢观看",
        "感谢观看!",
        "字幕由Amara.org社区提供",
        "Thanks for watching!",
        "Subtitles by the Amara.org community",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
    ],
)
def test_phrases_of_video_endings_are_unreliable(text: str) -> None:
    assert not is_reliable(text, -0.1, 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "谢谢大家",
        "他说谢谢观看之后就离开了会场，没有再回答关于学校的问题",
        "Thanks for watching the children while we visited the upper village this morning.",
        "字幕",
        "...",
    ],
)
def test_speech_that_merely_holds_such_words_is_kept_reliable(text: str) -> None:
    assert is_reliable(text, -0.1, 1.0)


def test_confidence_is_the_mean_probability_of_a_token() -> None:
    assert confidence_of(0.0) == 1.0
    assert confidence_of(-0.6931) == pytest.approx(0.5, abs=0.001)
    assert confidence_of(None) is None


MARKS = [SpeakerMark(10_000, "li"), SpeakerMark(0, "wang"), SpeakerMark(20_000, None)]


@pytest.mark.parametrize(
    ("start", "end", "who"),
    [
        (1_000, 4_000, "wang"),
        (9_800, 14_000, "li"),
        (4_000, 10_500, "wang"),
        (18_000, 30_000, None),
        (25_000, 26_000, None),
        (19_000, 20_500, "li"),
    ],
)
def test_a_segment_belongs_to_whoever_spoke_for_most_of_it(
    start: int, end: int, who: str | None
) -> None:
    assert speaker_of(start, end, MARKS) == who


def test_before_the_first_mark_nobody_is_known() -> None:
    assert speaker_of(0, 900, [SpeakerMark(1_000, "li")]) is None
    assert speaker_of(0, 900, []) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 60_000), st.sampled_from(["a", "b", None])),
        unique_by=lambda mark: mark[0],
        max_size=8,
    ),
    st.integers(0, 60_000),
    st.integers(0, 9_000),
)
def test_the_order_in_which_marks_arrive_does_not_matter(
    pairs: list[tuple[int, str | None]], start: int, length: int
) -> None:
    marks = [SpeakerMark(at, person) for at, person in pairs]
    assert speaker_of(start, start + length, marks) == speaker_of(
        start, start + length, list(reversed(marks))
    )


def test_a_segment_without_length_belongs_to_whoever_speaks_then() -> None:
    assert speaker_of(5_000, 5_000, [SpeakerMark(0, "li"), SpeakerMark(6_000, "wang")]) == "li"
    assert speaker_of(5_000, 4_000, [SpeakerMark(0, "li")]) == "li"


@pytest.mark.parametrize(
    ("decoded", "recorded", "partial"),
    [(950, 1000, False), (949, 1000, True), (10, None, False), (10, 0, False)],
)
def test_less_than_95_percent_is_partial(decoded: int, recorded: int | None, partial: bool) -> None:
    assert is_partial(decoded, recorded) is partial


def test_derived_rows_take_the_strictest_sensitivity() -> None:
    assert strictest("normal", "off_record", "restricted") == "off_record"
    assert strictest("normal", None) == "normal"
    assert strictest("restricted", "normal") == "restricted"


def test_a_corrected_stretch_is_not_told_twice() -> None:
    assert is_covered(1000, 2000, [(900, 1600)])
    assert not is_covered(1000, 2000, [(900, 1400)])
    assert is_covered(1000, 2000, [(900, 1300), (1600, 2100)])
    assert not is_covered(1000, 2000, [])


def test_vocabulary_keeps_the_most_important_names_once_and_stays_short() -> None:
    names = (f"n{i}" for i in range(99))
    chosen = choose_vocabulary(["林伟", " "], ["林伟", "Lake Station "], names)
    assert chosen[:3] == ("林伟", "Lake Station", "n0")
    assert len(chosen) == 80
