"""Every format a phone makes is decoded; whatever is broken ends as a code, never a traceback."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from services.speech import SAMPLE_RATE
from services.transcription.decode import (
    Decoded,
    DecodingStopped,
    as_floats,
    decode_to_pcm,
    open_pcm,
)
from services.transcription.errors import Unreadable
from tests.support import tiny_whisper
from tests.support.audio import encode, silent_film

SOUND = tiny_whisper.sound("en-road-2019.ogg")
SECONDS = len(SOUND) / SAMPLE_RATE

FORMATS: dict[str, Callable[[Path], Path]] = {
    "ogg/opus": lambda d: encode(d / "a.ogg", SOUND, "libopus"),
    "webm/opus": lambda d: encode(d / "a.webm", SOUND, "libopus"),
    "live webm/opus as MediaRecorder writes it": lambda d: encode(
        d / "a.webm", SOUND, "libopus", options={"live": "1"}
    ),
    "mp3": lambda d: encode(d / "a.mp3", SOUND, "libmp3lame"),
    "wav": lambda d: encode(d / "a.wav", SOUND, "pcm_s16le", rate=44_100),
    "flac": lambda d: encode(d / "a.flac", SOUND, "flac"),
    "aiff": lambda d: encode(d / "a.aiff", SOUND, "pcm_s16be"),
    "raw aac": lambda d: encode(d / "a.aac", SOUND, "aac"),
    "m4a/aac": lambda d: encode(d / "a.m4a", SOUND, "aac"),
    "m4a/alac": lambda d: encode(d / "a.m4a", SOUND, "alac"),
    "fragmented mp4 as Safari writes it": lambda d: encode(
        d / "a.mp4", SOUND, "aac", options={"movflags": "frag_keyframe+empty_moov"}
    ),
    "mp4 video with sound": lambda d: encode(d / "a.mp4", SOUND, "aac", picture=True),
    "8 kHz wav": lambda d: encode(d / "a.wav", SOUND, "pcm_s16le", rate=8_000),
}


def decode(source: Path) -> Decoded:
    return decode_to_pcm(source, source.with_suffix(".pcm"))


def loudness(decoded: Decoded) -> float:
    return float(np.abs(as_floats(open_pcm(decoded))).mean())


@pytest.mark.parametrize("made", FORMATS.values(), ids=FORMATS.keys())
def test_a_format_that_phones_make_is_decoded_whole(
    tmp_path: Path, made: Callable[[Path], Path]
) -> None:
    decoded = decode(made(tmp_path))
    assert decoded.duration_ms / 1000 == pytest.approx(SECONDS, abs=0.12)
    assert loudness(decoded) == pytest.approx(float(np.abs(SOUND).mean()), rel=0.1)
    assert not decoded.damaged


@pytest.mark.parametrize("name", list(tiny_whisper.samples()))
def test_the_samples_have_their_true_length(tmp_path: Path, name: str) -> None:
    sample = tiny_whisper.samples()[name]
    decoded = decode_to_pcm(sample.path, tmp_path / "pcm")
    assert decoded.duration_ms / 1000 == pytest.approx(sample.duration, abs=0.1)


def test_two_recordings_joined_in_one_file_are_both_heard(tmp_path: Path) -> None:
    one = encode(tmp_path / "one.webm", SOUND, "libopus").read_bytes()
    joined = tmp_path / "joined.webm"
    joined.write_bytes(one + one)
    assert decode(joined).duration_ms / 1000 == pytest.approx(2 * SECONDS, abs=0.3)


@pytest.mark.parametrize("form", ["ogg/opus", "webm/opus", "mp3", "wav", "raw aac"])
def test_the_first_half_of_a_truncated_file_is_kept(tmp_path: Path, form: str) -> None:
    source = FORMATS[form](tmp_path)
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) // 2])
    assert 0.2 * SECONDS < decode(source).duration_ms / 1000 < 0.7 * SECONDS


def test_what_lies_behind_damaged_bytes_is_heard_at_its_own_time(tmp_path: Path) -> None:
    long = np.concatenate([SOUND] * 4)
    source = encode(tmp_path / "a.ogg", long, "libopus")
    content = bytearray(source.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    source.write_bytes(bytes(content))
    assert decode(source).duration_ms / 1000 == pytest.approx(4 * SECONDS, abs=0.2)


def broken(make: Callable[[bytes], bytes], form: str = "webm/opus") -> Callable[[Path], Path]:
    def written(folder: Path) -> Path:
        source = FORMATS[form](folder)
        source.write_bytes(make(source.read_bytes()))
        return source

    return written


def text_file(name: str, content: bytes) -> Callable[[Path], Path]:
    def written(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return written


UNREADABLE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "an empty file": (text_file("a.webm", b""), "media_empty"),
    "random bytes": (
        text_file("a.webm", np.random.default_rng(7).bytes(50_000)),
        "media_unreadable",
    ),
    "a page of HTML": (text_file("a.mp3", b"<html><body>504 gateway</body></html>" * 50), ""),
    "a plain m4a cut before its index": (
        broken(lambda b: b[: len(b) // 2], "m4a/aac"),
        "media_unreadable",
    ),
    "a slice of a webm without its head": (broken(lambda b: b[5000:]), "media_unreadable"),
    "the stub of a webm": (broken(lambda b: b[:200]), ""),
    "a video without sound": (lambda d: silent_film(d / "a.mp4"), "media_no_sound"),
    "a header and nothing else": (broken(lambda b: b[:44], "wav"), ""),
}


@pytest.mark.parametrize(("made", "code"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_heard_is_named_and_kept(
    tmp_path: Path, made: Callable[[Path], Path], code: str
) -> None:
    source = made(tmp_path)
    before = source.read_bytes()
    with pytest.raises(Unreadable) as caught:
        decode(source)
    assert caught.value.code == code or not code
    assert source.read_bytes() == before


def test_a_playlist_cannot_make_the_decoder_read_another_file(tmp_path: Path) -> None:
    secret = FORMATS["wav"](tmp_path)
    for name, content in {
        "a.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{secret}\n#EXT-X-ENDLIST\n",
        "a.txt": f"ffconcat version 1.0\nfile '{secret}'\n",
    }.items():
        (tmp_path / name).write_text(content)
        with pytest.raises(Unreadable):
            decode(tmp_path / name)


def test_a_jpeg_called_sound_has_no_sound(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (64, 64)).save(tmp_path / "a.webm", format="JPEG")
    with pytest.raises(Unreadable):
        decode(tmp_path / "a.webm")


def test_decoding_stops_when_told_to(tmp_path: Path) -> None:
    source = FORMATS["ogg/opus"](tmp_path)
    with pytest.raises(DecodingStopped):
        decode_to_pcm(source, tmp_path / "pcm", keep_going=lambda: False)


def test_a_missing_file_is_a_fault_of_ours_and_not_of_the_recording(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        decode(tmp_path / "absent.webm")


def test_memory_does_not_grow_with_the_length_of_the_recording(tmp_path: Path) -> None:
    def peak(seconds: int) -> int:
        pcm = np.zeros(seconds * SAMPLE_RATE, dtype=np.float32)
        source = encode(tmp_path / f"{seconds}.ogg", pcm, "libopus")
        tracemalloc.start()
        decode(source)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(120) < 2 * peak(20) + 200_000
