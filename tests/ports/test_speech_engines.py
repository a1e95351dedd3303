"""The contract of the speech port, run against every engine with a real model."""

from collections.abc import Iterator
from typing import cast

import numpy as np
import pytest

from services.speech import SAMPLE_RATE, Engine, Options, Span
from services.speech.remote import Address, RemoteEngine
from tests.support import tiny_whisper
from tests.support.whisper_server import serving

ENGINES = ["faster-whisper", "remote with verbose_json", "remote with json only"]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "faster-whisper":
        yield tiny_whisper.tiny_engine()
        return
    with serving(verbose="verbose" in request.param) as server:
        yield cast(Engine, RemoteEngine(Address(server.url, "tiny-test")))


def test_a_ready_engine_says_so_and_names_its_model(engine: Engine) -> None:
    assert engine.status().ready
    assert engine.status().model == "tiny-test"


@pytest.mark.parametrize("name", ["en-road-2019.ogg", "en-road-2021.webm", "zh-tea.m4a"])
def test_a_sentence_is_read_as_it_was_said(engine: Engine, name: str) -> None:
    said = tiny_whisper.samples()[name]
    pcm = tiny_whisper.sound(name)
    found = list(engine.transcribe(pcm, tiny_whisper.options(pcm, said.language)))
    assert [s.text for s in found] == said.text
    assert found[0].language == said.language


def test_each_span_of_speech_gives_its_own_segment_at_its_own_time(engine: Engine) -> None:
    said = tiny_whisper.samples()["en-long.webm"]
    pcm = tiny_whisper.sound("en-long.webm")
    found = list(engine.transcribe(pcm, tiny_whisper.options(pcm, "en")))
    assert [s.text for s in found] == said.text
    for heard, (start, end, _) in zip(found, said.said, strict=True):
        assert heard.start == pytest.approx(start, abs=0.3)
        assert heard.end == pytest.approx(end, abs=0.4)


def test_only_the_given_spans_are_heard(engine: Engine) -> None:
    pcm = tiny_whisper.sound("en-long.webm")
    asked = tiny_whisper.options(pcm, "en", spans=[Span(3.9, 7.0)])
    found = list(engine.transcribe(pcm, asked))
    assert [s.text for s in found] == ["Tea prices fell by 15 percent this year."]
    assert found[0].start >= 3.9
    assert found[0].end <= 7.0


def test_the_language_is_detected_when_none_is_given(engine: Engine) -> None:
    pcm = tiny_whisper.sound("zh-tea.m4a")
    found = list(engine.transcribe(pcm, tiny_whisper.options(pcm)))
    assert [s.text for s in found] == [tiny_whisper.TEA_ZH]


def test_a_block_without_sound_gives_nothing(engine: Engine) -> None:
    nothing = np.zeros(0, dtype=np.float32)
    assert list(engine.transcribe(nothing, Options())) == []


def test_closing_the_iterator_cancels_and_leaves_the_engine_usable(engine: Engine) -> None:
    pcm = tiny_whisper.sound("en-long.webm")
    running = engine.transcribe(pcm, tiny_whisper.options(pcm, "en"))
    first = next(running)
    running.close()  # type: ignore[attr-defined] # every engine is a generator
    assert first.text == "Water reaches the school twice a week."
    again = tiny_whisper.sound("en-road-2019.ogg")
    found = list(engine.transcribe(again, tiny_whisper.options(again, "en")))
    assert [s.text for s in found] == [tiny_whisper.ROAD_2019]


def test_an_engine_can_be_used_again_after_it_was_closed(engine: Engine) -> None:
    engine.close()
    pcm = tiny_whisper.sound("en-road-2019.ogg")
    found = list(engine.transcribe(pcm, tiny_whisper.options(pcm, "en")))
    assert [s.text for s in found] == [tiny_whisper.ROAD_2019]


def test_two_languages_in_one_block_are_each_read_in_their_own(engine: Engine) -> None:
    if engine.name == "remote":
        # The OpenAI address takes one language per request, so only the local engine can do this.
        pcm = tiny_whisper.sound("zh-tea.m4a")
        found = list(engine.transcribe(pcm, tiny_whisper.options(pcm, "en", "zh")))
        assert [s.text for s in found] == [tiny_whisper.TEA_ZH]
        return
    pause = np.zeros(SAMPLE_RATE, dtype=np.float32)
    parts = [tiny_whisper.sound("en-road-2019.ogg"), pause, tiny_whisper.sound("zh-tea.m4a")]
    pcm = np.concatenate(parts)
    found = list(engine.transcribe(pcm, tiny_whisper.options(pcm, "zh", "en")))
    assert [(s.language, s.text) for s in found] == [
        ("en", tiny_whisper.ROAD_2019),
        ("zh", tiny_whisper.TEA_ZH),
    ]
