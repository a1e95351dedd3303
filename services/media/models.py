"""Tables of recordings, photos and files, and of the moments marked in them."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from services.kernel.entity import (
    Clean,
    Entity,
    Fields,
    Instant,
    RefId,
    choice_field,
    instant_field,
    name_field,
    ref_field,
    whole_field,
)

MediaKind = Literal["audio", "photo", "video", "file"]
MarkKind = Literal["speaker", "flag", "gap"]
Processing = Literal["expected", "received", "stored", "ready", "failed"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class MediaFields(Fields):
    """Metadata from the device; bytes go by tus. `sha256` may follow the end of a recording."""

    kind: MediaKind = choice_field()
    sha256: Sha256 | None = name_field(default=None)
    size: int | None = whole_field()
    mime: Clean = name_field()
    name: Clean = name_field()
    captured_at: Instant | None = instant_field(index=True)
    duration_ms: int | None = whole_field()
    lat: float | None = None
    lon: float | None = None
    note: RefId | None = ref_field(index=True)
    stop: RefId | None = ref_field(index=True)
    forum: RefId | None = ref_field()
    recording: RefId | None = ref_field()
    at_ms: int | None = whole_field()
    processing: Processing = choice_field(default="expected")
    problem: Clean | None = name_field(default=None)
    stored_at: Instant | None = instant_field()
    width: int | None = whole_field()
    height: int | None = whole_field()


# Written by the server once bytes arrive; a device cannot claim them.
MEDIA_SERVER_FIELDS = frozenset({"processing", "problem", "stored_at", "width", "height"})


class Media(MediaFields, Entity, table=True):
    __tablename__ = "media"


class MarkFields(Fields):
    """A moment in a recording, in milliseconds from its start."""

    media: RefId = ref_field(default=..., index=True)
    at_ms: int = whole_field(default=...)
    kind: MarkKind = choice_field()
    person: RefId | None = ref_field()
    length_ms: int | None = whole_field()
    text: Clean = name_field()


class Mark(MarkFields, Entity, table=True):
    __tablename__ = "mark"
