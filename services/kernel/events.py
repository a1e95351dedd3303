"""Consequences that travel up: handled in the publisher's session, before its commit.

A handler may only write rows or enqueue jobs, so that cause and consequence are kept or lost
together.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

Handler = Callable[[Session, Any], None]
HANDLERS_KEY = "handlers"


class Handlers:
    """Which handlers hear which event; filled once by bootstrap, in order of the floors."""

    def __init__(self) -> None:
        self._by_event: dict[type, list[Handler]] = defaultdict(list)

    def on(self, event: type, handler: Handler) -> None:
        self._by_event[event].append(handler)

    def of(self, event: type) -> list[Handler]:
        return self._by_event.get(event, [])


def publish(session: Session, event: object) -> None:
    """Run every handler of the event's type now; an error in one undoes the transaction."""
    handlers: Handlers | None = session.info.get(HANDLERS_KEY)
    for handler in handlers.of(type(event)) if handlers else []:
        handler(session, event)
