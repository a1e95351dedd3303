"""Where bytes of unfinished uploads wait: what intake asks of it, whatever stands behind it."""

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

from services.storage import ObjectStore


class Staged(Protocol):
    """One upload's bytes while this holder alone may write them; methods block."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    @property
    def size(self) -> int:
        """All bytes taken, those included that `sync` has not made durable yet."""

    def append(self, data: bytes) -> None:
        """Take all of `data` at the end; Full keeps what found room, Locked when it is not ours."""

    def truncate(self, size: int) -> None:
        """Drop what was appended beyond a size that this claim began with, or made durable."""

    def sync(self) -> None:
        """Return when all bytes survive a loss of power, and of this machine if they may."""

    def pieces(self) -> Iterator[bytes]:
        """All bytes, from the first."""

    def move_to(self, store: ObjectStore, key: str) -> None:
        """Put the bytes into the store as one object, durable there; they stay here as well."""

    def close(self) -> None:
        """Give up the claim; twice is no error."""


class Staging(Protocol):
    """Growing byte strings by upload; the offset is read from the bytes themselves.

    What was synced survives the death of the process. Methods block: no transaction may be open.
    """

    def offset(self, upload: str) -> int:
        """How many bytes are stored; 0 when none ever came."""

    def claim(self, upload: str) -> Staged:
        """Open for writing, alone in all processes; Locked when somebody else writes."""

    def discard(self, upload: str) -> None:
        """Remove all bytes of an upload; none there is no error."""

    def discard_if_old(self, upload: str) -> None:
        """Remove bytes that no row refers to, unless they came today: their row may follow."""

    def uploads(self) -> list[str]:
        """The uploads of which there are bytes."""
