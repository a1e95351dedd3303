"""From the announcement to the second receipt: ties upload rows, staged bytes and the store."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NoReturn, TypeVar

from sqlmodel import Session

from services.kernel.actor import Actor
from services.kernel.clock import Clock
from services.kernel.db import Database
from services.kernel.errors import (
    Conflict,
    Locked,
    Malformed,
    Mismatch,
    NotFound,
    SuixingError,
)
from services.kernel.ids import is_id
from services.kernel.settings import Settings
from services.media.arrivals import MediaBlob, Upload
from services.media.blobs import keep_blob
from services.media.keeping import digest_of, keep_bytes
from services.media.leases import Leases
from services.media.models import Media
from services.media.quotas import Usage, find_limit, growing_uploads, read_usage
from services.media.staged_files import FileStaging
from services.media.staged_parts import PartStaging
from services.media.staging import Staged, Staging
from services.media.storing import HASH_MISMATCH, hold_media, mark_mismatch, settle_media
from services.media.tus import Creation
from services.media.uploads import (
    GrowingUnknown,
    Opened,
    Rows,
    Terms,
    check_upload,
    close_upload,
    find_upload,
    load_upload,
    open_upload,
)
from services.storage import ObjectStore

Found = TypeVar("Found")
# The expiry moves with every request, but is written only so often.
_EXPIRY_STEP = timedelta(hours=1)


@dataclass(frozen=True)
class Appending:
    """Where a request goes on, what length it tells if any, and how long its body is if known."""

    offset: int
    length: int | None = None
    body: int | None = None


@dataclass(frozen=True)
class Claimed:
    """An upload, its media, and its bytes while their holder alone may write them."""

    upload: Upload
    media: Media | None
    file: Staged


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

    def create(self, actor: Actor, creation: Creation) -> tuple[Upload, int]:
        """The upload to send the bytes to, and how many are there; errors as `open_upload`."""
        try:
            opened = self._open(actor, creation, None)
        except GrowingUnknown:
            opened = self._open(actor, creation, self.growing(actor.user))
        if opened.replaced is not None:
            self.discard(opened.replaced)
        return opened.upload, self.offset(opened.upload)

    def find(self, actor: Actor, upload_id: str) -> Upload:
        with self.db.read() as session:
            return find_upload(session, actor, upload_id, self.clock.now())

    def offset(self, upload: Upload) -> int:
        """How many bytes the server has."""
        return (upload.length or 0) if upload.finished else self.staging.offset(upload.id)

    def find_settled(self, actor: Actor, upload_id: str) -> tuple[Upload, int]:
        """The upload and its offset; complete bytes that a dead server left are finished first."""
        upload = self.find(actor, upload_id)
        offset = self.offset(upload)
        if not upload.finished and offset == upload.length:
            with self.staging.claim(upload_id) as file:
                self.finish(upload_id, file)
        return upload, offset

    def claim(self, upload_id: str, told: Appending, actor: Actor | None = None) -> Claimed:
        """The upload's bytes for this caller alone, to be closed; fixes a deferred length.

        Locked when another has them, errors as `find_upload` unless the actor may write it (None:
        that was asked already), Conflict `upload_offset` when the sender is elsewhere than the
        bytes, Full `quota_exceeded` when a growing upload outgrows its user's limit.
        """
        if not is_id(upload_id):
            # The staging makes a name of it.
            _required(None)
        file = self.staging.claim(upload_id)
        try:
            # Looked up with the claim in hand: while it was awaited another may have finished it.
            upload, media = self._claimed(upload_id, actor)
            return Claimed(self._begin(upload, file, told), media, file)
        except BaseException:
            file.close()
            raise

    def settle(self, claimed: Claimed) -> None:
        """After the last bytes of a request: finish what is complete, else make it durable."""
        upload, file = claimed.upload, claimed.file
        try:
            if upload.length is None or file.size != upload.length:
                file.sync()
            else:
                self._finish(claimed)
        except BaseException:
            with suppress(SuixingError):
                file.sync()
            raise
        file.close()

    def finish(self, upload_id: str, file: Staged) -> None:
        """Verify complete bytes, store them durably, give the receipt; Mismatch when wrong.

        Done again after a crash at any point it ends the same; an upload that is not complete or
        finished already is left as it is.
        """
        upload, media = self._claimed(upload_id)
        if not upload.finished and file.size == upload.length:
            self._finish(Claimed(upload, media, file))

    def terminate(self, actor: Actor, upload_id: str) -> None:
        """As `forget`, when the actor may write it; errors as `find_upload` else."""
        self.find(actor, upload_id)
        self.forget(upload_id)

    def forget(self, upload_id: str) -> None:
        """Forget an upload and its bytes; Locked while somebody writes it."""
        with self.staging.claim(upload_id):
            self._forget(upload_id)

    def usage(self, user: str) -> Usage:
        """The user's bytes and limit."""
        growing = sum(self.growing(user, always=True).values())
        with self.db.read() as session:
            usage = read_usage(session, user, self.quota, self.clock.now())
        return replace(usage, growing=growing)

    def _begin(self, upload: Upload, file: Staged, told: Appending) -> Upload:
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
                upload = _required(session.get(Upload, upload.id))
                upload.length = upload.length if told.length is None else told.length
                upload.expires_at = expires_at
        return upload

    def _finish(self, claimed: Claimed) -> None:
        upload, media, file = claimed.upload, claimed.media, claimed.file
        sha256 = digest_of(file)
        if not {upload.sha256, media.sha256 if media else None} <= {sha256, None}:
            self._refuse_hash(upload)
        keep_bytes(self.store, file, sha256)
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

    def _open(self, actor: Actor, creation: Creation, growing: Mapping[str, int] | None) -> Opened:
        with self.db.write() as session:
            now = self.clock.now()
            terms = Terms(now, now + self.keep, self.quota, growing)
            return open_upload(session, actor, creation, terms)

    def _claimed(self, upload_id: str, actor: Actor | None = None) -> Rows:
        with self.db.read() as session:
            found = load_upload(session, upload_id)
            if found is not None and actor is not None:
                check_upload(session, actor, found, self.clock.now())
        if found is None or found[0].finished:
            self.staging.discard(upload_id)
        return _required(found)

    def growing(self, user: str, *, always: bool = False) -> dict[str, int]:
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

    def _refuse_hash(self, upload: Upload) -> NoReturn:
        with self.db.write() as session:
            media = hold_media(session, upload.media, upload.trip)
            if media is not None:
                mark_mismatch(session, media)
        self._forget(upload.id)
        raise Mismatch(HASH_MISMATCH, "the bytes have another SHA-256; keep them, begin again")

    def _receipt(self, session: Session, upload_id: str, blob: MediaBlob) -> None:
        # First of all, so that locks are taken in the order in which a push takes them.
        media = hold_media(session, blob.media, blob.trip)
        keep_blob(session, blob)
        close_upload(session, upload_id, blob.sha256, self.clock.now() + self.keep)
        if media is not None:
            settle_media(session, media, blob)

    def _forget(self, upload_id: str) -> None:
        with self.db.write() as session:
            upload = session.get(Upload, upload_id)
            if upload is not None:
                session.delete(upload)
        self.staging.discard(upload_id)

    def discard(self, upload_id: str) -> None:
        """Remove bytes that are of no more use, unless somebody writes there."""
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


def _required(found: Found | None) -> Found:
    if found is None:
        raise NotFound("upload_unknown", "no such upload; begin again")
    return found
