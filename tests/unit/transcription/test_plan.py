"""Blocks: at most ten minutes, cut at pauses, nothing lost and nothing twice."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.speech import SAMPLE_RATE, Span
from services.transcription.plan import cursor_after, make_block


def noise(seconds: float) -> NDArray[np.float32]:
    random = np.random.default_rng(3)
    return random.normal(0, 0.1, int(seconds * SAMPLE_RATE)).astype(np.float32)


def test_the_last_block_takes_all_that_is_left() -> None:
    spans = [Span(1, 3), Span(4, 6)]
    block = make_block(100, noise(8), spans, is_last=True)
    assert (block.start, block.end) == (100, 100 + 8 * SAMPLE_RATE)
    assert list(block.spans) == spans


def test_a_block_is_cut_in_the_middle_of_its_last_pause() -> None:
    block = make_block(0, noise(10), [Span(0, 3), Span(4, 7), Span(8, 10)], is_last=False)
    assert block.end == int(7.5 * SAMPLE_RATE)
    assert list(block.spans) == [Span(0, 3), Span(4, 7)]


def test_silence_to_the_end_is_a_pause_too() -> None:
    block = make_block(0, noise(10), [Span(0, 3)], is_last=False)
    assert block.end == int(6.5 * SAMPLE_RATE)
    assert list(block.spans) == [Span(0, 3)]


def test_speech_without_a_pause_is_cut_where_it_is_quietest() -> None:
    sound = noise(10)
    sound[int(7.0 * SAMPLE_RATE) : int(7.2 * SAMPLE_RATE)] *= 0.01
    block = make_block(0, sound, [Span(0, 10)], is_last=False)
    assert abs(block.end / SAMPLE_RATE - 7.1) < 0.2
    assert list(block.spans) == [Span(0, block.end / SAMPLE_RATE)]


def test_a_pause_near_the_beginning_does_not_make_a_tiny_block() -> None:
    block = make_block(0, noise(10), [Span(0, 1), Span(2, 10)], is_last=False)
    assert block.end >= 5 * SAMPLE_RATE
    assert block.spans[0] == Span(0, 1)
    assert block.spans[1].start == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0.1, 3)), max_size=12), st.booleans())
def test_every_block_goes_forward_and_its_spans_lie_inside(
    pairs: list[tuple[float, float]], is_last: bool
) -> None:
    spans, at = [], 0.0
    for pause, speech in pairs:
        spans.append(Span(at + pause, at + pause + speech))
        at += pause + speech
    sound = noise(max(at, 1.0))
    spans = [Span(s.start, min(s.end, len(sound) / SAMPLE_RATE)) for s in spans]
    block = make_block(7, sound, spans, is_last=is_last)
    assert 7 < block.end <= 7 + len(sound)
    assert all(0 <= s.start <= s.end <= (block.end - 7 + 1) / SAMPLE_RATE for s in block.spans)


def test_the_cursor_passes_over_a_rest_that_holds_no_word() -> None:
    spans = (Span(1.0, 3.0), Span(4.0, 9.0))
    assert cursor_after(2.8, spans) == 3.0
    assert cursor_after(6.0, spans) == 6.0
    assert cursor_after(3.0, spans) == 3.0
