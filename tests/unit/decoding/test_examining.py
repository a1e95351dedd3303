"""What a file is and what is wrong with it, told from its bytes and what the device claims."""

from pathlib import Path

import pytest

from services.decoding.examining import examine
from services.decoding.reports import Report
from tests.support.pictures import heic, jpeg, png_of

SAMPLES = Path("tests/data/whisper-tiny/samples")
WEBM = (SAMPLES / "en-road-2021.webm").read_bytes()
M4A = (SAMPLES / "zh-tea.m4a").read_bytes()
OGG = (SAMPLES / "en-road-2019.ogg").read_bytes()
NOISE = bytes(range(256)) * 50
PAGE = b"<!doctype html><p>404"


def examined(
    folder: Path, data: bytes, kind: str, mime: str, duration: int | None = None
) -> Report:
    path = folder / "file"
    path.write_bytes(data)
    outputs = folder / "outputs"
    outputs.mkdir()
    return examine(path, kind, mime, duration, outputs)


@pytest.mark.parametrize(
    ("data", "kind", "mime", "problem"),
    [
        (b"", "audio", "audio/webm", "empty"),
        (b"", "photo", "image/jpeg", "empty"),
        (NOISE, "audio", "audio/webm", "unreadable"),
        (NOISE, "photo", "image/jpeg", "unreadable"),
        (b"\xff\xd8\xff\xe0" + bytes(500), "photo", "image/jpeg", "unreadable"),
        (png_of(10_000, 8_001), "photo", "image/png", "too_large_to_decode"),
        (WEBM[:200], "audio", "audio/webm", "truncated"),
        (M4A[:9000], "audio", "audio/mp4", "truncated"),
        (OGG[:6000], "audio", "audio/ogg", "truncated"),
        (heic()[:4000], "photo", "image/heic", "truncated"),
        (PAGE, "photo", "image/jpeg", "mime_mismatch"),
        (PAGE, "audio", "audio/webm", "mime_mismatch"),
        (WEBM, "photo", "image/jpeg", "mime_mismatch"),
        (jpeg(), "photo", "image/png", "mime_mismatch"),
        (jpeg(), "audio", "", "mime_mismatch"),
        (jpeg(), "file", "application/pdf", "mime_mismatch"),
    ],
)
def test_a_bad_file_is_named_for_what_is_wrong_with_it(
    tmp_path: Path, data: bytes, kind: str, mime: str, problem: str
) -> None:
    assert examined(tmp_path, data, kind, mime).problem == problem


@pytest.mark.parametrize(
    ("data", "kind", "mime"),
    [
        (WEBM, "audio", "audio/webm;codecs=opus"),
        (WEBM, "audio", "video/webm"),
        (M4A, "audio", "audio/mp4"),
        (M4A, "audio", "audio/x-m4a"),
        (OGG, "audio", ""),
        (jpeg(), "photo", "image/jpeg"),
        (jpeg(), "file", "application/octet-stream"),
        (heic(), "photo", "image/heif"),
        (PAGE, "file", "text/html"),
        (NOISE, "file", "application/x-unknown"),
        (b"%PDF-1.7", "file", "application/pdf"),
        ("甲方：412 户".encode(), "file", "text/csv"),
    ],
)
def test_an_honest_file_has_no_problem(tmp_path: Path, data: bytes, kind: str, mime: str) -> None:
    assert examined(tmp_path, data, kind, mime).problem is None


@pytest.mark.parametrize(("data", "least_ms"), [(WEBM, 3800), (M4A, 6000), (OGG, 3800)])
def test_every_sound_becomes_playable(tmp_path: Path, data: bytes, least_ms: int) -> None:
    report = examined(tmp_path, data, "audio", "")
    assert set(report.outputs) == {"playable.m4a", "peaks.json"}
    assert report.duration_ms is not None
    assert least_ms < report.duration_ms < least_ms + 1000


def test_half_a_recording_still_sounds(tmp_path: Path) -> None:
    report = examined(tmp_path, WEBM[: len(WEBM) // 2], "audio", "audio/webm")
    assert report.problem == "truncated"
    assert report.duration_ms is not None
    assert 1000 < report.duration_ms < 3000


@pytest.mark.parametrize(
    ("counted_ms", "problem"), [(4_000, None), (5_500, None), (9_000, "truncated")]
)
def test_much_less_sound_than_the_phone_counted_is_truncated(
    tmp_path: Path, counted_ms: int, problem: str | None
) -> None:
    assert examined(tmp_path, WEBM, "audio", "audio/webm", counted_ms).problem == problem
