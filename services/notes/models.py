"""The table of notes: one captured statement or sight each."""

from typing import Literal

from services.kernel.entity import (
    Clean,
    Entity,
    Fields,
    Instant,
    RefId,
    choice_field,
    instant_field,
    long_text_field,
    ref_field,
)

NoteKind = Literal["observation", "minute", "interview", "instruction", "quote"]
Certainty = Literal["sure", "doubtful", "hearsay"]


class NoteFields(Fields):
    """`speaker` is a person id; `certainty` absent means that nobody stated it."""

    kind: NoteKind = choice_field()
    text: Clean = long_text_field()
    stop: RefId | None = ref_field(index=True)
    forum: RefId | None = ref_field()
    speaker: RefId | None = ref_field()
    said_at: Instant | None = instant_field(index=True)
    lat: float | None = None
    lon: float | None = None
    certainty: Certainty | None = choice_field(default=None)


class Note(NoteFields, Entity, table=True):
    __tablename__ = "note"
