"""A disk that is really full: a tiny tmpfs where this user may mount one, else a kernel limit."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass
class SmallDisk:
    """`folder` takes few MiB before the kernel refuses; `make_room` lets it take more."""

    folder: Path
    is_mounted: bool

    def make_room(self, size: int) -> None:
        if self.is_mounted:
            _mount(self.folder, f"remount,size={size}")
        else:
            _limit_files(size)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[SmallDisk]:
    """A folder with room for `size` bytes: a tmpfs (ENOSPC), or no file beyond that (EFBIG)."""
    folder.mkdir(parents=True, exist_ok=True)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    is_mounted = _mount(folder, f"size={size}")
    if not is_mounted:
        _limit_files(size)
    try:
        yield SmallDisk(folder, is_mounted)
    finally:
        if is_mounted:
            subprocess.run(["umount", str(folder)], check=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _mount(folder: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _limit_files(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
