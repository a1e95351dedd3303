"""What the fake microphone hears: sentences the tiny model knows, then silence."""

from pathlib import Path

import av
import numpy as np

from tests.support.server import ROOT

SAMPLES = ROOT / "tests" / "data" / "whisper-tiny" / "samples"
RATE = 48_000


def write_microphone(path: Path, names: list[str], *, lead_seconds: float = 2.0) -> float:
    """Join the samples, with silence around them, into a WAV; returns its length in seconds."""
    pieces = [np.zeros(int(lead_seconds * RATE), np.int16)]
    for name in names:
        pieces += [_decode(SAMPLES / name), np.zeros(RATE, np.int16)]
    pieces.append(np.zeros(120 * RATE, np.int16))
    sound = np.concatenate(pieces)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis], format="s16", layout="mono")
        frame.rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return (len(sound) - 120 * RATE) / RATE


def _decode(path: Path) -> np.ndarray:
    resampler = av.AudioResampler("s16", "mono", RATE)
    with av.open(str(path)) as container:
        frames = [
            out.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for out in resampler.resample(frame)
        ]
    return np.concatenate(frames)
