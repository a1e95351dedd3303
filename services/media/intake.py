"""From the announcement to the second receipt: ties upload rows, staged bytes and the store."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session

from services.kernel.actor import Actor
from services.kernel.clock import Clock
from services.kernel.db import Database
from services.kernel.errors import Busy, Conflict, Full, Locked, Malformed, Mismatch, NotFound
from services.kernel.settings import Settings
from services.media.arrivals import MediaBlob, Upload
from services.media.blobs import blob_key
from services.media.leases import Leases
from services.media.models import Media
from services.media.quotas import Usage, find_limit, growing_uploads, read_usage
from services.media.staged_files import FileStaging
from services.media.staged_parts import PartStaging
from services.media.staging import Staged, Staging
from services.media.storing import HASH_MISMATCH, hold_media, mark_mismatch, settle_media
from services.media.tus import Creation
from services.media.uploads import Terms, find_upload, open_upload
from services.storage import NO_ROOM, ObjectStore

# The expiry moves with every request, but is written only so often.
_EXPIRY_STEP = timedelta(hours=1)


@dataclass(frozen=True)
class Appending:
    """Where a request goes on, what length it tells if any, and how long its body is if known."""

    offset: int
    length: int | None = None
    body: int | None = None


@dataclass(frozen=True)
class Intake:
    """Takes bytes in. Every method blocks, and opens and commits its own short transactions.

    While an upload is claimed nobody else in any process writes it; `finish` runs with the claim
    in hand and without an open transaction around hashing and storing.
    """

    db: Database
    staging: Staging
    store: ObjectStore
    clock: Clock
    keep: timedelta = timedelta(days=14)
    quota: int = 0

    def create(self, actor: Actor, creation: Creation) -> Upload:
        """The upload to send the bytes to; errors as `open_upload`."""
        growing = self._growing(actor.user)
        with self.db.write() as session:
            now = self.clock.now()
            terms = Terms(now, now + self.keep, self.quota, growing)
            opened = open_upload(session, actor, creation, terms)
        if opened.replaced is not None:
            self._discard(opened.replaced)
        return opened.upload

    def find(self, actor: Actor, upload_id: str) -> Upload:
        with self.db.read() as session:
            return find_upload(session, actor, upload_id, self.clock.now())

    def offset(self, upload: Upload) -> int:
        """How many bytes the server has."""
        return (upload.length or 0) if upload.finished else self.staging.offset(upload.id)

    def begin(self, upload_id: str, file: Staged, told: Appending) -> Upload:
        """With the bytes claimed: the row as it is now; fixes a deferred length, moves the expiry.

        Conflict `upload_offset` when the sender is elsewhere than the bytes, Full `quota_exceeded`
        when a growing upload outgrows its user's limit.
        """
        upload = self._claimed(upload_id)
        size = (upload.length or 0) if upload.finished else file.size
        if told.offset != size:
            shown = {"Upload-Offset": str(size)}
            raise Conflict("upload_offset", offset=size, headers=shown)
        if told.length is not None and upload.length not in (None, told.length):
            raise Malformed("upload_length", "the length was given before and is another")
        if told.length is not None and told.length < size:
            raise Malformed("upload_length", "more than that is stored already")
        if upload.length is None:
            more = told.body or 0 if told.length is None else told.length - size
            self._require_room(upload.user, more)
        expires_at = self.clock.now() + self.keep
        fixes_length = told.length not in (None, upload.length)
        if fixes_length or expires_at - upload.expires_at > _EXPIRY_STEP:
            with self.db.write() as session:
                upload = _required(session.get(Upload, upload_id))
                upload.length = upload.length if told.length is None else told.length
                upload.expires_at = expires_at
        return upload

    def finish(self, upload_id: str, file: Staged) -> None:
        """Verify complete bytes, store them durably, give the receipt; Mismatch when wrong.

        Done again after a crash at any point it ends the same; an upload that is not complete or
        finished already is left as it is.
        """
        upload = self._claimed(upload_id)
        if upload.finished or file.size != upload.length:
            return
        file.sync()
        sha256 = _digest(file)
        self._check_hash(upload, sha256)
        self._store(file, sha256)
        blob = MediaBlob(
            media=upload.media,
            sha256=sha256,
            trip=upload.trip,
            user=upload.user,
            size=file.size,
            received_at=self.clock.now(),
        )
        with self.db.write() as session:
            self._receipt(session, upload.id, blob)
        self.staging.discard(upload.id)

    def terminate(self, upload_id: str) -> None:
        """Forget an upload and its bytes; Locked while somebody writes it."""
        with self.staging.claim(upload_id):
            self._forget(upload_id)

    def usage(self, user: str) -> Usage:
        """The user's bytes and limit."""
        growing = sum(self._growing(user, always=True).values())
        with self.db.read() as session:
            usage = read_usage(session, user, self.quota, self.clock.now())
        return replace(usage, growing=growing)

    def _claimed(self, upload_id: str) -> Upload:
        """The row, looked up again: while the claim was awaited another may have finished it."""
        with self.db.read() as session:
            upload = session.get(Upload, upload_id)
        if upload is None or upload.finished:
            self.staging.discard(upload_id)
        return _required(upload)

    def _growing(self, user: str, *, always: bool = False) -> dict[str, int]:
        """Bytes that came of uploads of unknown length; not looked for where nothing is limited."""
        with self.db.read() as session:
            if not (always or find_limit(session, user, self.quota)):
                return {}
            uploads = growing_uploads(session, user, self.clock.now())
        return {upload: self.staging.offset(upload) for upload in uploads}

    def _require_room(self, user: str, more: int) -> None:
        with self.db.read() as session:
            if not find_limit(session, user, self.quota):
                return
        self.usage(user).require(more)

    def _check_hash(self, upload: Upload, sha256: str) -> None:
        with self.db.read() as session:
            media = session.get(Media, upload.media)
        expected = {upload.sha256, media.sha256 if media else None} - {None}
        if expected <= {sha256}:
            return
        with self.db.write() as session:
            media = hold_media(session, upload.media)
            if media is not None:
                mark_mismatch(session, media)
        self._forget(upload.id)
        raise Mismatch(HASH_MISMATCH, "the bytes have another SHA-256; keep them, begin again")

    def _store(self, file: Staged, sha256: str) -> None:
        key = blob_key(sha256)
        with _storage_errors():
            if not (self.store.exists(key) and self.store.size(key) == file.size):
                file.move_to(self.store, key)

    def _receipt(self, session: Session, upload_id: str, blob: MediaBlob) -> None:
        # First of all, so that locks are taken in the order in which a push takes them.
        media = hold_media(session, blob.media)
        session.merge(blob)
        session.flush()
        upload = session.get(Upload, upload_id)
        if upload is not None:
            upload.finished, upload.sha256 = True, blob.sha256
            upload.expires_at = self.clock.now() + self.keep
        if media is not None:
            settle_media(session, media)

    def _forget(self, upload_id: str) -> None:
        with self.db.write() as session:
            upload = session.get(Upload, upload_id)
            if upload is not None:
                session.delete(upload)
        self.staging.discard(upload_id)

    def _discard(self, upload_id: str) -> None:
        try:
            with self.staging.claim(upload_id):
                self.staging.discard(upload_id)
        except Locked:
            # Whoever writes there finds no row when done; the sweep takes the bytes.
            return


def open_intake(settings: Settings, db: Database, store: ObjectStore, clock: Clock) -> Intake:
    """The intake of this house.

    Unfinished uploads lie where finished ones will: in a folder, or in the store that all machines
    share.
    """
    is_folder = settings.resolved_storage_url.startswith("file:")
    return Intake(
        db=db,
        staging=(
            FileStaging(settings.data / "uploads") if is_folder else PartStaging(store, Leases(db))
        ),
        store=store,
        clock=clock,
        keep=timedelta(days=settings.upload_keep_days),
        quota=settings.user_quota_bytes,
    )


def _required(upload: Upload | None) -> Upload:
    if upload is None:
        raise NotFound("upload_unknown", "no such upload; begin again")
    return upload


def _digest(file: Staged) -> str:
    """Of what is stored, not of what was received."""
    digest = hashlib.sha256()
    for piece in file.pieces():
        digest.update(piece)
    return digest.hexdigest()


@contextmanager
def _storage_errors() -> Iterator[None]:
    """A store that is full or away loses nothing: the staged bytes wait for the next try."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Full("storage_full") from error
        raise Busy("storage_unavailable", retry_after=5) from error
