"""Which stretch of a recording is heard next: at most ten minutes, cut where nobody speaks."""

from dataclasses import dataclass

import numpy as np

from services.speech import SAMPLE_RATE, Pcm, Span

BLOCK_SECONDS = 600
# The shortest stretch whose loudness is compared when there is no pause at all.
_QUIET = SAMPLE_RATE // 5


@dataclass(frozen=True)
class Block:
    """Samples `start` up to `end` of the recording; `spans` in seconds from `start`."""

    start: int
    end: int
    spans: tuple[Span, ...]


def make_block(start: int, pcm: Pcm, spans: list[Span], *, is_last: bool) -> Block:
    """Cut the window `pcm`, which begins at sample `start`, at its last good pause.

    What lies behind the cut is left for the next block; `is_last` = the recording ends here.
    """
    length = len(pcm) / SAMPLE_RATE
    cut = length if is_last else _pause_in_second_half(spans, length)
    if cut is None:
        cut = _quietest_second_half(pcm)
    kept = [s if s.end <= cut else Span(s.start, cut) for s in spans if s.start < cut]
    end = len(pcm) if is_last else int(cut * SAMPLE_RATE)
    return Block(start, start + end, tuple(kept))


def _pause_in_second_half(spans: list[Span], length: float) -> float | None:
    """The middle of the last pause, unless it comes so early that blocks would become tiny."""
    ends = [s.end for s in spans]
    starts = [s.start for s in spans]
    pauses = list(zip([0.0, *ends], [*starts, length], strict=True))
    middles = [(a + b) / 2 for a, b in pauses if b > a]
    return middles[-1] if middles and middles[-1] >= length / 2 else None


def _quietest_second_half(pcm: Pcm) -> float:
    """The quietest fifth of a second in the second half, in seconds: the least bad place to cut."""
    half = len(pcm) // 2
    pieces = pcm[half : half + (len(pcm) - half) // _QUIET * _QUIET].reshape(-1, _QUIET)
    quietest = int(np.argmin(np.square(pieces).mean(axis=1)))
    return (half + quietest * _QUIET + _QUIET // 2) / SAMPLE_RATE


def cursor_after(end: float, spans: tuple[Span, ...], least: float = 0.5) -> float:
    """Up to where all is heard once a segment ending at `end` is stored, in seconds of its block.

    A rest of its span too short to hold a word is passed over, so that a run that begins anew
    there does not hear the same breath twice.
    """
    for span in spans:
        if span.start <= end < span.end and span.end - end < least:
            return span.end
    return end
