"""From decoded sound to text with times of the whole recording: blocks, engine, judgement.

Knows neither database nor jobs: the worker and the command line share it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.speech import SAMPLE_RATE, Ear, Engine, Options, Segment
from services.transcription.decode import as_floats
from services.transcription.heard import Heard, Step
from services.transcription.plan import BLOCK_SECONDS, Block, cursor_after, make_block
from services.transcription.rules import confidence_of, is_reliable


@dataclass(frozen=True)
class Listener:
    """An engine, the ear that finds speech, and how this recording is to be heard."""

    engine: Engine
    ear: Ear
    options: Options
    block_seconds: int = BLOCK_SECONDS

    def listen(self, pcm: NDArray[np.int16], start_ms: int = 0) -> Iterator[Step]:
        """Hear the recording from `start_ms` on, in order of time; close the iterator to cancel."""
        at = start_ms * SAMPLE_RATE // 1000
        last = start_ms - 1
        while at < len(pcm):
            block, sound = self._next_block(pcm, at)
            for step in self._hear(block, sound):
                step = _after(step, last)
                last = step.heard.start_ms if step.heard else last
                yield step
            at = block.end
            yield Step(_ms(at))

    def _next_block(self, pcm: NDArray[np.int16], at: int) -> tuple[Block, Any]:
        window = pcm[at : at + self.block_seconds * SAMPLE_RATE]
        sound = as_floats(window)
        is_last = at + len(window) >= len(pcm)
        block = make_block(at, sound, self.ear(sound), is_last=is_last)
        return block, sound[: block.end - at]

    def _hear(self, block: Block, sound: Any) -> Iterator[Step]:
        if not block.spans:
            return
        options = replace(self.options, spans=block.spans)
        for segment in self.engine.transcribe(sound, options):
            if segment.text:
                cursor = block.start + int(cursor_after(segment.end, block.spans) * SAMPLE_RATE)
                yield Step(_ms(cursor), _heard(segment, block))


def _heard(segment: Segment, block: Block) -> Heard:
    offset = _ms(block.start)
    return Heard(
        start_ms=offset + round(segment.start * 1000),
        end_ms=offset + round(segment.end * 1000),
        text=segment.text,
        language=segment.language,
        confidence=confidence_of(segment.log_probability),
        reliable=is_reliable(segment.text, segment.log_probability, segment.compression),
    )


def _after(step: Step, last_start: int) -> Step:
    """Keep starts strictly rising: a segment's id is made of its start."""
    heard = step.heard
    if heard is None or heard.start_ms > last_start:
        return step
    start = last_start + 1
    return replace(step, heard=replace(heard, start_ms=start, end_ms=max(start, heard.end_ms)))


def _ms(samples: int) -> int:
    return samples * 1000 // SAMPLE_RATE
