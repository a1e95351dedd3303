"""Making a backup: first the database as of one moment, then every object which that names.

An object is durable before its row says so and never changes, so in this order nothing is missed;
what is uploaded after the snapshot belongs to the next backup.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from services.media import DERIVED, blob_key, hash_in_key
from services.safekeeping.archives import Archive, Damaged, new_archive
from services.safekeeping.ground import Ground, Progress, silent
from services.safekeeping.manifest import OBJECTS, Entry, Lost, Manifest, stamp_of, write_list
from services.safekeeping.snapshot import count_rows, known_hashes, revision_of, take_snapshot
from services.storage import MissingObject, ObjectStore


def make_backup(
    ground: Ground, target: Path, now: datetime, progress: Progress = silent
) -> Manifest:
    """Back up into `target`, a folder or a .tar file; nothing stands there before it is whole.

    Objects that are missing or damaged in the store are listed in the manifest as lost; the
    backup of all others is made. Conflict `backup_target` when something else is in the way.
    """
    archive = new_archive(target)
    snapshot = archive.scratch
    snapshot.unlink(missing_ok=True)
    progress("database", 0, 1)
    take_snapshot(ground.settings.resolved_database_url, snapshot, ground.migrate)
    progress("database", 1, 1)
    kept, lost = _copy_objects(archive, ground.store, snapshot, progress)
    mark = stamp_of(now)
    manifest = Manifest(
        suixing=ground.version,
        revision=revision_of(snapshot),
        made_at=now,
        source=_source(ground),
        database=archive.put(f"database-{mark}.sqlite", snapshot),
        objects=archive.put_bytes(f"objects-{mark}.jsonl", write_list(kept)),
        object_count=len(kept),
        object_bytes=sum(entry.size for entry in kept),
        tables=count_rows(snapshot),
        lost=lost,
    )
    snapshot.unlink()
    archive.complete(manifest)
    return manifest


def _copy_objects(
    archive: Archive, store: ObjectStore, snapshot: Path, progress: Progress
) -> tuple[list[Entry], list[Lost]]:
    hashes = known_hashes(snapshot)
    total, done = sum(hashes.values()), 0
    kept: list[Entry] = []
    lost: list[Lost] = []
    for sha256, size in hashes.items():
        key = blob_key(sha256)
        try:
            kept.append(_copy(archive, store, key, sha256))
        except MissingObject:
            lost.append(Lost(key=key, why="missing"))
        except Damaged:
            lost.append(Lost(key=key, why="damaged"))
        done += size
        progress("objects", done, total)
    kept.extend(_copy_derived(archive, store, hashes))
    return kept, lost


def _copy_derived(archive: Archive, store: ObjectStore, hashes: dict[str, int]) -> Iterator[Entry]:
    """Thumbnails and playable sound; one that goes meanwhile is made again from its original."""
    for key in sorted(store.list(DERIVED)):
        if hash_in_key(key) in hashes:
            try:
                yield _copy(archive, store, key, None)
            except MissingObject:
                continue


def _copy(archive: Archive, store: ObjectStore, key: str, sha256: str | None) -> Entry:
    name = OBJECTS + key
    held = archive.held(name, sha256) if sha256 is not None else None
    if held is not None:
        return held
    with store.local_copy(key) as path:
        return archive.put(name, path, sha256)


def _source(ground: Ground) -> str:
    database = ground.settings.resolved_database_url.partition(":")[0].partition("+")[0]
    return f"{database} and {ground.settings.resolved_storage_url.partition(':')[0]}"
