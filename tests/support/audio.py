"""Recordings in every format a phone makes, encoded on the spot with PyAV."""

from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000


def encode(
    path: Path,
    pcm: NDArray[np.float32],
    codec: str,
    *,
    rate: int = 48_000,
    options: dict[str, str] | None = None,
    picture: bool = False,
) -> Path:
    """Write 16 kHz mono floats as `codec` into the container that the path's suffix names."""
    container: Any = av.open(str(path), "w", options=options or {})
    with container:
        video = _picture_stream(container) if picture else None
        stream = container.add_stream(codec, rate=rate, layout="mono")
        for frame in _frames(pcm, stream):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if video is not None:
            _show_one_picture(container, video)
    return path


def _frames(pcm: NDArray[np.float32], stream: Any) -> Any:
    samples = (np.clip(pcm, -1, 1) * 32767).astype(np.int16).reshape(1, -1)
    whole = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    whole.sample_rate = RATE
    resampler = av.AudioResampler(
        format=stream.codec_context.format.name,
        layout="mono",
        rate=stream.codec_context.sample_rate,
        frame_size=stream.codec_context.frame_size or 1024,
    )
    yield from resampler.resample(whole)
    yield from resampler.resample(None)


def _picture_stream(container: Any) -> Any:
    stream = container.add_stream("mpeg4", rate=1)
    stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
    return stream


def _show_one_picture(container: Any, stream: Any) -> None:
    frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), dtype=np.uint8), format="rgb24")
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def silent_film(path: Path) -> Path:
    """A video without a sound track."""
    container: Any = av.open(str(path), "w")
    with container:
        _show_one_picture(container, _picture_stream(container))
    return path
