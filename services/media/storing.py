"""The second receipt: a media is stored when its bytes are kept and their hash is the row's."""

from typing import Any, Protocol

from sqlalchemy import bindparam
from sqlalchemy import select as sa_select
from sqlmodel import Session, col

from services.jobs import enqueue
from services.kernel.entity import write_instant
from services.kernel.events import publish
from services.media.arrivals import MediaBlob
from services.media.blobs import find_blob
from services.media.events import AudioStored, PhotoStored
from services.media.models import Media
from services.sync import Exchange, RecordsChanged, ServerWrite, SyncScope, write_as_server

DERIVE = "derive_media"
HASH_MISMATCH = "hash_mismatch"
_EVENTS = {"audio": AudioStored, "photo": PhotoStored}


class Seen(Protocol):
    """A media as it is in this transaction: the row, or these columns of it."""

    @property
    def id(self) -> str: ...

    @property
    def trip(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def size(self) -> int | None: ...


def hold_media(session: Session, media_id: str, trip: str) -> Media | None:
    """The row of a media of this trip, the trip locked for writing until this transaction ends.

    Without the lock a push could give the row its hash while we, not seeing it, look at its bytes.
    """
    hold_scope(session, trip)
    return session.get(Media, media_id, populate_existing=True)


def hold_scope(session: Session, trip: str) -> None:
    """Lock a trip for writing; on SQLite whoever writes at all holds everything."""
    if session.get_bind().dialect.name != "sqlite":
        session.connection().execute(_HOLD, {"scope": trip})


_HOLD = (
    sa_select(col(SyncScope.id)).where(col(SyncScope.id) == bindparam("scope")).with_for_update()
)


def settle_media(session: Session, media: Media, came: MediaBlob | None = None) -> None:
    """Bring `processing` of a media in line with its row and its bytes; nothing when it is.

    `came` are bytes that were just kept, for which nobody needs to look.
    """
    is_meant = came is not None and came.sha256 == media.sha256
    blob = came if is_meant else find_blob(session, media)
    if blob is None or media.sha256 is None:
        _settle_waiting(session, media, blob)
    elif media.processing in ("expected", "received"):
        mark_stored(session, media, blob.size)


def settle_changed(session: Session, event: RecordsChanged) -> None:
    """A row's hash may come after its bytes, or change: look again. For RecordsChanged."""
    for change in event.changes:
        if change.entity == "media" and "sha256" in change.fields:
            media = session.get(Media, change.record, populate_existing=True)
            if media is not None:
                settle_media(session, media)


def mark_mismatch(session: Session, media: Media) -> None:
    """Say on the row that what came was something else; the sender keeps its copy."""
    if media.processing in ("expected", "received"):
        write_media(session, media, {"processing": "expected", "problem": HASH_MISMATCH})


def enqueue_derive(session: Session, media: Seen) -> None:
    """Have thumbnails or a playable sound made, in a worker."""
    payload = {"trip": media.trip, "media": media.id}
    enqueue(session, DERIVE, payload, key=media.id, lane="light", trip=media.trip)


def write_media(session: Session, media: Seen, fields: dict[str, Any]) -> None:
    """Write as the server, and only what differs, so that no device pulls for nothing."""
    changed = {name: value for name, value in fields.items() if getattr(media, name) != value}
    if changed:
        write_as_server(session, media.trip, [ServerWrite("media", media.id, changed)])
        if isinstance(media, Media):
            # Read again only by whoever asks.
            session.expire(media, list(changed))


def _settle_waiting(session: Session, media: Media, blob: MediaBlob | None) -> None:
    """No bytes of the row's hash: they are received while no hash is known, else expected."""
    if blob is not None:
        write_media(session, media, {"processing": "received", "problem": None})
    elif media.processing != "expected":
        # Other bytes did come; the hash that was given since then is not theirs.
        fields = {"processing": "expected", "problem": HASH_MISMATCH, "stored_at": None}
        write_media(session, media, fields)


def mark_stored(session: Session, media: Seen, size: int) -> None:
    """The row's bytes are here: say so, tell whoever waits, have derivatives made."""
    fields: dict[str, Any] = {"processing": "stored", "problem": None}
    fields["stored_at"] = write_instant(Exchange.of(session).clock.now())
    if media.size is None:
        fields["size"] = size
    write_media(session, media, fields)
    event = _EVENTS.get(media.kind)
    if event is not None:
        publish(session, event(trip=media.trip, media=media.id))
    enqueue_derive(session, media)
