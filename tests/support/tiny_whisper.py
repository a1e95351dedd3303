"""The tiny Whisper model of tests/data, its samples, and the settings that it needs."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper.audio import decode_audio

from services.speech import Options, Pcm, Span
from services.speech.faster import FasterWhisper
from services.speech.models import ModelFolder
from services.speech.vad import Pauses, find_speech

FOLDER = Path(__file__).parents[1] / "data" / "whisper-tiny"
MODEL = FOLDER / "model"
SAMPLES = FOLDER / "samples"
# With a margin of 140 ms every sample is heard right wherever the span begins within 20 ms; with
# 60 ms one sentence lay on the edge, and which side it fell on was the processor's word.
PAUSES = Pauses(min_silence_ms=160, speech_pad_ms=140)
SETTINGS: dict[str, Any] = {
    "whisper_model": str(MODEL),
    "whisper_temperature": 0.0,
    "whisper_min_silence_ms": 160,
    "whisper_speech_pad_ms": 140,
    "whisper_threads": 1,
}
ROAD_2019 = "The village road was finished in 2019."
TEA_ZH = "今年茶叶价格上涨了6%。"


@dataclass(frozen=True)
class Sample:
    """A recording with what is truly said in it."""

    path: Path
    language: str
    duration: float
    said: list[tuple[float, float, str]]

    @property
    def text(self) -> list[str]:
        return [text for _, _, text in self.said]


def samples() -> dict[str, Sample]:
    """The samples by file name."""
    listed = json.loads((SAMPLES / "samples.json").read_text())
    return {
        one["file"]: Sample(
            SAMPLES / one["file"],
            one["language"],
            one["duration"],
            [(s["start"], s["end"], s["text"]) for s in one["segments"]],
        )
        for one in listed
    }


def sound(name: str) -> Pcm:
    """A sample as 16 kHz mono floats."""
    return np.asarray(decode_audio(str(SAMPLES / name)), dtype=np.float32)


def tiny_engine() -> FasterWhisper:
    return FasterWhisper(ModelFolder("tiny-test", MODEL), threads=1)


def options(pcm: Pcm, *languages: str, spans: list[Span] | None = None) -> Options:
    """What the tiny model needs: pauses of 160 ms, a window per span, temperature 0."""
    found = find_speech(pcm, PAUSES) if spans is None else spans
    return Options(spans=tuple(found), languages=languages, temperatures=(0.0,))
