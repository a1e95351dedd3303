"""What was heard, in milliseconds of the recording: the shapes between hearing and storing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heard:
    """One stretch of text in milliseconds of the recording."""

    start_ms: int
    end_ms: int
    text: str
    language: str
    confidence: float | None
    reliable: bool


@dataclass(frozen=True)
class Step:
    """Everything before `cursor_ms` is heard once `heard` is stored; None = only silence passed."""

    cursor_ms: int
    heard: Heard | None = None
