"""Takes the body of one request into a staged file, piece by piece as it comes."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass

from services.kernel.errors import Mismatch, SuixingError, TooLarge
from services.media.errors import Stalled
from services.media.gathering import Gathered
from services.media.staging import Staged
from services.media.tus import Checksum

IDLE_SECONDS = 30.0


@dataclass(frozen=True)
class Expectation:
    """How far the file may grow, what digest the body must have, how long silence may last."""

    length: int
    checksum: Checksum | None = None
    idle_seconds: float = IDLE_SECONDS


async def receive(
    body: AsyncIterator[bytes],
    file: Staged,
    expected: Expectation,
    then: Callable[[], object] | None = None,
) -> int:
    """Append the body and return the new offset, once the bytes survive a loss of power.

    What arrived before the connection broke or the disk was full stays, as its offset says. A
    body that is too long or has another digest leaves nothing. `then` makes the bytes durable in
    its own way, in the thread that wrote the last ones; without it they are synced.
    """
    start, gathered = file.size, Gathered(file)
    try:
        offset = await _append(body, gathered, start, expected)
    except (TooLarge, Mismatch):
        await gathered.drop(start)
        raise
    except BaseException:
        with suppress(SuixingError):
            await asyncio.shield(gathered.keep())
        raise
    await gathered.keep(then)
    return offset


async def gather(
    body: AsyncIterator[bytes], expected: Expectation, part: Callable[[bytes], object]
) -> bytes:
    """A body of `expected.length` bytes, held in memory; TooLarge or Mismatch as of `receive`.

    When it ends before, `part` gets what came, in a thread.
    """
    pieces, size = list[bytes](), 0
    try:
        async for piece in _with_patience(body, expected.idle_seconds):
            pieces.append(piece)
            size += len(piece)
            if size > expected.length:
                raise TooLarge("upload_too_long", length=expected.length)
        if size < expected.length:
            raise Stalled("upload_stalled")
    except TooLarge:
        raise
    except BaseException:
        await asyncio.shield(asyncio.to_thread(part, b"".join(pieces)))
        raise
    data, checksum = b"".join(pieces), expected.checksum
    if checksum and hashlib.new(checksum.algorithm, data).digest() != checksum.digest:
        raise Mismatch("checksum_mismatch")
    return data


async def _append(
    body: AsyncIterator[bytes], gathered: Gathered, offset: int, expected: Expectation
) -> int:
    digest = hashlib.new(expected.checksum.algorithm) if expected.checksum else None
    async for piece in _with_patience(body, expected.idle_seconds):
        if offset + len(piece) > expected.length:
            raise TooLarge("upload_too_long", length=expected.length)
        await gathered.add(piece)
        offset += len(piece)
        if digest is not None:
            digest.update(piece)
    if digest is not None and expected.checksum and digest.digest() != expected.checksum.digest:
        raise Mismatch("checksum_mismatch")
    return offset


async def _with_patience(body: AsyncIterator[bytes], seconds: float) -> AsyncIterator[bytes]:
    # A phone that changed networks leaves a silent connection behind; it must not hold the lock.
    while True:
        try:
            async with asyncio.timeout(seconds):
                piece = await anext(body)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Stalled("upload_stalled") from None
        if piece:
            yield piece
