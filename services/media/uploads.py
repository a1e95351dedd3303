"""Rows of uploads: which one a media's bytes go to, and who may write it. No bytes here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from services.jobs import enqueue, has_open
from services.kernel.actor import Actor
from services.kernel.errors import Conflict, Gone, NotFound
from services.kernel.ids import new_id
from services.media.arrivals import Upload
from services.media.blobs import find_blob
from services.media.models import Media
from services.media.quotas import find_limit, hold_user, read_usage
from services.media.rights import Owned, check_writable, find_writable
from services.media.tus import Creation

SWEEP = "sweep_uploads"
SWEEP_SECONDS = 3600.0
Rows = tuple[Upload, Media | None]


@dataclass(frozen=True)
class Terms:
    """On what terms an upload is opened: now, until when, the usual quota (0 = none).

    `growing` tells how many bytes have come of each of the user's uploads of unknown length; None
    while nobody looked, for that may take a while and is of use only where there is a limit.
    `arrived` is the hash of bytes that came with the announcement and are kept already: the upload
    is then finished from its beginning.
    """

    now: datetime
    expires_at: datetime
    quota: int = 0
    growing: Mapping[str, int] | None = None
    arrived: str | None = None


class GrowingUnknown(Exception):
    """There is a limit: look how much has come of growing uploads, then ask again."""


@dataclass(frozen=True)
class Opened:
    """The upload to go on with, and one that it replaces, whose bytes are of no more use."""

    upload: Upload
    replaced: str | None = None


def open_upload(session: Session, actor: Actor, creation: Creation, terms: Terms) -> Opened:
    """The media's open upload, or a finished one when its bytes are stored, else a new one.

    Raises Conflict `media_unknown` while the row is not synced, `hash_conflict` when the announced
    hash is not the row's, Full `quota_exceeded` when a new one would outgrow the user's limit.
    """
    # Held, for two phones may ask in the same moment: the media has one open upload all the same.
    media = find_writable(session, actor, creation.media, creation.trip)
    if creation.sha256 and media.sha256 and creation.sha256 != media.sha256:
        raise Conflict("hash_conflict", "the announced hash is not the row's")
    # What waits for its bytes has none of its hash: the row is settled wherever either changes.
    blob = None if media.processing == "expected" else find_blob(session, media)
    if blob is not None and media.sha256 is not None:
        seen = (blob.size, terms.expires_at)
        return Opened(_finished_upload(session, actor, media, seen))
    return next_upload(session, actor, media, creation, terms)


def next_upload(
    session: Session, actor: Actor, media: Media, creation: Creation, terms: Terms
) -> Opened:
    """The media's open upload when it fits what is announced, else a new one, if there is room."""
    present = _open_upload(session, media.id)
    if present is not None and _fits(present, creation, terms.now):
        if present.length is None and creation.length is not None:
            require_room(session, actor, creation, terms, present.id)
            present.length = creation.length
        present.sha256 = present.sha256 or creation.sha256
        if terms.arrived is not None:
            present.finished, present.sha256 = True, terms.arrived
            present.expires_at = terms.expires_at
            # What was staged of it is of no more use.
            return Opened(present, replaced=present.id)
        return Opened(present)
    if present is not None:
        session.delete(present)
    require_room(session, actor, creation, terms)
    upload = Upload(**begin_upload(session, actor, media, creation, terms))
    if not has_open(session, SWEEP, "all"):
        ensure_sweep(session)
    return Opened(upload, replaced=present.id if present else None)


def begin_upload(
    session: Session, actor: Actor, media: Owned, creation: Creation, terms: Terms
) -> dict[str, Any]:
    """A new upload's columns, for a media that has none open; that there is room was found."""
    values = _new_upload(actor, media, terms.now, terms.expires_at)
    values |= {"length": creation.length, "sha256": terms.arrived or creation.sha256}
    values["finished"] = terms.arrived is not None
    session.connection().execute(_INSERT, values)
    return values


def ensure_sweep(session: Session) -> None:
    """Have uploads that nobody comes back for looked at, some time later."""
    enqueue(session, SWEEP, {}, key="all", delay=SWEEP_SECONDS)


def load_upload(session: Session, upload_id: str) -> Rows | None:
    """The row with that of its media, whoever asks."""
    found = session.execute(_WITH_MEDIA, {"upload": upload_id}).one_or_none()
    return None if found is None else (found[0], found[1])


# Made once: a statement costs more to put together than to run.
_WITH_MEDIA = (
    sa_select(Upload, Media)
    .join_from(Upload, Media, col(Media.id) == col(Upload.media), isouter=True)
    .where(col(Upload.id) == bindparam("upload"))
)


def close_upload(session: Session, upload_id: str, sha256: str, expires_at: datetime) -> None:
    """Mark an upload finished whose bytes are kept; it answers late askers until it expires."""
    values = {"of": upload_id, "hash": sha256, "until": expires_at}
    session.connection().execute(_CLOSE, values)


_UPLOADS = Upload.__table__  # type: ignore[attr-defined] # set by SQLModel's metaclass
_INSERT = insert(_UPLOADS)
_CLOSE = (
    update(_UPLOADS)
    .where(_UPLOADS.c.id == bindparam("of"))
    .values(finished=True, sha256=bindparam("hash"), expires_at=bindparam("until"))
)


def find_upload(session: Session, actor: Actor, upload_id: str, now: datetime) -> Upload:
    """The upload, when the actor may write its media; NotFound, Forbidden or Gone otherwise."""
    found = load_upload(session, upload_id)
    if found is None:
        raise NotFound("upload_unknown", "no such upload; begin again")
    check_upload(session, actor, found, now)
    return found[0]


def check_upload(session: Session, actor: Actor, found: Rows, now: datetime) -> None:
    """Raise as `find_upload` unless the actor may write these rows' bytes."""
    upload, media = found
    if media is None:
        raise NotFound("upload_unknown", "no such upload; begin again")
    check_writable(session, actor, media)
    if upload.expires_at < now and not upload.finished:
        raise Gone("upload_expired", "begin again")


def require_room(
    session: Session, actor: Actor, creation: Creation, terms: Terms, present: str = ""
) -> None:
    """Room for all that is announced; what has come of it already (`present`) is a part of that."""
    if not find_limit(session, actor.user, terms.quota):
        return
    if terms.growing is None:
        raise GrowingUnknown
    hold_user(session, actor.user)
    usage = read_usage(session, actor.user, terms.quota, terms.now)
    # Of a growing recording at least one byte will come.
    more = 1 if creation.length is None else creation.length
    others = sum(size for upload, size in terms.growing.items() if upload != present)
    replace(usage, growing=others).require(more)


def _open_upload(session: Session, media: str) -> Upload | None:
    return session.execute(_OPEN_OF, {"media": media}).scalars().first()


_OPEN_OF = sa_select(Upload).where(
    col(Upload.media) == bindparam("media"), col(Upload.finished).is_(False)
)


def _fits(upload: Upload, creation: Creation, now: datetime) -> bool:
    """Whether what is announced may be a continuation of this upload."""
    lengths = {upload.length, creation.length} - {None}
    hashes = {upload.sha256, creation.sha256} - {None}
    return upload.expires_at >= now and len(lengths) < 2 and len(hashes) < 2


def _finished_upload(
    session: Session, actor: Actor, media: Media, seen: tuple[int, datetime]
) -> Upload:
    size, expires_at = seen
    query = select(Upload).where(Upload.media == media.id, col(Upload.finished).is_(True))
    for upload in session.exec(query):
        if upload.sha256 == media.sha256:
            return upload
    now = media.stored_at or expires_at
    values = _new_upload(actor, media, now, expires_at)
    upload = Upload(**values, length=size, sha256=media.sha256, finished=True)
    session.add(upload)
    return upload


def _new_upload(actor: Actor, media: Owned, now: datetime, expires_at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "trip": media.trip,
        "media": media.id,
        "user": actor.user,
        "device": actor.device,
        "created_at": now,
        "expires_at": expires_at,
    }
