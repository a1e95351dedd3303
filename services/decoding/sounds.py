"""PyAV: a recording as m4a/AAC, which every browser plays and seeks, with its length and peaks."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from services.decoding.outputs import PEAKS, PLAYABLE
from services.decoding.pictures import PIXEL_LIMIT, save_thumbnails
from services.decoding.reports import TOO_LARGE, UNREADABLE, Report, Undecodable

_RATES = (8000, 16000, 22050, 24000, 32000, 44100, 48000)
_BITS_PER_CHANNEL = 64_000
PEAK_MS = 100
_TURNS = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


def read_sound(path: Path, folder: Path) -> Report:
    """Transcode the sound at `path` into `folder`; Undecodable when not one sample comes out.

    Time is counted in samples, as transcription counts it, so that a quote is where it is heard.
    """
    try:
        with av.open(str(path), metadata_errors="ignore") as source:
            if not source.streams.audio:
                raise Undecodable(UNREADABLE)
            return _transcode(source, folder)
    except (av.error.FFmpegError, IndexError):
        raise Undecodable(UNREADABLE) from None


def read_film(path: Path, folder: Path) -> Report:
    """A video's size and length, and its first picture as thumbnails."""
    try:
        with av.open(str(path), metadata_errors="ignore") as source:
            if not source.streams.video:
                raise Undecodable(UNREADABLE)
            return _read_first_picture(source, folder)
    except (av.error.FFmpegError, IndexError):
        raise Undecodable(UNREADABLE) from None


def _read_first_picture(source: Any, folder: Path) -> Report:
    stream = source.streams.video[0]
    if stream.codec_context.width * stream.codec_context.height > PIXEL_LIMIT:
        raise Undecodable(TOO_LARGE)
    frame = next(iter(source.decode(stream)), None)
    if frame is None:
        raise Undecodable(UNREADABLE)
    picture = frame.to_image()
    turn = _TURNS.get(int(frame.rotation) % 360)
    if turn is not None:
        picture = picture.transpose(turn)
    report = Report(width=picture.width, height=picture.height)
    report.duration_ms = source.duration // 1000 if source.duration else None
    report.outputs = save_thumbnails(picture, folder)
    return report


def _transcode(source: Any, folder: Path) -> Report:
    stream = source.streams.audio[0]
    rate = min(_RATES, key=lambda known: (known < stream.rate, abs(known - stream.rate)))
    layout = "mono" if stream.channels == 1 else "stereo"
    path = folder / PLAYABLE
    peaks = Peaks(rate)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as target:
        out: Any = target.add_stream("aac", rate=rate, layout=layout)
        out.bit_rate = _BITS_PER_CHANNEL * (1 if layout == "mono" else 2)
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate, frame_size=1024)
        for frame in _resampled(resampler, _decoded(source, stream)):
            frame.pts = peaks.samples
            frame.time_base = Fraction(1, rate)
            peaks.add(frame.to_ndarray())
            target.mux(out.encode(frame))
        if not peaks.samples:
            raise Undecodable(UNREADABLE)
        target.mux(out.encode(None))
    return Report(
        duration_ms=peaks.samples * 1000 // rate,
        outputs={PLAYABLE: str(path), PEAKS: str(peaks.save(folder / PEAKS))},
    )


class Peaks:
    """The loudest sample of every 100 ms as 0 to 255, for the drawn waveform."""

    def __init__(self, rate: int) -> None:
        self.samples = 0
        self._bucket = rate * PEAK_MS // 1000
        self._loudest: list[float] = []

    def add(self, planes: Any) -> None:
        """Count one frame of floats, shape (channels, samples)."""
        loud = np.abs(planes).max(axis=0)
        start = 0
        while start < loud.size:
            index, inside = divmod(self.samples + start, self._bucket)
            part = loud[start : start + self._bucket - inside]
            if index == len(self._loudest):
                self._loudest.append(0.0)
            self._loudest[index] = max(self._loudest[index], float(part.max()))
            start += part.size
        self.samples += loud.size

    def save(self, path: Path) -> Path:
        levels = [round(min(level, 1.0) * 255) for level in self._loudest]
        path.write_text(json.dumps({"bucket_ms": PEAK_MS, "peaks": levels}), encoding="utf-8")
        return path


def _decoded(source: Any, stream: Any) -> Iterator[Any]:
    """Every frame that can be had; damage costs the packet it is in, not what follows."""
    packets = source.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        try:
            yield from packet.decode()
        except av.error.FFmpegError:
            continue


def _resampled(resampler: Any, frames: Iterator[Any]) -> Iterator[Any]:
    for frame in frames:
        # Gaps in the source's clock are no sound: samples follow each other.
        frame.pts = None
        yield from resampler.resample(frame)
    yield from resampler.resample(None)
