"""Unfinished uploads in a folder: one file each, its size is the offset, its lock the claim."""

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from services.kernel.errors import Full, Locked
from services.kernel.ids import is_id
from services.storage import NO_ROOM, ObjectStore

_PIECE = 1024 * 1024
_ORPHAN_SECONDS = 24 * 3600


class FileStaging:
    """A folder of growing files: for a server of one machine, or machines that share the folder.

    What was appended survives the death of the process, synced or not. Implements Staging.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, upload: str) -> Path:
        if not is_id(upload):
            raise ValueError("not an upload id")
        return self.folder / upload

    def offset(self, upload: str) -> int:
        try:
            return self.path(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def claim(self, upload: str) -> "StagedFile":
        path = self.path(upload)
        is_new = not path.exists()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _as_full(error) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            raise Locked("upload_locked", retry_after=1) from None
        if os.fstat(fd).st_nlink == 0:
            # Discarded between our open and our lock: what is written here, nobody would find.
            os.close(fd)
            raise Locked("upload_locked", retry_after=1)
        return StagedFile(path, fd, is_new=is_new)

    def discard(self, upload: str) -> None:
        self.path(upload).unlink(missing_ok=True)

    def discard_if_old(self, upload: str) -> None:
        path = self.path(upload)
        with contextlib.suppress(FileNotFoundError, Locked):
            if time.time() - path.stat().st_mtime > _ORPHAN_SECONDS:
                with self.claim(upload):
                    path.unlink(missing_ok=True)

    def uploads(self) -> list[str]:
        if not self.folder.exists():
            return []
        return [path.name for path in self.folder.iterdir() if is_id(path.name)]


class StagedFile:
    """Implements Staged on a file under an exclusive flock, which ends with the process."""

    def __init__(self, path: Path, fd: int, *, is_new: bool) -> None:
        self.path = path
        self._fd = fd
        # A request may be given up while a thread still writes for it: close() waits for that
        # write, for the number of a closed file may be another file's a moment later.
        self._busy = threading.Lock()
        # Once its bytes are an object's, too, nothing may change them.
        self._is_kept = False
        # What an earlier claim left may not be durable, a new name neither.
        self._is_durable = False
        self._is_named = not is_new

    def __enter__(self) -> "StagedFile":
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
        return os.fstat(self._fd).st_size

    def append(self, data: bytes) -> None:
        view = memoryview(data)
        with self._busy:
            self._check_growing()
            self._is_durable = False
            while view:
                try:
                    view = view[os.write(self._fd, view) :]
                except OSError as error:
                    raise _as_full(error) from error

    def truncate(self, size: int) -> None:
        with self._busy:
            if size != self.size:
                self._check_growing()
                os.ftruncate(self._fd, size)

    def sync(self) -> None:
        with self._busy:
            if self._is_durable:
                return
            try:
                os.fsync(self._fd)
                if not self._is_named:
                    sync_folder(self.path.parent)
            except OSError as error:
                raise _as_full(error) from error
            self._is_durable = self._is_named = True

    def pieces(self) -> Iterator[bytes]:
        with self.path.open("rb", buffering=0) as file:
            while piece := file.read(_PIECE):
                yield piece

    def move_to(self, store: ObjectStore, key: str) -> None:
        store.adopt_file(key, self.path)
        self._is_kept = True

    def _check_growing(self) -> None:
        if self._is_kept:
            raise Locked("upload_locked", retry_after=1)

    def close(self) -> None:
        with self._busy:
            if self._fd >= 0:
                os.close(self._fd)
            self._fd = -1


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a loss of power."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _as_full(error: OSError) -> Exception:
    return Full("storage_full") if error.errno in NO_ROOM else error
