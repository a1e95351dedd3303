"""Logs go to stderr as key=value lines; stdout carries results only."""

import sys
from typing import Any, TextIO, cast

import structlog


class _Stderr:
    """Standard error as it is when a line is written: a program around us may replace it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure_log(level: str = "info") -> None:
    """Set up logging of this process once, at its start."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
    )


def get_logger(name: str) -> Any:
    """A logger that carries the name of its room."""
    # Not `.bind()`, which would fix the settings of the moment of import.
    return structlog.get_logger(room=name)
