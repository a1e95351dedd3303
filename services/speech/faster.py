"""faster-whisper (CTranslate2) as an Engine: a local folder only, int8 on the processor.

Imported by the worker only, for its packages are large and must not be forked once loaded.
"""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from services.speech.models import ModelFolder
from services.speech.port import (
    SAMPLE_RATE,
    EngineStatus,
    NotReady,
    Options,
    Pcm,
    Segment,
    Span,
    SpeechError,
)

_DETECT_SAMPLES = 30 * SAMPLE_RATE


class FasterWhisper:
    """Loads the model at the first block and again when its files were replaced."""

    name = "faster-whisper"

    def __init__(
        self, folder: ModelFolder, *, threads: int = 0, compute_type: str = "int8"
    ) -> None:
        self._folder = folder
        self._threads = threads or max(1, (os.cpu_count() or 2) - 1)
        self._compute_type = compute_type
        self._model: Any = None
        self._loaded: tuple[int, int] = (0, 0)
        self._broken: tuple[tuple[int, int], str] | None = None

    def status(self) -> EngineStatus:
        if self._broken and self._broken[0] == self._folder.stamp():
            return EngineStatus("incompatible", self._folder.name, self._broken[1])
        return self._folder.status()

    def transcribe(self, pcm: Pcm, options: Options) -> Iterator[Segment]:
        if len(pcm) == 0:
            return
        model = self._load()
        spans = options.spans or (Span(0.0, len(pcm) / SAMPLE_RATE),)
        try:
            for language, span in _with_language(model, pcm, spans, options.languages):
                yield from _hear(model, pcm, span, language, options)
        except (RuntimeError, ValueError) as error:
            raise SpeechError(f"faster-whisper failed: {error}") from error

    def close(self) -> None:
        self._model = None

    def _load(self) -> Any:
        status = self.status()
        if not status.ready:
            raise NotReady(status)
        stamp = self._folder.stamp()
        if self._model is None or self._loaded != stamp:
            self._model = None
            self._model = self._open(stamp)
            self._loaded = stamp
        return self._model

    def _open(self, stamp: tuple[int, int]) -> Any:
        try:
            return WhisperModel(
                str(self._folder.path),
                device="cpu",
                compute_type=self._compute_type,
                cpu_threads=self._threads,
                local_files_only=True,
            )
        # The tokenizer's reader raises bare Exception on a damaged file.
        except Exception as error:
            self._broken = (stamp, f"The model in {self._folder.path} does not load: {error}")
            raise NotReady(self.status()) from error


def _with_language(
    model: Any, pcm: Pcm, spans: tuple[Span, ...], allowed: tuple[str, ...]
) -> Iterator[tuple[str, Span]]:
    """Give every span its language; a meeting with an interpreter changes it at each pause."""
    if not model.model.is_multilingual:
        yield from (("en", span) for span in spans)
    elif len(allowed) == 1:
        yield from ((allowed[0], span) for span in spans)
    elif allowed:
        yield from ((_detect(model, _cut(pcm, span), allowed), span) for span in spans)
    else:
        speech = np.concatenate([_cut(pcm, span) for span in spans])
        language = _detect(model, speech[:_DETECT_SAMPLES], ())
        yield from ((language, span) for span in spans)


def _detect(model: Any, pcm: Pcm, allowed: tuple[str, ...]) -> str:
    _, _, probabilities = model.detect_language(audio=pcm)
    known = [code for code, _ in probabilities if not allowed or code in allowed]
    if not known:
        raise SpeechError(f"The model knows none of the languages {', '.join(allowed)}.")
    return str(known[0])


def _cut(pcm: Pcm, span: Span) -> Pcm:
    return pcm[int(span.start * SAMPLE_RATE) : int(span.end * SAMPLE_RATE)]


def _hear(model: Any, pcm: Pcm, span: Span, language: str, options: Options) -> Iterator[Segment]:
    """Transcribe one span alone, so that its memory and its volume depend on nothing around it."""
    found, info = model.transcribe(
        _cut(pcm, span),
        language=language,
        beam_size=options.beam,
        temperature=list(options.temperatures),
        condition_on_previous_text=False,
        hotwords=" ".join(options.vocabulary) or None,
    )
    for piece in found:
        yield Segment(
            start=span.start + piece.start,
            end=min(span.start + piece.end, span.end),
            text=piece.text.strip(),
            language=info.language,
            log_probability=float(piece.avg_logprob),
            compression=float(piece.compression_ratio),
        )
