"""Small pieces of a body on their way into a staged file, written together.

A network gives many, and each way into a thread costs more processor time than the writing.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from services.kernel.errors import SuixingError
from services.media.staging import Staged

# What is written at once, and how long a piece may wait for others: a killed server loses no more.
BLOCK = 512 * 1024
HOLD_SECONDS = 0.5


class Gathered:
    """The pieces of one request, in order; all but the threads' work is done on the event loop."""

    def __init__(self, file: Staged) -> None:
        self._file, self._pieces, self._size = file, list[bytes](), 0
        self._timer: asyncio.TimerHandle | None = None
        # A write that the timer began. Nothing is written after one that failed.
        self._late: asyncio.Task[None] | None = None

    async def add(self, piece: bytes) -> None:
        """Take a piece; Full or Locked when it, or one before it, could not be written."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= BLOCK:
            await self._end_late()
            await asyncio.to_thread(self._file.append, self._taken())
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(HOLD_SECONDS, self._begin_late)

    async def keep(self, then: Callable[[], object] | None = None) -> None:
        """Write what is left and make all of it durable, by `then` if given."""
        try:
            await self._end_late()
        except BaseException:
            await asyncio.to_thread(self._file.sync)
            raise
        await asyncio.to_thread(self._keep, self._taken(), then or self._file.sync)

    async def drop(self, size: int) -> None:
        """Forget what is left, and cut off what was written beyond `size`."""
        self._taken()
        with suppress(SuixingError):
            await self._end_late()
        await asyncio.to_thread(self._file.truncate, size)

    def _taken(self) -> bytes:
        pieces, self._pieces, self._size = self._pieces, [], 0
        self._stop_timer()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _begin_late(self) -> None:
        self._timer = None
        self._late = asyncio.ensure_future(self._write_late(self._late))

    async def _write_late(self, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await before
        await asyncio.to_thread(self._file.append, self._taken())

    async def _end_late(self) -> None:
        # Nothing may begin meanwhile: two writes at once would have no order.
        self._stop_timer()
        if self._late is not None:
            await self._late

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _keep(self, data: bytes, then: Callable[[], object]) -> None:
        try:
            self._file.append(data)
        except BaseException:
            self._file.sync()
            raise
        then()
