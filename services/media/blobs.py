"""Where the bytes of a media lie in the object store: names only, and the row that proves them."""

import re
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from services.media.arrivals import MediaBlob
from services.media.models import Media

# Part of every derivative's name: raise it when they are to be made anew.
_RECIPE = "v1"
_KEY = re.compile(r"(?:sha256|derived)/([0-9a-f]{2})/([0-9a-f]{62})(?:/[\w.-]+)?")
ORIGINALS = "sha256/"
DERIVED = "derived/"


def blob_key(sha256: str) -> str:
    """The original; equal bytes of several media are kept once."""
    return f"{ORIGINALS}{sha256[:2]}/{sha256[2:]}"


def derived_key(sha256: str, name: str) -> str:
    return f"{DERIVED}{sha256[:2]}/{sha256[2:]}/{_RECIPE}-{name}"


def hash_in_key(key: str) -> str | None:
    """The SHA-256 of the original that a key of either kind is about; None for any other key."""
    found = _KEY.fullmatch(key)
    return found[1] + found[2] if found else None


def keep_blob(session: Session, blob: MediaBlob) -> None:
    """Write down that these bytes are in the store; the last to send them is who did."""
    keep_blob_values(session, blob.model_dump())


def keep_blob_values(session: Session, values: dict[str, Any]) -> None:
    """As `keep_blob`, by the columns: to make the row an object costs more than to write it."""
    session.connection().execute(_keep(session.get_bind().dialect.name), values)


@cache
def _keep(dialect: str) -> Any:
    table = MediaBlob.__table__  # type: ignore[attr-defined] # set by SQLModel's metaclass
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    new = {name: insert.excluded[name] for name in ("trip", "user", "size", "received_at")}
    return insert.on_conflict_do_update(index_elements=["media", "sha256"], set_=new)


def find_blob(session: Session, media: Media) -> MediaBlob | None:
    """The bytes the row means: those of its hash, or while it has none the last that came."""
    if media.sha256 is not None:
        return session.get(MediaBlob, (media.id, media.sha256))
    query = (
        select(MediaBlob)
        .where(MediaBlob.media == media.id)
        .order_by(col(MediaBlob.received_at).desc())
    )
    return session.exec(query).first()
