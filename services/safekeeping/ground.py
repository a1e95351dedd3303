"""What safekeeping stands on, given from above: it knows neither migrations nor how a house is
composed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from services.kernel.db import Database
from services.kernel.settings import Settings
from services.storage import ObjectStore

# Stage, done, all; in bytes or rows of that stage.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Ground:
    """`migrate` brings the tables of a database URL to this program's schema; `opened` gives a
    database whose sessions can write as the server."""

    settings: Settings
    store: ObjectStore
    version: str
    migrate: Callable[[str], None]
    opened: Callable[[str], AbstractContextManager[Database]]


def silent(stage: str, done: int, total: int) -> None:
    """A Progress that nobody watches."""
    del stage, done, total
