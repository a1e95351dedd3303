"""Unfinished uploads in an object store: small objects, each named by where it begins.

Parts are written once and never changed, so whatever a machine does that had lost its lease
without knowing, no offset ever goes back: the offset is how far an unbroken chain of parts leads.
"""

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType

from services.kernel.errors import Busy, Locked
from services.kernel.ids import is_id
from services.media.leases import Lease, Leases
from services.storage import STAGING, Entry, ObjectStore

PART = 8 * 1024 * 1024
_FOLDER = f"{STAGING}uploads/"
_AHEAD = 4
_ORPHAN_AGE = timedelta(days=1)


class PartStaging:
    """Implements Staging for machines that share a database and an object store, nothing else."""

    def __init__(self, store: ObjectStore, leases: Leases) -> None:
        self.store, self.leases = store, leases

    def offset(self, upload: str) -> int:
        return _end(self._chain(upload))

    def claim(self, upload: str) -> "StagedParts":
        lease = self.leases.take(_checked(upload))
        try:
            return StagedParts(self.store, lease, self._chain(upload))
        except BaseException:
            lease.release()
            raise

    def discard(self, upload: str) -> None:
        self.store.delete_below(_folder(upload))
        self.leases.forget(upload)

    def discard_if_old(self, upload: str) -> None:
        parts = list(self.store.entries(_folder(upload)))
        newest = max((part.modified for part in parts), default=None)
        if newest is not None and datetime.now(UTC) - newest > _ORPHAN_AGE:
            try:
                with self.claim(upload):
                    self.discard(upload)
            except Locked:
                return

    def uploads(self) -> list[str]:
        keys = (entry.key for entry in self.store.entries(_FOLDER))
        names = {key.removeprefix(_FOLDER).partition("/")[0] for key in keys}
        return sorted(name for name in names if is_id(name))

    def _chain(self, upload: str) -> list[Entry]:
        return longest_chain(list(self.store.entries(_folder(upload))))


class StagedParts:
    """Implements Staged: gathers up to one part in memory, durable once it is an object."""

    def __init__(self, store: ObjectStore, lease: Lease, chain: list[Entry]) -> None:
        self._store, self._lease, self._chain = store, lease, chain
        self._pending = bytearray()
        self._is_open = True
        # As for files: a request may be given up while a thread still writes for it.
        self._busy = threading.Lock()

    def __enter__(self) -> "StagedParts":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def size(self) -> int:
        return _end(self._chain) + len(self._pending)

    def append(self, data: bytes) -> None:
        with self._busy:
            self._lease.renew()
            self._pending += data
            while len(self._pending) >= PART:
                self._flush()

    def truncate(self, size: int) -> None:
        with self._busy:
            while self._chain and _end(self._chain) > size:
                self._pending.clear()
                self._store.delete(self._chain.pop().key)
            del self._pending[max(size - _end(self._chain), 0) :]

    def sync(self) -> None:
        with self._busy:
            if self._pending:
                self._flush()

    def pieces(self) -> Iterator[bytes]:
        """Parts are fetched a few ahead of whoever reads; the claim is kept meanwhile."""
        self.sync()
        waiting: deque[Future[bytes]] = deque()
        with ThreadPoolExecutor(_AHEAD) as readers:
            for part in self._chain:
                waiting.append(readers.submit(self._read, part.key))
                if len(waiting) > _AHEAD:
                    yield self._kept(waiting.popleft().result())
            while waiting:
                yield self._kept(waiting.popleft().result())

    def move_to(self, store: ObjectStore, key: str) -> None:
        store.put_pieces(key, self.pieces())

    def close(self) -> None:
        with self._busy:
            if self._is_open:
                self._is_open = False
                with suppress(Busy):
                    # A lease that cannot be given back now ends by itself.
                    self._lease.release()

    def _flush(self) -> None:
        if not self._is_open:
            raise Locked("upload_locked", retry_after=1)
        start, data = _end(self._chain), bytes(self._pending[:PART])
        key = f"{_folder(self._lease.upload)}{start:020d}-{self._lease.token}"
        self._store.put_bytes(key, data)
        self._chain.append(Entry(key, len(data), datetime.now(UTC)))
        del self._pending[:PART]

    def _read(self, key: str) -> bytes:
        return b"".join(self._store.read(key))

    def _kept(self, piece: bytes) -> bytes:
        self._lease.renew()
        return piece


def longest_chain(parts: list[Entry]) -> list[Entry]:
    """The parts that follow one another without a gap from byte 0, as far as any do."""
    last: dict[int, Entry] = {}
    for part in sorted(parts, key=_start):
        start = _start(part)
        if part.size > 0 and (start == 0 or start in last):
            last.setdefault(start + part.size, part)
    chain: list[Entry] = []
    end = max(last, default=0)
    while end > 0:
        chain.append(last[end])
        end = _start(last[end])
    return chain[::-1]


def _start(part: Entry) -> int:
    return int(part.key.rpartition("/")[2].partition("-")[0])


def _end(chain: list[Entry]) -> int:
    return _start(chain[-1]) + chain[-1].size if chain else 0


def _folder(upload: str) -> str:
    return f"{_FOLDER}{_checked(upload)}/"


def _checked(upload: str) -> str:
    if not is_id(upload):
        raise ValueError("not an upload id")
    return upload
