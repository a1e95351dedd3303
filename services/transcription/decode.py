"""Any recording to 16 kHz mono PCM on disk, in a stream: 48 MB of memory whatever its length.

Imported by the worker and the command line only. What cannot be read ends as a code, never as a
traceback; judging how much is missing is left to rules.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from services.speech import SAMPLE_RATE, Pcm
from services.transcription.errors import Unreadable

# Players keep holes in a recording's clock as silence; so must we, or every later time is wrong.
_HOLE_SECONDS = 0.2
_JUMP_SECONDS = 3600.0
# What FFmpeg, or PyAV around it, raises for bytes that are not what they should be.
_BAD_BYTES = (av.error.FFmpegError, IndexError, ValueError)


class DecodingStopped(Exception):
    """`keep_going` said no."""


@dataclass(frozen=True)
class Decoded:
    """PCM on disk; `damaged` when parts of the file could not be read."""

    path: Path
    samples: int
    damaged: bool

    @property
    def duration_ms(self) -> int:
        return self.samples * 1000 // SAMPLE_RATE


def decode_to_pcm(
    source: Path, target: Path, *, keep_going: Callable[[], bool] = lambda: True
) -> Decoded:
    """Write the sound of `source` to `target` as 16-bit PCM; raises Unreadable."""
    if source.stat().st_size == 0:
        raise Unreadable("media_empty")
    with source.open("rb") as file, target.open("wb") as out:
        sound = _Sound(file)
        samples = 0
        for piece in sound.pieces():
            if not keep_going():
                raise DecodingStopped
            out.write(piece.tobytes())
            samples += len(piece)
    if samples == 0:
        raise Unreadable("media_unreadable" if sound.damaged else "media_no_sound")
    return Decoded(target, samples, sound.damaged)


def open_pcm(decoded: Decoded) -> NDArray[np.int16]:
    """The decoded sound, paged in from disk as it is used."""
    return np.memmap(decoded.path, dtype=np.int16, mode="r", shape=(decoded.samples,))


def as_floats(samples: NDArray[np.int16]) -> Pcm:
    """Samples as engines want them: -1 to 1."""
    return samples.astype(np.float32) / np.float32(32768)


class _Sound:
    """The sound of one opened file, packet by packet; notes whether something was lost."""

    def __init__(self, file: BinaryIO) -> None:
        self.damaged = False
        self._file = file
        self._resampler: AudioResampler | None = None
        self._setup: tuple[str, str, int] | None = None
        self._first: float | None = None
        self._written = 0

    def pieces(self) -> Iterator[NDArray[np.int16]]:
        for frame in self._frames():
            yield from self._fill(frame)
            yield from self._resample(frame)
        yield from self._flush()

    def _frames(self) -> Iterator[AudioFrame]:
        container = _open(self._file)
        try:
            if not container.streams.audio:
                raise Unreadable("media_no_sound")
            packets = container.demux(container.streams.audio[0])
            while (packet := self._guarded(lambda: next(packets, None))) is not None:
                # A damaged packet is left out; those behind it can often be read.
                yield from self._guarded(packet.decode) or []
        finally:
            container.close()

    def _guarded(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except _BAD_BYTES:
            self.damaged = True
            return None

    def _fill(self, frame: AudioFrame) -> Iterator[NDArray[np.int16]]:
        """Silence for a hole in the recording's clock; a clock set back is simply gone on from."""
        if frame.time is None:
            return
        if self._first is None:
            self._first = frame.time
        hole = frame.time - self._first - self._written / SAMPLE_RATE
        if _HOLE_SECONDS < hole < _JUMP_SECONDS:
            yield from self._counted(np.zeros(int(hole * SAMPLE_RATE), dtype=np.int16))

    def _resample(self, frame: AudioFrame) -> Iterator[NDArray[np.int16]]:
        setup = (frame.format.name, frame.layout.name, frame.sample_rate)
        if setup != self._setup:
            # Two recordings joined into one file may differ in rate or channels.
            yield from self._flush()
            self._resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
            self._setup = setup
        frame.pts = None
        yield from self._run(frame)

    def _flush(self) -> Iterator[NDArray[np.int16]]:
        if self._resampler is not None:
            yield from self._run(None)
            self._resampler = None

    def _run(self, frame: AudioFrame | None) -> Iterator[NDArray[np.int16]]:
        resampler = self._resampler
        if resampler is None:
            return
        for made in self._guarded(lambda: resampler.resample(frame)) or []:
            yield from self._counted(made.to_ndarray().reshape(-1))

    def _counted(self, samples: NDArray[np.int16]) -> Iterator[NDArray[np.int16]]:
        self._written += len(samples)
        yield samples


def _open(file: BinaryIO) -> Any:
    # An empty whitelist keeps playlists (HLS, concat) from reading other files or the network.
    options = {"protocol_whitelist": "none"}
    try:
        return av.open(file, mode="r", metadata_errors="ignore", options=options)
    except _BAD_BYTES as error:
        raise Unreadable("media_unreadable") from error
