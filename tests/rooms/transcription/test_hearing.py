"""Blocks, engine and judgement together, on real sound with the real tiny model."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from services.kernel.settings import Settings
from services.speech import SAMPLE_RATE, open_ear, speech_options
from services.transcription.hearing import Heard, Listener
from tests.support import tiny_whisper

SETTINGS = Settings(**tiny_whisper.SETTINGS)


@pytest.fixture(scope="module")
def listener() -> Listener:
    options = speech_options(SETTINGS, languages=("en",))
    return Listener(tiny_whisper.tiny_engine(), open_ear(SETTINGS), options)


def samples(name: str) -> NDArray[np.int16]:
    return (tiny_whisper.sound(name) * 32767).astype(np.int16)


def heard(listener: Listener, pcm: NDArray[np.int16], start_ms: int = 0) -> list[Heard]:
    return [step.heard for step in listener.listen(pcm, start_ms) if step.heard]


def test_a_recording_is_heard_with_times_confidence_and_language(listener: Listener) -> None:
    said = tiny_whisper.samples()["en-long.webm"]
    found = heard(listener, samples("en-long.webm"))
    assert [h.text for h in found] == said.text
    for one, (start, end, _) in zip(found, said.said, strict=True):
        assert one.start_ms == pytest.approx(start * 1000, abs=300)
        assert one.end_ms == pytest.approx(end * 1000, abs=400)
        assert one.language == "en"
        assert one.reliable
        assert 0.5 < (one.confidence or 0) <= 1


def test_small_blocks_give_the_same_text_as_one(listener: Listener) -> None:
    said = tiny_whisper.samples()["en-long.webm"]
    pcm = samples("en-long.webm")
    small = heard(replace(listener, block_seconds=10), pcm)
    assert [h.text for h in small] == said.text
    for one, (start, _, _) in zip(small, said.said, strict=True):
        assert one.start_ms == pytest.approx(start * 1000, abs=300)


@pytest.mark.parametrize("stored", [1, 3, 7])
def test_going_on_from_a_cursor_hears_the_rest_once(listener: Listener, stored: int) -> None:
    pcm = samples("en-long.webm")
    steps = [s for s in listener.listen(pcm) if s.heard]
    cursor = steps[stored - 1].cursor_ms
    rest = heard(listener, pcm, cursor)
    assert [h.text for h in rest] == tiny_whisper.samples()["en-long.webm"].text[stored:]
    assert all(h.start_ms >= cursor for h in rest)


def test_the_cursor_only_rises_and_ends_at_the_end(listener: Listener) -> None:
    pcm = samples("en-long.webm")
    cursors = [step.cursor_ms for step in replace(listener, block_seconds=10).listen(pcm)]
    assert cursors == sorted(cursors)
    assert cursors[-1] == len(pcm) * 1000 // SAMPLE_RATE


def test_silence_is_passed_over_without_a_word(listener: Listener) -> None:
    assert heard(listener, np.zeros(20 * SAMPLE_RATE, dtype=np.int16)) == []


def test_starts_are_never_equal_for_they_name_the_segments(listener: Listener) -> None:
    found = heard(listener, np.concatenate([samples("en-road-2019.ogg")] * 4))
    starts = [h.start_ms for h in found]
    assert len(starts) == 4
    assert len(set(starts)) == len(starts)
