"""A backup on a disk: a folder that may be written again, or one .tar file; nothing in between.

A folder is built as `NAME.partial` and renamed once its manifest stands in it; a later backup into
it replaces the manifest in one step. A .tar is built as `NAME.partial` and renamed.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from services.kernel.errors import Conflict, Invalid
from services.safekeeping.manifest import MANIFEST, Entry, Manifest, read_manifest

_PIECE = 1024 * 1024


class Damaged(Exception):
    """The bytes are not those of the wanted hash."""


class Archive(Protocol):
    """A backup being written; `scratch` is where its database may be laid out beforehand."""

    scratch: Path

    def held(self, name: str, sha256: str) -> Entry | None:
        """What an earlier run left under this name, if it has this hash."""
        ...

    def put(self, name: str, source: Path, sha256: str | None = None) -> Entry:
        """Copy a file in, durably; Damaged when its hash is another than the wanted one."""
        ...

    def put_bytes(self, name: str, data: bytes) -> Entry: ...

    def complete(self, manifest: Manifest) -> None:
        """Make this the backup, in one step."""
        ...


class FolderArchive:
    """Files below a folder, each written beside its name and renamed."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._is_renewed = (target / MANIFEST).is_file()
        if not self._is_renewed and target.exists() and any(target.iterdir()):
            raise Conflict("backup_target", f"{target} is neither empty nor a backup")
        self._work = target if self._is_renewed else target.with_name(target.name + ".partial")
        self._work.mkdir(parents=True, exist_ok=True)
        self.scratch = self._work / "snapshot.partial"

    def held(self, name: str, sha256: str) -> Entry | None:
        path = self._work / name
        if not path.is_file() or _hash(path) != sha256:
            return None
        return Entry(name=name, size=path.stat().st_size, sha256=sha256)

    def put(self, name: str, source: Path, sha256: str | None = None) -> Entry:
        with source.open("rb") as file:
            return self._write(name, file, sha256)

    def put_bytes(self, name: str, data: bytes) -> Entry:
        return self._write(name, io.BytesIO(data), None)

    def complete(self, manifest: Manifest) -> None:
        self.put_bytes(MANIFEST, manifest.model_dump_json(indent=2).encode())
        if self._is_renewed:
            self._drop_older(manifest)
        else:
            if self._target.exists():
                self._target.rmdir()
            self._work.rename(self._target)
        _flush(self._target.absolute().parent)

    def _write(self, name: str, file: IO[bytes], wanted: str | None) -> Entry:
        path = self._work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(path.name + ".partial")
        digest, size = hashlib.sha256(), 0
        with beside.open("wb") as copy:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        if wanted is not None and digest.hexdigest() != wanted:
            beside.unlink()
            raise Damaged(name)
        beside.replace(path)
        _flush(path.parent)
        return Entry(name=name, size=size, sha256=digest.hexdigest())

    def _drop_older(self, manifest: Manifest) -> None:
        """Databases and lists of backups that this one replaced; objects stay for the next."""
        present = {manifest.database.name, manifest.objects.name, MANIFEST}
        for path in self._work.iterdir():
            if path.is_file() and path.name not in present:
                path.unlink()


class TarArchive:
    """One uncompressed .tar; photos and sound are compressed already."""

    def __init__(self, target: Path) -> None:
        if target.exists():
            raise Conflict("backup_target", f"{target} is there already")
        self._target = target
        target.parent.mkdir(parents=True, exist_ok=True)
        self._partial = target.with_name(target.name + ".partial")
        self.scratch = target.with_name(target.name + ".snapshot.partial")
        self._file = self._partial.open("wb")
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)

    def held(self, name: str, sha256: str) -> Entry | None:
        del name, sha256
        return None

    def put(self, name: str, source: Path, sha256: str | None = None) -> Entry:
        digest = _hash(source)
        if sha256 is not None and digest != sha256:
            raise Damaged(name)
        with source.open("rb") as file:
            self._add(name, file, source.stat().st_size)
        return Entry(name=name, size=source.stat().st_size, sha256=digest)

    def put_bytes(self, name: str, data: bytes) -> Entry:
        self._add(name, io.BytesIO(data), len(data))
        return Entry(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())

    def complete(self, manifest: Manifest) -> None:
        self.put_bytes(MANIFEST, manifest.model_dump_json(indent=2).encode())
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._partial.replace(self._target)
        _flush(self._target.absolute().parent)

    def _add(self, name: str, file: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size = size
        self._tar.addfile(member, file)


class Backup:
    """A backup being read."""

    def __init__(self, folder: Path | None, tar: tarfile.TarFile | None) -> None:
        self._folder, self._tar = folder, tar
        self.manifest = read_manifest(self.read(MANIFEST))

    def read(self, name: str) -> bytes:
        """The whole of a small file; Invalid `backup_incomplete` when it is not there."""
        with self._open(name) as file:
            return file.read()

    def extract(self, entry: Entry, target: Path) -> None:
        """Write one file of the backup to `target`, durably; Damaged when its hash is another."""
        with target.open("wb") as copy:
            for piece in self._checked(entry):
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())

    def verify(self, entry: Entry) -> None:
        """Read it through; Damaged when its length or hash is another."""
        for _ in self._checked(entry):
            pass

    def _checked(self, entry: Entry) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        with self._open(entry.name) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                yield piece
        if (size, digest.hexdigest()) != (entry.size, entry.sha256):
            raise Damaged(entry.name)

    def _open(self, name: str) -> IO[bytes]:
        try:
            if self._folder is not None:
                return (self._folder / name).open("rb")
            found = self._tar.extractfile(name) if self._tar else None
        except (FileNotFoundError, KeyError):
            found = None
        if found is None:
            raise Invalid("backup_incomplete", f"{name} is not in the backup")
        return found


def new_archive(target: Path) -> Archive:
    """A folder, or a file when the name ends in .tar; Conflict `backup_target` when in the way."""
    return TarArchive(target) if target.suffix == ".tar" else FolderArchive(target)


@contextmanager
def open_backup(source: Path) -> Iterator[Backup]:
    """Invalid `backup_unreadable` or `backup_incomplete` when this is no whole backup."""
    if source.is_dir():
        yield Backup(source, None)
        return
    try:
        tar = tarfile.TarFile(source)
    except (tarfile.TarError, OSError) as error:
        raise Invalid("backup_unreadable", f"{source} is no backup: {error}") from error
    with tar:
        yield Backup(None, tar)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
