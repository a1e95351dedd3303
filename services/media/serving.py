"""What readers get: the original bytes, or what was derived from them, under the row's rights."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from sqlmodel import Session

from services.decoding import PEAKS, PLAYABLE, THUMBNAIL_SIZES, thumbnail_name
from services.kernel.actor import Actor
from services.kernel.errors import Conflict, NotFound
from services.media.arrivals import MediaBlob
from services.media.blobs import blob_key, derived_key, find_blob
from services.media.models import Media
from services.media.rights import check_writable, find_readable
from services.media.storing import enqueue_derive, write_media
from services.storage import MissingObject, ObjectStore

_MIME = re.compile(r"[a-z0-9]+/[a-z0-9][a-z0-9.+-]*")
_OPAQUE = "application/octet-stream"
# Shown in place; everything else is handed over as a file.
_INLINE = re.compile(r"(image/(?!svg)|audio/|video/|application/pdf$|text/plain$)")
_BROWSER_VIDEO = frozenset({"video/mp4", "video/webm"})


@dataclass(frozen=True)
class Served:
    """One object to send; `etag` changes exactly when the bytes do."""

    key: str
    mime: str
    etag: str
    disposition: str


def serve_content(session: Session, actor: Actor, media_id: str) -> Served:
    """The original; NotFound `not_stored` while its bytes are not here."""
    media, blob = _find(session, actor, media_id)
    mime = _honest_mime(media)
    kind = "inline" if _INLINE.match(mime) else "attachment"
    return Served(blob_key(blob.sha256), mime, f'"{blob.sha256}"', f"{kind}; {_filename(media)}")


def serve_playable(session: Session, actor: Actor, media_id: str) -> Served:
    """Sound that every browser plays; of a video in a form that browsers know, the original."""
    media, blob = _find(session, actor, media_id)
    if media.kind == "video" and _honest_mime(media) in _BROWSER_VIDEO:
        return serve_content(session, actor, media_id)
    return _derived(blob, PLAYABLE, "audio/mp4")


def serve_thumbnail(session: Session, actor: Actor, media_id: str, size: int) -> Served:
    """The smallest thumbnail that is at least `size` pixels long, or the largest there is."""
    _, blob = _find(session, actor, media_id)
    fitting = min((known for known in THUMBNAIL_SIZES if known >= size), default=None)
    name = thumbnail_name(fitting or max(THUMBNAIL_SIZES))
    return _derived(blob, name, "image/webp")


def serve_peaks(session: Session, actor: Actor, media_id: str) -> Served:
    _, blob = _find(session, actor, media_id)
    return _derived(blob, PEAKS, "application/json")


def size_of(store: ObjectStore, served: Served) -> int:
    """Bytes of the object; NotFound `not_ready` when it was not derived (yet)."""
    try:
        return store.size(served.key)
    except MissingObject:
        raise NotFound("not_ready", "not there yet, or cannot be made of these bytes") from None


def retry_media(session: Session, actor: Actor, media_id: str) -> Media:
    """Have the derivatives made again; Conflict `not_stored` when there are no bytes."""
    media = find_readable(session, actor, media_id)
    check_writable(session, actor, media)
    if find_blob(session, media) is None or media.processing in ("expected", "received"):
        raise Conflict("not_stored", "the bytes have not come yet")
    write_media(session, media, {"processing": "stored", "problem": None})
    enqueue_derive(session, media)
    session.refresh(media)
    return media


def _find(session: Session, actor: Actor, media_id: str) -> tuple[Media, MediaBlob]:
    media = find_readable(session, actor, media_id)
    blob = find_blob(session, media)
    if blob is None:
        raise NotFound("not_stored", "the bytes have not come yet")
    return media, blob


def _derived(blob: MediaBlob, name: str, mime: str) -> Served:
    key = derived_key(blob.sha256, name)
    return Served(key, mime, f'"{blob.sha256[:32]}-{name}"', "inline")


def _honest_mime(media: Media) -> str:
    """The type the device stated, unless it is malformed or was found to be another."""
    stated = media.mime.partition(";")[0].strip().lower()
    is_sound = _MIME.fullmatch(stated) and media.problem != "mime_mismatch"
    return stated if is_sound else _OPAQUE


def _filename(media: Media) -> str:
    name = media.name or media.id
    return f"filename*=UTF-8''{quote(name, safe='')}"
