"""What a file is, what is wrong with it, what can be made of it; runs in the decoder process."""

from pathlib import Path

from services.decoding.formats import HEAD_BYTES, Format, lies, sniff
from services.decoding.reports import (
    EMPTY,
    MIME_MISMATCH,
    TRUNCATED,
    UNREADABLE,
    Report,
    Undecodable,
)
from services.decoding.truncation import is_truncated

# A recording that lasts less than this part of what the phone counted has lost its end.
_WHOLE = 0.95
_SLACK_MS = 2000


def examine(path: Path, kind: str, mime: str, duration_ms: int | None, folder: Path) -> Report:
    """Say what the file is, what is wrong with it, and derive what can be derived.

    `kind`, `mime` and `duration_ms` are what the device claims.
    """
    if path.stat().st_size == 0:
        return Report(problem=EMPTY)
    with path.open("rb") as file:
        real = sniff(file.read(HEAD_BYTES))
    try:
        report = _decode(path, kind, real, folder)
    except Undecodable as error:
        report = Report(problem=error.code)
    report.mime = real.mime if real else None
    if lies(mime, kind, real):
        report.problem = MIME_MISMATCH
    elif report.problem in (None, UNREADABLE) and real is not None:
        is_cut = is_truncated(path, real.family) or _is_short(report, duration_ms)
        report.problem = TRUNCATED if is_cut else report.problem
    return report


def _decode(path: Path, kind: str, real: Format | None, folder: Path) -> Report:
    # Libraries are imported when needed: a photo does not pay for ffmpeg.
    kinds = real.kinds if real else frozenset()
    if "photo" in kinds:
        from services.decoding.pictures import read_picture

        return read_picture(path, folder)
    if kinds:
        from services.decoding import sounds

        return sounds.read_film(path, folder) if kind == "video" else _listen(path, kind, folder)
    if kind == "file" or real is not None:
        return Report()
    raise Undecodable(UNREADABLE)


def _listen(path: Path, kind: str, folder: Path) -> Report:
    from services.decoding import sounds

    try:
        return sounds.read_sound(path, folder)
    except Undecodable:
        if kind != "file":
            raise
        return sounds.read_film(path, folder)


def _is_short(report: Report, duration_ms: int | None) -> bool:
    if duration_ms is None or report.duration_ms is None:
        return False
    lost = duration_ms - report.duration_ms
    return lost > _SLACK_MS and report.duration_ms < duration_ms * _WHOLE
