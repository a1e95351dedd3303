"""Restoring a backup: verify all, lay everything beside the old, then change over in one step."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url
from sqlmodel import Session, col, select

from services.kernel.errors import Conflict, Invalid
from services.media import Media, MediaBlob, blob_key, recall_bytes
from services.safekeeping.archives import Backup, Damaged
from services.safekeeping.check_bytes import hash_object
from services.safekeeping.ground import Ground, Progress, silent
from services.safekeeping.manifest import OBJECTS, Entry, Manifest, read_list, stamp_of
from services.safekeeping.postgres_target import PostgresTarget
from services.safekeeping.snapshot import make_whole, revision_of
from services.safekeeping.sqlite_target import SqliteTarget
from services.storage import MissingObject, ObjectStore
from services.sync import SyncHead, leave_behind

STAGED = "restoring.sqlite"


class Target(Protocol):
    """Where a restored database goes."""

    def holds_data(self) -> bool: ...

    def refuse_in_use(self) -> None: ...

    def put(self, staged: Path, aside: Path) -> str | None:
        """Change over; says where the old is now, None when there was none."""


@dataclass(frozen=True)
class Restored:
    """What was done: where the old is, how many recordings and photos have no bytes now."""

    manifest: Manifest
    aside: str | None
    objects_written: int
    without_bytes: int


def verify_backup(backup: Backup, progress: Progress = silent) -> list[Entry]:
    """Read every file of the backup and compare its hash; the list of its objects.

    Invalid `backup_damaged` with the name of the first that is not as it was written.
    """
    manifest = backup.manifest
    try:
        backup.verify(manifest.database)
        backup.verify(manifest.objects)
        entries = list(read_list(backup.read(manifest.objects.name)))
        done = 0
        for entry in entries:
            backup.verify(entry)
            done += entry.size
            progress("verify", done, manifest.object_bytes)
    except Damaged as error:
        raise Invalid("backup_damaged", f"{error} is not as it was written") from error
    return entries


def restore_backup(
    ground: Ground, backup: Backup, now: datetime, *, replace: bool, progress: Progress = silent
) -> Restored:
    """Put a backup in the place of what the settings name; nothing old is destroyed.

    Conflict `restore_target` when there is data and `replace` is not said, `server_running` while
    a server uses it. Ended at any moment, the old database or the new one stands there; objects
    are only ever added.
    """
    target = _target(ground)
    if target.holds_data() and not replace:
        raise Conflict("restore_target", "there is data already; --replace keeps it aside")
    target.refuse_in_use()
    entries = verify_backup(backup, progress)
    data = ground.settings.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    aside = data / f"before-restore-{stamp_of(now)}"
    written = _put_objects(backup, ground.store, entries, progress)
    with _staged(backup, data) as staged:
        ground.migrate(f"sqlite:///{staged}")
        without_bytes = _settle(ground, staged, now)
        old = target.put(staged, aside)
    _set_uploads_aside(data, aside)
    return Restored(backup.manifest, old, written, without_bytes)


def _target(ground: Ground) -> Target:
    url = ground.settings.resolved_database_url
    if url.startswith("sqlite"):
        return SqliteTarget(Path(make_url(url).database or ""))
    return PostgresTarget(url, ground.migrate)


@contextmanager
def _staged(backup: Backup, data: Path) -> Iterator[Path]:
    """The database of the backup as a file in the data folder, gone again in the end."""
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=data) as folder:
        staged = Path(folder) / STAGED
        backup.extract(backup.manifest.database, staged)
        if revision_of(staged) != backup.manifest.revision:
            raise Invalid("backup_damaged", "database and manifest are of different schemas")
        yield staged


def _put_objects(
    backup: Backup, store: ObjectStore, entries: list[Entry], progress: Progress
) -> int:
    """Add what the store lacks; what it has under the same key is compared, not trusted."""
    total = sum(entry.size for entry in entries)
    done = written = 0
    for entry in entries:
        key = entry.name.removeprefix(OBJECTS)
        if not _holds(store, key, entry):
            with tempfile.TemporaryDirectory(prefix="suixing-restore-") as folder:
                path = Path(folder) / "object"
                backup.extract(entry, path)
                store.put_file(key, path)
            written += 1
        done += entry.size
        progress("objects", done, total)
    return written


def _holds(store: ObjectStore, key: str, entry: Entry) -> bool:
    try:
        return store.size(key) == entry.size and hash_object(store, key) == entry.sha256
    except MissingObject:
        return False


def _settle(ground: Ground, staged: Path, now: datetime) -> int:
    """Begin a new era of sync, and ask the phones for all bytes that are not here."""
    with ground.opened(f"sqlite:///{staged}") as db, db.write() as session:
        leave_behind(session, now)
        asked = _recall_missing(session, ground.store)
    make_whole(staged)
    return asked


def _recall_missing(session: Session, store: ObjectStore) -> int:
    """Say on every media row without bytes that they are missing: a phone that was given a
    receipt after the backup, or whose bytes the backup had lost, then sends them again."""
    blobs = session.exec(select(MediaBlob.media, MediaBlob.sha256)).all()
    here = {media for media, sha256 in blobs if store.exists(blob_key(sha256))}
    query = (
        select(Media)
        .join(SyncHead, col(SyncHead.record) == col(Media.id))
        .where(SyncHead.entity == "media", col(SyncHead.deleted).is_(False))
    )
    without = [media for media in session.exec(query).all() if media.id not in here]
    for media in without:
        recall_bytes(session, media)
    return len(without)


def _set_uploads_aside(data: Path, aside: Path) -> None:
    """Bytes of unfinished uploads belong to rows of the old database; phones begin them again."""
    uploads = data / "uploads"
    if uploads.exists() and any(uploads.iterdir()):
        aside.mkdir(parents=True, exist_ok=True)
        uploads.rename(aside / "uploads")
