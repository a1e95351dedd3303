"""The ObjectStore port on any store of obstore; S3 as it is, a folder through local.py."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore as Backend

from services.kernel.errors import Busy, Full
from services.storage.port import NO_ROOM, STAGING, Entry, MissingObject

READ_PIECE = 1024 * 1024
PART = 8 * 1024 * 1024
PARTS_AT_ONCE = 4


class Objects:
    """Keeps objects in a store that answers a put only once it is durable, as S3 does."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def put_file(self, key: str, path: Path) -> None:
        self._put(key, path)

    def adopt_file(self, key: str, path: Path) -> None:
        self.put_file(key, path)

    def put_bytes(self, key: str, data: bytes) -> None:
        self._put(key, data)

    def put_pieces(self, key: str, pieces: Iterator[bytes]) -> None:
        self._put(key, pieces)

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        size = self.size(key)
        end = size if end is None else min(end, size)
        return self._pieces(key, start, end) if start < end else iter(())

    def size(self, key: str) -> int:
        with named_errors(key):
            return obstore.head(self._backend, key)["size"]

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except MissingObject:
            return False
        return True

    def delete(self, key: str) -> None:
        # S3 says nothing about an object that is not there, a folder does.
        try:
            with named_errors(key):
                obstore.delete(self._backend, key)
        except MissingObject:
            return

    def delete_below(self, prefix: str) -> None:
        with named_errors(prefix):
            for batch in obstore.list(self._backend, prefix):
                obstore.delete(self._backend, [item["path"] for item in batch])

    def list(self, prefix: str = "") -> Iterator[str]:
        return (entry.key for entry in self.entries(prefix) if not _is_staged(entry.key))

    def entries(self, prefix: str) -> Iterator[Entry]:
        with named_errors(prefix):
            for batch in obstore.list(self._backend, prefix or None):
                for item in batch:
                    yield Entry(item["path"], item["size"], item["last_modified"])

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="suixing-") as folder:
            path = Path(folder) / Path(key).name
            with path.open("wb") as file:
                file.writelines(self.read(key))
            yield path

    def _put(self, key: str, content: Path | bytes | Iterator[bytes]) -> None:
        with named_errors(key):
            obstore.put(self._backend, key, content, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)

    def _pieces(self, key: str, start: int, end: int) -> Iterator[bytes]:
        with named_errors(key):
            found = obstore.get(self._backend, key, options={"range": (start, end)})
            for piece in found.stream(min_chunk_size=READ_PIECE):
                yield bytes(piece)


def _is_staged(key: str) -> bool:
    return key.startswith(STAGING)


@contextmanager
def named_errors(key: str) -> Iterator[None]:
    """What a store may answer, in the words of this house: missing, full, or away for now."""
    try:
        yield
    except FileNotFoundError as error:
        raise MissingObject(key) from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Full("storage_full") from error
        raise
    except BaseError as error:
        if any(os.strerror(number) in str(error) for number in NO_ROOM):
            raise Full("storage_full") from error
        raise Busy("storage_unavailable", retry_after=5) from error
