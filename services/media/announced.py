"""Rows of a file that comes whole with its announcement: asked for once before it, once after.

Each question is one statement, by columns: of what a small file costs, these are the most.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as sa_select
from sqlmodel import Session, col

from services.jobs import open_job
from services.kernel.actor import Actor
from services.kernel.errors import Conflict
from services.media.arrivals import Upload
from services.media.blobs import keep_blob_values
from services.media.models import Media
from services.media.quotas import UserQuota
from services.media.rights import check_writable
from services.media.storing import hold_scope, mark_stored, settle_media
from services.media.tus import Creation
from services.media.uploads import (
    SWEEP,
    Terms,
    begin_upload,
    ensure_sweep,
    next_upload,
    require_room,
)


@dataclass(frozen=True)
class Admitted:
    """What bytes must be that come with their announcement; whether their sender has a limit."""

    trip: str
    sha256: str
    is_limited: bool


def admit_whole(
    session: Session, actor: Actor, creation: Creation, terms: Terms
) -> Admitted | None:
    """Whether the bytes may be taken in the request that announces them; errors as `open_upload`.

    None when that needs `open_upload`: bytes of the media came, or its row has no hash yet.
    """
    asked = {"media": creation.media, "user": actor.user}
    media = session.connection().execute(_ANNOUNCED, asked).one_or_none()
    if media is None or creation.trip not in (None, media.trip):
        raise Conflict("media_unknown", "sync the media row first, then try again")
    check_writable(session, actor, media)
    is_known = media.sha256 is not None and creation.sha256 in (None, media.sha256)
    if not is_known or media.processing != "expected":
        return None
    is_limited = (terms.quota if media.limit is None else media.limit) > 0
    if is_limited:
        require_room(session, actor, creation, terms)
    return Admitted(media.trip, media.sha256, is_limited)


@dataclass(frozen=True)
class Kept:
    """The finished upload of such a file, and one whose staged bytes are of no more use."""

    id: str
    length: int
    expires_at: datetime
    replaced: str | None = None


def receive_whole(
    session: Session, actor: Actor, creation: Creation, terms: Terms, admitted: Admitted
) -> Kept:
    """The receipt of bytes that are in the store: a finished upload, their row, the media's state.

    Full `quota_exceeded` when they do not fit any longer; an upload that was begun is finished.
    """
    # First of all, so that locks are taken in the order in which a push takes them.
    hold_scope(session, admitted.trip)
    seen = session.connection().execute(_ARRIVING, {"media": creation.media}).one_or_none()
    if seen is None:
        raise Conflict("media_unknown", "sync the media row first, then try again")
    blob = {
        "media": seen.id,
        "sha256": admitted.sha256,
        "trip": seen.trip,
        "user": actor.user,
        "size": creation.length,
        "received_at": terms.now,
    }
    is_plain = seen.open is None and not admitted.is_limited
    if is_plain and (seen.processing, seen.sha256) == ("expected", admitted.sha256):
        begun = begin_upload(session, actor, seen, creation, terms)
        if seen.sweep is None:
            ensure_sweep(session)
        keep_blob_values(session, blob)
        mark_stored(session, seen, begun["length"])
        return Kept(begun["id"], begun["length"], begun["expires_at"])
    media = session.get_one(Media, creation.media)
    opened = next_upload(session, actor, media, creation, terms)
    keep_blob_values(session, blob)
    settle_media(session, media)
    return Kept(opened.upload.id, creation.length or 0, terms.expires_at, opened.replaced)


_OWNED = (col(Media.id), col(Media.trip), col(Media.created_by), col(Media.sensitivity))
_STATE = (col(Media.sha256), col(Media.processing))
_OWN_LIMIT = sa_select(col(UserQuota.bytes)).where(col(UserQuota.user) == bindparam("user"))
_OPEN = (
    sa_select(col(Upload.id))
    .where(col(Upload.media) == bindparam("media"), col(Upload.finished).is_(False))
    .limit(1)
)
_ANNOUNCED: Any = sa_select(*_OWNED, *_STATE, _OWN_LIMIT.scalar_subquery().label("limit")).where(
    col(Media.id) == bindparam("media")
)
_ARRIVING: Any = sa_select(
    *(*_OWNED, *_STATE),
    *(col(Media.kind), col(Media.size), col(Media.problem), col(Media.stored_at)),
    _OPEN.scalar_subquery().label("open"),
    open_job(SWEEP, "all").scalar_subquery().label("sweep"),
).where(col(Media.id) == bindparam("media"))
