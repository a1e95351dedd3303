"""A small server with OpenAI's transcription address; it hears with the tiny model."""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from faster_whisper.audio import decode_audio

from tests.support import tiny_whisper


@dataclass
class WhisperServer:
    """Its address, and what it was asked."""

    verbose: bool
    key: str = ""
    answer_with: int = 200
    url: str = ""
    forms: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def serving(*, verbose: bool = True, key: str = "") -> Iterator[WhisperServer]:
    """Serve on a free port of this machine until the block ends."""
    served = WhisperServer(verbose, key)
    server = uvicorn.Server(uvicorn.Config(_app(served), port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    served.url = f"http://127.0.0.1:{port}/v1"
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join()


def _app(served: WhisperServer) -> FastAPI:
    app = FastAPI()
    engine = tiny_whisper.tiny_engine()
    busy = threading.Lock()

    @app.middleware("http")
    async def gate(request: Request, call_next: Any) -> Any:
        if served.key and request.headers.get("authorization") != f"Bearer {served.key}":
            return JSONResponse({"error": "key"}, 401)
        if served.answer_with != 200:
            return JSONResponse({"error": "broken"}, served.answer_with)
        return await call_next(request)

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        return {"data": [{"id": "tiny-test"}]}

    @app.post("/v1/audio/transcriptions")
    async def transcriptions(request: Request) -> Any:
        async with request.form() as form:
            asked = {k: v for k, v in form.items() if isinstance(v, str)}
            content = await form["file"].read()  # type: ignore[union-attr] # an upload, not text
        served.forms.append(asked)
        if asked["response_format"] == "verbose_json" and not served.verbose:
            return JSONResponse({"error": "response_format is not supported"}, 400)
        with busy:
            return _answer(engine, content, asked)

    return app


def _answer(engine: Any, content: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    pcm = np.asarray(decode_audio(io.BytesIO(content)), dtype=np.float32)
    languages = [asked["language"]] if "language" in asked else []
    found = list(engine.transcribe(pcm, tiny_whisper.options(pcm, *languages)))
    text = " ".join(s.text for s in found)
    if asked["response_format"] == "json":
        return {"text": text}
    return {
        "text": text,
        "language": found[0].language if found else "",
        "segments": [
            {
                "start": s.start,
                "end": s.end,
                "text": s.text,
                "avg_logprob": s.log_probability,
                "compression_ratio": s.compression,
            }
            for s in found
        ],
    }
