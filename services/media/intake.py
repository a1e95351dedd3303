"""From the announcement to the second receipt: ties upload rows, staged bytes and the store."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from services.jobs import Handler, JobRun, enqueue
from services.kernel.actor import Actor
from services.kernel.clock import Clock
from services.kernel.db import Database
from services.kernel.errors import (
    Busy,
    Conflict,
    Full,
    Locked,
    Malformed,
    Mismatch,
    NotFound,
    SuixingError,
)
from services.kernel.log import get_logger
from services.kernel.settings import Settings
from services.media.arrivals import MediaBlob, Upload
from services.media.blobs import blob_key
from services.media.models import Media
from services.media.staging import StagedFile, Staging
from services.media.storing import HASH_MISMATCH, hold_media, mark_mismatch, settle_media
from services.media.tus import Creation
from services.media.uploads import SWEEP, SWEEP_SECONDS, find_upload, open_upload
from services.storage import ObjectStore

_log = get_logger("media")
# The expiry moves with every request, but is written only so often.
_EXPIRY_STEP = timedelta(hours=1)


@dataclass(frozen=True)
class Intake:
    """Takes bytes in. Every method blocks, and opens and commits its own short transactions.

    While a file is claimed nobody else in any process writes that upload; `finish` runs with the
    claim in hand and without an open transaction around hashing and storing.
    """

    db: Database
    staging: Staging
    store: ObjectStore
    clock: Clock
    keep: timedelta = timedelta(days=14)

    def create(self, actor: Actor, creation: Creation) -> Upload:
        """The upload to send the bytes to; errors as `open_upload`."""
        with self.db.write() as session:
            now = self.clock.now()
            opened = open_upload(session, actor, creation, now=now, keep=self.keep)
        if opened.replaced is not None:
            self._discard(opened.replaced)
        return opened.upload

    def find(self, actor: Actor, upload_id: str) -> Upload:
        with self.db.read() as session:
            return find_upload(session, actor, upload_id, self.clock.now())

    def offset(self, upload: Upload) -> int:
        """How many bytes the server has."""
        return (upload.length or 0) if upload.finished else self.staging.offset(upload.id)

    def begin(self, upload_id: str, file: StagedFile, offset: int, length: int | None) -> Upload:
        """With the file claimed: the row as it is now; fixes a deferred length, moves the expiry.

        Conflict `upload_offset` when the sender is elsewhere than the file.
        """
        with self.db.read() as session:
            upload = self._claimed(session, upload_id)
        size = (upload.length or 0) if upload.finished else file.size
        if offset != size:
            told = {"Upload-Offset": str(size)}
            raise Conflict("upload_offset", offset=size, headers=told)
        if length is not None and upload.length not in (None, length):
            raise Malformed("upload_length", "the length was given before and is another")
        if length is not None and length < size:
            raise Malformed("upload_length", "more than that is stored already")
        expires_at = self.clock.now() + self.keep
        if length not in (None, upload.length) or expires_at - upload.expires_at > _EXPIRY_STEP:
            with self.db.write() as session:
                upload = self._claimed(session, upload_id)
                upload.length = upload.length if length is None else length
                upload.expires_at = expires_at
        return upload

    def finish(self, upload_id: str, file: StagedFile) -> None:
        """Verify a complete file, store it durably, give the receipt; Mismatch when it is wrong.

        Done again after a crash at any point it ends the same; an upload that is not complete or
        finished already is left as it is.
        """
        with self.db.read() as session:
            upload = self._claimed(session, upload_id)
        if upload.finished or file.size != upload.length:
            return
        file.sync()
        sha256 = file.sha256()
        self._check_hash(upload, sha256)
        self._store(file, sha256)
        blob = MediaBlob(
            media=upload.media,
            sha256=sha256,
            trip=upload.trip,
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

    def sweep(self) -> None:
        """Finish what is complete, drop what has expired and what belongs to nothing."""
        with self.db.read() as session:
            rows = {row.id: row for row in session.exec(select(Upload))}
        for upload_id in self.staging.uploads():
            if upload_id not in rows:
                self.staging.discard_if_old(upload_id)
        now = self.clock.now()
        for upload in rows.values():
            try:
                self._sweep_one(upload, now)
            except SuixingError as error:
                _log.warning("sweep", upload=upload.id, code=error.code)

    def _sweep_one(self, upload: Upload, now: datetime) -> None:
        if upload.expires_at < now:
            self.terminate(upload.id)
        elif not upload.finished and self.staging.offset(upload.id) == upload.length:
            with self.staging.claim(upload.id) as file:
                self.finish(upload.id, file)

    def _claimed(self, session: Session, upload_id: str) -> Upload:
        """The row, looked up again: while the claim was awaited another may have finished it."""
        upload = session.get(Upload, upload_id)
        if upload is None:
            self.staging.discard(upload_id)
            raise NotFound("upload_unknown", "no such upload; begin again")
        if upload.finished:
            self.staging.discard(upload_id)
        return upload

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

    def _store(self, file: StagedFile, sha256: str) -> None:
        key = blob_key(sha256)
        with _storage_errors():
            if not (self.store.exists(key) and self.store.size(key) == file.size):
                self.store.put_file(key, file.path)

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
            # Whoever writes there finds no row when done; the sweep takes the file.
            return


def open_intake(settings: Settings, db: Database, store: ObjectStore, clock: Clock) -> Intake:
    """The intake of this house; unfinished uploads lie in the data folder."""
    return Intake(
        db=db,
        staging=Staging(settings.data / "uploads"),
        store=store,
        clock=clock,
        keep=timedelta(days=settings.upload_keep_days),
    )


def sweep_handler(intake: Intake) -> Handler:
    """The job `sweep_uploads`; it comes again while any upload is known."""

    def sweep(job: JobRun) -> None:
        intake.sweep()
        with job.write() as session:
            if session.exec(select(col(Upload.id)).limit(1)).first() is not None:
                enqueue(session, SWEEP, {}, key="all", delay=SWEEP_SECONDS)

    return sweep


@contextmanager
def _storage_errors() -> Iterator[None]:
    """A store that is full or away loses nothing: the staged bytes wait for the next try."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Full("storage_full") from error
        raise Busy("storage_unavailable", retry_after=5) from error
