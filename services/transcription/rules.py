"""Pure decisions on what was heard: is it reliable, who said it, how much of it is missing."""

import math
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from services.kernel.entity import Sensitivity
from services.transcription.phrases import OUTRO_PHRASES

# Thresholds of the Whisper paper's decoding heuristics (compression) and of faster-whisper's users.
MOST_COMPRESSION = 2.4
LEAST_LOG_PROBABILITY = -0.8
WHOLE = 0.95
# How much of a new segment a person's own text may cover before the machine yields.
_COVERED = 0.5
_STRICTNESS: tuple[Sensitivity, ...] = ("normal", "restricted", "off_record")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class SpeakerMark:
    """From `at_ms` on, this person speaks; None = nobody known."""

    at_ms: int
    person: str | None


def compression_of(text: str) -> float:
    """How well the text compresses: repetition loops of the decoder lie above 2.4."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def is_reliable(text: str, log_probability: float | None, compression: float | None) -> bool:
    """False for what Whisper is known to make up; such text is shown, but nothing rests on it."""
    if "\ufffd" in text:
        # Bytes that are no character: the decoder lost its way inside a Chinese word.
        return False
    squeezed = compression_of(text) if compression is None else compression
    if squeezed > MOST_COMPRESSION:
        return False
    if log_probability is not None and log_probability < LEAST_LOG_PROBABILITY:
        return False
    return not _is_outro(text)


def confidence_of(log_probability: float | None) -> float | None:
    """Mean probability of a token, 0 to 1; None when the engine does not tell."""
    return None if log_probability is None else round(math.exp(min(0.0, log_probability)), 4)


def _is_outro(text: str) -> bool:
    """True when nothing is said but what closes videos; it comes out of silence and music."""
    bare = _SIGNS.sub("", text.lower())
    left = bare
    for phrase in OUTRO_PHRASES:
        left = left.replace(phrase, "")
    return bare != left and len(left) < len(bare) / 2


def speaker_of(start_ms: int, end_ms: int, marks: Iterable[SpeakerMark]) -> str | None:
    """Whoever, by the marks, spoke for most of the segment; a tap may come a little late."""
    shares: dict[str | None, int] = {}
    ordered = sorted(marks, key=lambda mark: mark.at_ms)
    end = max(end_ms, start_ms + 1)
    for mark, after in zip_longest(ordered, ordered[1:]):
        until = end if after is None else min(after.at_ms, end)
        share = until - max(mark.at_ms, start_ms)
        if share > 0:
            shares[mark.person] = shares.get(mark.person, 0) + share
    return max(shares, key=lambda person: shares[person]) if shares else None


def is_partial(decoded_ms: int, recorded_ms: int | None) -> bool:
    """True when less came out of the file than its recorder says it put in."""
    return bool(recorded_ms) and decoded_ms < WHOLE * (recorded_ms or 0)


def strictest(*levels: str | None) -> Sensitivity:
    """The sensitivity of what is derived from several records."""
    return max((s for s in _STRICTNESS if s in levels), key=_STRICTNESS.index, default="normal")


def is_covered(start_ms: int, end_ms: int, edited: Sequence[tuple[int, int]]) -> bool:
    """True when a person's corrected segments already tell what was said here."""
    shared = sum(max(0, min(end_ms, e) - max(start_ms, s)) for s, e in edited)
    return shared > _COVERED * max(1, end_ms - start_ms)


def choose_vocabulary(*lists: Iterable[str], limit: int = 80) -> tuple[str, ...]:
    """Names for the decoder, each once, the first lists first; Whisper reads about 80."""
    names = (name.strip() for names in lists for name in names)
    return tuple(dict.fromkeys(name for name in names if name))[:limit]
