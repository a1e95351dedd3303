"""Time as an argument: services ask a Clock, so tests decide what time it is."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the current instant, always aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def milliseconds(instant: datetime) -> int:
    """Unix milliseconds of an aware instant."""
    return int(instant.timestamp() * 1000)


def from_milliseconds(value: int) -> datetime:
    """The aware UTC instant of Unix milliseconds."""
    return datetime.fromtimestamp(value / 1000, UTC)
