"""Where somebody speaks: Silero VAD, whose weights lie inside the faster-whisper package.

Imported by the worker only, for its packages are large.
"""

from dataclasses import dataclass

from faster_whisper.vad import VadOptions, get_speech_timestamps

from services.speech.port import SAMPLE_RATE, Pcm, Span


@dataclass(frozen=True)
class Pauses:
    """What counts as a pause (its least length) and the margin kept around speech; milliseconds."""

    min_silence_ms: int = 500
    speech_pad_ms: int = 200


def find_speech(pcm: Pcm, pauses: Pauses) -> list[Span]:
    """The spans of speech in a block of 16 kHz mono sound, in order, never overlapping."""
    if len(pcm) == 0:
        return []
    options = VadOptions(
        min_silence_duration_ms=pauses.min_silence_ms, speech_pad_ms=pauses.speech_pad_ms
    )
    found = get_speech_timestamps(pcm, options)
    return [Span(s["start"] / SAMPLE_RATE, s["end"] / SAMPLE_RATE) for s in found]
