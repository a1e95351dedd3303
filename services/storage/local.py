"""A folder as an object store that survives a loss of power.

obstore writes beside the target and renames, but flushes nothing (seen with strace, 0.12). So the
bytes are staged and flushed first, then renamed, then the folders that name them are flushed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.store import LocalStore

from services.kernel.ids import new_id
from services.storage.objects import Objects, named_errors
from services.storage.port import STAGING, MissingObject


class LocalObjects(Objects):
    """Objects as files below `root`, under their keys."""

    def __init__(self, root: Path) -> None:
        super().__init__(LocalStore(root, mkdir=True))
        self._root = root

    def _put(self, key: str, content: Path | bytes | Iterator[bytes]) -> None:
        staged = STAGING + new_id()
        try:
            super()._put(staged, content)
            with named_errors(key):
                flush(self._root / staged)
                obstore.rename(self._backend, staged, key)
        except BaseException:
            (self._root / staged).unlink(missing_ok=True)
            raise
        self._flush_folders(key)

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        if not self.exists(key):
            raise MissingObject(key)
        yield self._root / key

    def _flush_folders(self, key: str) -> None:
        folder = (self._root / key).parent
        flush(folder)
        while folder != self._root:
            folder = folder.parent
            flush(folder)


def flush(path: Path) -> None:
    """Have the disk keep a file's bytes, or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
