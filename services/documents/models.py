"""The table of documents: speech drafts, minutes, reports, dispatch letters."""

from typing import Literal

from services.kernel.entity import (
    Clean,
    Entity,
    Fields,
    RefId,
    choice_field,
    long_text_field,
    name_field,
    ref_field,
)

DocumentKind = Literal["speech", "minutes", "report", "dispatch"]
DocumentState = Literal["draft", "review", "approved"]


class DocumentFields(Fields):
    """One text with its state of review."""

    kind: DocumentKind | None = choice_field(default=None)
    title: Clean = name_field()
    body: Clean = long_text_field()
    state: DocumentState = choice_field(default="draft")
    stop: RefId | None = ref_field()


class Document(DocumentFields, Entity, table=True):
    __tablename__ = "document"
