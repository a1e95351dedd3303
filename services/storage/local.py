"""A folder as an object store that survives a loss of power.

obstore writes beside the target and renames, but flushes nothing (seen with strace, 0.12). So the
bytes are staged and flushed first, then renamed, then the folders that name them are flushed.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.store import LocalStore

from services.kernel.ids import new_id
from services.storage.objects import Objects, named_errors
from services.storage.port import STAGING, MissingObject

# What a system says whose files have one name only, or whose two folders lie on two disks.
_NO_LINKS = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS}


class LocalObjects(Objects):
    """Objects as files below `root`, under their keys."""

    def __init__(self, root: Path) -> None:
        super().__init__(LocalStore(root, mkdir=True))
        self._root = root
        # Folders whose own names are durable, as far as this process knows.
        self._named: set[Path] = set()

    def adopt_file(self, key: str, path: Path) -> None:
        """Without copying where both lie on one file system: the object is a second name of it."""
        named = self._path(key)
        staged = self._root / STAGING / new_id()
        try:
            with named_errors(key):
                for folder in (staged.parent, named.parent):
                    folder.mkdir(parents=True, exist_ok=True)
                flush(path)
                staged.hardlink_to(path)
                # Not linked to its key at once: something may be there, and is then replaced.
                staged.replace(named)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            super().adopt_file(key, path)
            return
        finally:
            # A rename leaves the old name where both are the same file already.
            staged.unlink(missing_ok=True)
        self._flush_folders(key)

    def put_bytes(self, key: str, data: bytes) -> None:
        """Without obstore: its way into its own threads costs more than a photo's bytes do."""
        named, staged = self._path(key), self._root / STAGING / new_id()
        try:
            with named_errors(key):
                _write_new(staged, data)
                _move(staged, named)
        except BaseException:
            staged.unlink(missing_ok=True)
            raise
        self._flush_folders(key)

    def size(self, key: str) -> int:
        try:
            told = self._path(key).stat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MissingObject(key) from error
        if not stat.S_ISREG(told.st_mode):
            raise MissingObject(key)
        return told.st_size

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
        yield self._path(key)

    def _path(self, key: str) -> Path:
        if ".." in key.split("/") or key.startswith("/"):
            raise ValueError("no such path in a store")
        return self._root / key

    def _flush_folders(self, key: str) -> None:
        folder = (self._root / key).parent
        flush(folder)
        below = []
        while folder != self._root and folder not in self._named:
            below.append(folder)
            folder = folder.parent
            flush(folder)
        self._named.update(below)


def _write_new(path: Path, data: bytes) -> None:
    """A new file with these bytes, durable but for its name."""
    flags, left = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, memoryview(data)
    try:
        descriptor = os.open(path, flags, 0o666)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, flags, 0o666)
    try:
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move(path: Path, to: Path) -> None:
    try:
        path.replace(to)
    except FileNotFoundError:
        to.parent.mkdir(parents=True, exist_ok=True)
        path.replace(to)


def flush(path: Path) -> None:
    """Have the disk keep a file's bytes, or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
