"""Tables of transcripts and their segments: made by the server, corrected by people."""

from typing import Literal

from services.kernel.entity import (
    Clean,
    Entity,
    Fields,
    RefId,
    choice_field,
    name_field,
    ref_field,
    text_field,
    whole_field,
)

TranscriptState = Literal[
    "waiting_for_model",
    "queued",
    "decoding",
    "transcribing",
    "done",
    "partial",
    "unreadable",
    "failed",
]


class TranscriptFields(Fields):
    """One run of the speech engine over one recording; a re-run is a new revision."""

    media: RefId = ref_field(default=..., index=True)
    revision: int = whole_field(default=1)
    state: TranscriptState = choice_field(default="queued")
    cursor_ms: int = whole_field(default=0)
    duration_ms: int | None = whole_field()
    engine: Clean = name_field()
    model: Clean = name_field()
    language: Clean = name_field()
    problem: Clean | None = name_field(default=None)


class Transcript(TranscriptFields, Entity, table=True):
    __tablename__ = "transcript"


class SegmentFields(Fields):
    """One stretch of speech. `text` follows `machine_text` until a person writes it."""

    media: RefId = ref_field(default=..., index=True)
    transcript: RefId | None = ref_field(index=True)
    revision: int = whole_field(default=1)
    start_ms: int = whole_field(default=...)
    end_ms: int = whole_field(default=...)
    speaker: RefId | None = ref_field()
    text: Clean = text_field()
    machine_text: Clean = text_field()
    language: Clean = name_field()
    confidence: float | None = None
    reliable: bool = True


class Segment(SegmentFields, Entity, table=True):
    __tablename__ = "segment"
