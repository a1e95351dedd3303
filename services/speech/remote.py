"""Any server with OpenAI's `/audio/transcriptions` (Speaches, vLLM, OpenAI) as an Engine.

Sound leaves this machine only to the address that the administrator has set.
"""

import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import httpx
import numpy as np

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

# A window of five minutes is 9.6 MB of WAV: below the usual limit of 25 MB, and soon visible.
WINDOW_SECONDS = 300.0
_TIMEOUT = httpx.Timeout(600, connect=10)
_REFUSES_VERBOSE = (400, 422)
_TRY_LATER = (401, 403, 404, 408, 429)
_PROMPT_LIMIT = 800


@dataclass(frozen=True)
class Address:
    """Where the server is: its base address up to and with `/v1`, its key and model."""

    url: str
    model: str
    key: str = ""


class RemoteEngine:
    """Asks for `verbose_json`; a server that has none gets one request per span and `json`."""

    name = "remote"

    def __init__(self, address: Address) -> None:
        self._address = address
        self._headers = {"Authorization": f"Bearer {address.key}"} if address.key else {}
        self._verbose = True

    def status(self) -> EngineStatus:
        if not self._address.url:
            return self._unreachable("Set SUIXING_WHISPER_URL to the server's address with /v1.")
        try:
            answer = httpx.get(self._path("models"), headers=self._headers, timeout=10)
        except httpx.HTTPError as error:
            return self._unreachable(f"{self._address.url}: {type(error).__name__}")
        if answer.status_code in (401, 403):
            return self._unreachable("The server refuses the key; see SUIXING_WHISPER_KEY.")
        if answer.status_code >= 500:
            return self._unreachable(f"{self._address.url} answers {answer.status_code}.")
        # Not every such server lists its models: any other answer shows that it is there.
        return EngineStatus("ready", self._address.model)

    def transcribe(self, pcm: Pcm, options: Options) -> Iterator[Segment]:
        spans = options.spans or (Span(0.0, len(pcm) / SAMPLE_RATE),)
        if len(pcm) == 0:
            return
        waiting = list(_windows(spans)) if self._verbose else list(spans)
        while waiting:
            window = waiting.pop(0)
            answer = self._ask(_cut(pcm, window), options)
            if answer is None:
                self._verbose = False
                waiting = [s for s in spans if s.start >= window.start]
                continue
            yield from _segments(answer, window, options)

    def close(self) -> None:
        """Nothing is held between two requests."""

    def _ask(self, pcm: Pcm, options: Options) -> dict[str, Any] | None:
        """One request; None when the server has no `verbose_json`."""
        form = _form(self._address.model, options, verbose=self._verbose)
        try:
            answer = httpx.post(
                self._path("audio/transcriptions"),
                headers=self._headers,
                timeout=_TIMEOUT,
                data=form,
                files={"file": ("sound.wav", _wav(pcm), "audio/wav")},
            )
        except httpx.HTTPError as error:
            hint = f"{self._address.url}: {type(error).__name__}"
            raise NotReady(self._unreachable(hint)) from error
        if self._verbose and answer.status_code in _REFUSES_VERBOSE:
            return None
        self._check(answer)
        return _object(answer)

    def _check(self, answer: httpx.Response) -> None:
        code = answer.status_code
        if code in _TRY_LATER or code >= 500:
            raise NotReady(self._unreachable(f"{self._address.url} answers {code}."))
        if code >= 300:
            raise SpeechError(f"{self._address.url} answers {code}.")

    def _path(self, path: str) -> str:
        return f"{self._address.url.rstrip('/')}/{path}"

    def _unreachable(self, hint: str) -> EngineStatus:
        return EngineStatus("unreachable", self._address.model, hint)


def _form(model: str, options: Options, *, verbose: bool) -> dict[str, Any]:
    form: dict[str, Any] = {
        "model": model,
        "response_format": "verbose_json" if verbose else "json",
        "temperature": str(options.temperatures[0]),
    }
    if verbose:
        form["timestamp_granularities[]"] = "segment"
    if len(options.languages) == 1:
        form["language"] = options.languages[0]
    if options.vocabulary:
        form["prompt"] = ", ".join(options.vocabulary)[:_PROMPT_LIMIT]
    return form


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError as error:
        raise SpeechError("The speech server did not answer in JSON.") from error
    if not isinstance(found, dict):
        raise SpeechError("The speech server answered something else than an object.")
    return found


def _windows(spans: tuple[Span, ...]) -> Iterator[Span]:
    """Join neighbouring spans into stretches that one request may carry."""
    start = spans[0].start
    for here, after in pairwise(spans):
        if after.end - start > WINDOW_SECONDS:
            yield Span(start, here.end)
            start = after.start
    yield Span(start, spans[-1].end)


def _segments(answer: dict[str, Any], window: Span, options: Options) -> Iterator[Segment]:
    language = _language(answer, options)
    if "segments" not in answer:
        text = str(answer.get("text") or "").strip()
        if text:
            yield Segment(window.start, window.end, text, language)
        return
    for piece in answer["segments"] or []:
        text = str(piece.get("text") or "").strip()
        if text:
            yield Segment(
                start=min(window.start + float(piece["start"]), window.end),
                end=min(window.start + float(piece["end"]), window.end),
                text=text,
                language=language,
                log_probability=piece.get("avg_logprob"),
                compression=piece.get("compression_ratio"),
            )


def _language(answer: dict[str, Any], options: Options) -> str:
    """The code; OpenAI's own server answers the English name instead."""
    told = str(answer.get("language") or "").lower()
    fallback = options.languages[0] if options.languages else ""
    return _CODES.get(told, told) or fallback


_CODES = {
    "chinese": "zh",
    "english": "en",
    "cantonese": "yue",
    "japanese": "ja",
    "korean": "ko",
    "french": "fr",
    "german": "de",
    "spanish": "es",
    "russian": "ru",
    "arabic": "ar",
    "portuguese": "pt",
    "vietnamese": "vi",
    "thai": "th",
}


def _cut(pcm: Pcm, span: Span) -> Pcm:
    return pcm[int(span.start * SAMPLE_RATE) : int(span.end * SAMPLE_RATE)]


def _wav(pcm: Pcm) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(pcm, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()
