"""Where bytes are kept: what rooms ask of a store, whatever stands behind it."""

import errno
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from services.kernel.errors import NotFound

# What a system says that has no room: none on the disk, none for this user, none for one file.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# Below it lies what is not an object yet: `list` does not name it, `entries` does.
STAGING = ".staging/"


@dataclass(frozen=True)
class Entry:
    """What a store tells of one object without reading it."""

    key: str
    size: int
    modified: datetime


class MissingObject(NotFound):
    """No object has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("object_missing", key=key)


class ObjectStore(Protocol):
    """Keys are relative paths such as `media/2f/2f8a…`; an object appears whole or not at all.

    Methods block: call them in a thread, outside any transaction.
    """

    def put_file(self, key: str, path: Path) -> None:
        """Copy a file in; on return it survives a loss of power. Replaces what was there."""
        ...

    def adopt_file(self, key: str, path: Path) -> None:
        """As `put_file`, for a file that nobody will write again: it may become the object."""
        ...

    def put_bytes(self, key: str, data: bytes) -> None:
        """As `put_file`, for what is in memory."""
        ...

    def put_pieces(self, key: str, pieces: Iterator[bytes]) -> None:
        """As `put_file`, for what comes piece by piece; an error of `pieces` leaves nothing."""
        ...

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes `start` up to but not including `end` (None: to the last), in pieces.

        Raises MissingObject before the first piece; a range beyond the end gives what there is.
        """
        ...

    def size(self, key: str) -> int:
        """Length in bytes; MissingObject when there is none."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Remove an object; none there is no error."""
        ...

    def delete_below(self, prefix: str) -> None:
        """Remove all objects below a folder-like prefix, in few requests; none is no error."""
        ...

    def list(self, prefix: str = "") -> Iterator[str]:
        """All keys below a folder-like prefix, in no order; none of `.staging/`."""
        ...

    def entries(self, prefix: str) -> Iterator[Entry]:
        """As `list`, with what else the store tells; what lies in `.staging/` too."""
        ...

    def local_copy(self, key: str) -> AbstractContextManager[Path]:
        """A readable file with the object's bytes, for libraries that want a path. Read only."""
        ...
