"""Complete bytes on their way from the staging into the store: hashed, then kept under the hash."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from services.kernel.errors import Busy, Full
from services.media.blobs import blob_key
from services.media.staging import Staged
from services.storage import NO_ROOM, ObjectStore


def digest_of(file: Staged) -> str:
    """The SHA-256 of what is stored, not of what was received."""
    digest = hashlib.sha256()
    for piece in file.pieces():
        digest.update(piece)
    return digest.hexdigest()


def keep_bytes(store: ObjectStore, file: Staged, sha256: str) -> None:
    """Have the store keep them, durably, unless it has them already."""
    key = blob_key(sha256)
    with _storage_errors():
        if not (store.exists(key) and store.size(key) == file.size):
            file.move_to(store, key)


def keep_data(store: ObjectStore, data: bytes, sha256: str) -> None:
    """As `keep_bytes`, for a small file in memory, whatever the store has."""
    with _storage_errors():
        store.put_bytes(blob_key(sha256), data)


@contextmanager
def _storage_errors() -> Iterator[None]:
    """A store that is full or away loses nothing: the staged bytes wait for the next try."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Full("storage_full") from error
        raise Busy("storage_unavailable", retry_after=5) from error
