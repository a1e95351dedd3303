"""Whether every blob has its row and every row its blob, and the bytes are those of their hash."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from services.decoding import PEAKS, PLAYABLE, THUMBNAIL_SIZES, thumbnail_name
from services.media import (
    DERIVED,
    ORIGINALS,
    Media,
    MediaBlob,
    Upload,
    blob_key,
    derived_key,
    hash_in_key,
)
from services.safekeeping.flaws import Flaw
from services.safekeeping.ground import Progress
from services.storage import MissingObject, ObjectStore
from services.sync import SyncHead

_STORED = frozenset({"stored", "ready", "failed"})
_DERIVATIVES = (PEAKS, PLAYABLE, *(thumbnail_name(size) for size in THUMBNAIL_SIZES))


@dataclass(frozen=True)
class Listed:
    """What the store held before the database was read, so that nothing new looks unknown."""

    originals: list[str]
    derived: list[str]


def list_objects(store: ObjectStore) -> Listed:
    return Listed(sorted(store.list(ORIGINALS)), sorted(store.list(DERIVED)))


def check_media_rows(session: Session) -> Iterator[Flaw]:
    """What media rows say of their bytes against the rows of bytes that came."""
    query = select(Media, SyncHead.deleted).join(SyncHead, col(SyncHead.record) == col(Media.id))
    blobs = set(session.exec(select(MediaBlob.media, MediaBlob.sha256)).all())
    known = set()
    for media, deleted in session.exec(query.where(SyncHead.entity == "media")):
        known.add(media.id)
        has_bytes = (media.id, media.sha256) in blobs
        if deleted:
            continue
        if media.processing in _STORED and not has_bytes:
            yield Flaw("stored_without_bytes", f"media {media.id} says {media.processing}")
        elif media.processing not in _STORED and has_bytes:
            yield Flaw("bytes_unsaid", f"media {media.id} says {media.processing}")
    for media_id, sha256 in sorted(blobs):
        if media_id not in known:
            yield Flaw("bytes_without_media", f"bytes {sha256} of media {media_id}")


def known_blobs(session: Session) -> dict[str, int]:
    """SHA-256 and length of all bytes that should be in the store."""
    return dict(session.exec(select(MediaBlob.sha256, MediaBlob.size)).all())


def expected_lengths(session: Session) -> set[int]:
    """Lengths of uploads that end any moment: their bytes may be stored before their row is."""
    query = select(Upload.length).where(col(Upload.finished).is_(False))
    return {length for length in session.exec(query) if length is not None}


def awaited_hashes(session: Session) -> set[str]:
    """Hashes of bytes that are not received yet.

    A small file is stored before it has any row: it may be on its way, or its server died between
    the two, and the phone, which was told nothing, sends it again.
    """
    query = select(Media.sha256).where(Media.processing == "expected")
    return {sha256 for sha256 in session.exec(query) if sha256 is not None}


@dataclass(frozen=True)
class Arriving:
    """What may be in the store before its row says so, by length and by hash."""

    lengths: set[int]
    hashes: set[str]


def check_unknown(
    store: ObjectStore, listed: Listed, known: dict[str, int], arriving: Arriving
) -> Iterator[Flaw]:
    """Objects that no row knows."""
    for key in listed.originals:
        sha256 = hash_in_key(key)
        if sha256 not in known and not _is_arriving(store, key, arriving):
            yield Flaw("object_unknown", key)
    for key in listed.derived:
        sha256 = hash_in_key(key)
        if sha256 not in known:
            yield Flaw("object_unknown", key)
        elif key not in {derived_key(sha256, name) for name in _DERIVATIVES}:
            yield Flaw("derivative_unknown", key)


def check_objects(
    store: ObjectStore, known: dict[str, int], progress: Progress, *, quick: bool
) -> Iterator[Flaw]:
    """Each original is there with its length and, unless `quick`, its hash."""
    done, total = 0, sum(known.values())
    for sha256, size in sorted(known.items()):
        key = blob_key(sha256)
        try:
            held = store.size(key)
            if held != size:
                yield Flaw("object_damaged", f"{key}: {held} bytes instead of {size}")
            elif not quick and hash_object(store, key) != sha256:
                yield Flaw("object_damaged", f"{key}: its bytes have another hash")
        except MissingObject:
            yield Flaw("object_missing", key)
        done += size
        progress("objects", done, total)


def hash_object(store: ObjectStore, key: str) -> str:
    """SHA-256 of an object as the store gives it back; MissingObject."""
    digest = hashlib.sha256()
    for piece in store.read(key):
        digest.update(piece)
    return digest.hexdigest()


def _is_arriving(store: ObjectStore, key: str, arriving: Arriving) -> bool:
    try:
        return hash_in_key(key) in arriving.hashes or store.size(key) in arriving.lengths
    except MissingObject:
        return True
