"""Logs go to stderr as key=value lines; stdout carries results only."""

import sys
from typing import Any

import structlog


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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def get_logger(name: str) -> Any:
    """A logger that carries the name of its room."""
    return structlog.get_logger().bind(room=name)
