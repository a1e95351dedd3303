"""What decoding a file found out: plain values that travel from the decoder process as JSON."""

from dataclasses import dataclass, field

# How the process ends when a file broke a library with an error that nobody foresaw.
BROKEN = 3

EMPTY = "empty"
UNREADABLE = "unreadable"
TRUNCATED = "truncated"
TOO_LARGE = "too_large_to_decode"
MIME_MISMATCH = "mime_mismatch"


class Undecodable(Exception):
    """Nothing can be made of these bytes; `code` is the row's problem."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Report:
    """One decoded file. `outputs` maps a derivative's name to the file that holds it.

    `problem` is set when something is wrong, which does not forbid outputs: what a truncated
    recording still holds can be played. `taken_at` is local time as the camera wrote it unless
    `taken_at_offset` says otherwise (`+08:00`, or `Z`).
    """

    problem: str | None = None
    mime: str | None = None
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    lat: float | None = None
    lon: float | None = None
    taken_at: str | None = None
    taken_at_offset: str | None = None
    outputs: dict[str, str] = field(default_factory=dict)
