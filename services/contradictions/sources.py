"""The records claims are read from, whichever room they live in, and whether they may be read.

Rooms above this floor are met by name only: their tables come from the registry of sync.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select, tuple_
from sqlmodel import Session, col

from services.kernel import hlc
from services.language import build_glossary
from services.sync import Exchange, SyncHead
from services.trips import Trip

# Entity and the field whose text is read.
FIELDS = {"note": "text", "segment": "text", "document": "body", "unit": "dossier"}
# A change of one of these makes the record be read again.
WATCHED = {
    "note": frozenset({"text", "speaker", "said_at", "sensitivity"}),
    "segment": frozenset({"text", "speaker", "reliable", "sensitivity"}),
    "document": frozenset({"body", "sensitivity"}),
    "unit": frozenset({"dossier", "name", "sensitivity"}),
}
_LONG = frozenset({"document", "unit"})
_AT_ONCE = 400
_STRICTNESS = ("normal", "restricted", "off_record")


@dataclass(frozen=True)
class Source:
    """One record with the text that claims are read from and what a flag says of it."""

    entity: str
    record: str
    field: str
    text: str
    sensitivity: str
    usable: bool
    speaker: str | None
    speaker_name: str
    said_at: datetime
    said_on: date
    media: str | None = None
    at_ms: int | None = None

    @property
    def key(self) -> str:
        """One text for entity and record."""
        return f"{self.entity}/{self.record}"

    @property
    def is_long(self) -> bool:
        """True for papers: each of their sentences is a statement of its own."""
        return self.entity in _LONG


def strictest(levels: Iterable[str]) -> str:
    """The strictest of some sensitivities."""
    return max(levels, key=_STRICTNESS.index)


def load_source(session: Session, trip: str, entity: str, record: str) -> Source | None:
    """The source as it stands now; None when there is no such record or it is deleted."""
    head = session.get(SyncHead, (entity, record))
    row = _row(session, entity, record)
    if head is None or row is None or head.deleted or head.scope != trip:
        return None
    media = _row(session, "media", row["media"]) if entity == "segment" else None
    said_at = _said_at(entity, row, media)
    speaker = row.get("speaker")
    field = FIELDS[entity]
    return Source(
        entity=entity,
        record=record,
        field=field,
        text=row[field] or "",
        sensitivity=strictest([row["sensitivity"], *([media["sensitivity"]] if media else [])]),
        usable=_is_reliable(entity, row, head),
        speaker=speaker,
        speaker_name=_name(session, entity, row),
        said_at=said_at,
        said_on=said_at.astimezone(_zone(session, trip)).date(),
        media=row.get("media"),
        at_ms=row.get("start_ms"),
    )


def find_hidden(
    session: Session, trip: str, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Those of the records that nothing may be read from, with the sensitivity to hide flags by.

    Deleted and foreign records are among them; a segment is as private as its recording.
    """
    plain = sorted({key for key in keys if key[0] != "segment"})
    standing: dict[tuple[str, str], str] = {}
    for start in range(0, len(plain), _AT_ONCE):
        part = plain[start : start + _AT_ONCE]
        query = select(col(SyncHead.entity), col(SyncHead.record), col(SyncHead.sensitivity)).where(
            tuple_(col(SyncHead.entity), col(SyncHead.record)).in_(part),
            col(SyncHead.scope) == trip,
            col(SyncHead.deleted).is_(False),
        )
        standing.update({(row[0], row[1]): row[2] for row in session.execute(query)})
    for key in keys:
        source = load_source(session, trip, *key) if key[0] == "segment" else None
        if source is not None:
            standing[key] = source.sensitivity
    normal = {key for key, sensitivity in standing.items() if sensitivity == "normal"}
    return {key: standing.get(key, "normal") for key in keys if key not in normal}


def load_glossary(session: Session, trip: str) -> dict[str, str]:
    """Names in several languages from the vocabulary, written as "青石坳=Qingshi Pass"."""
    found = session.get(Trip, trip)
    entries = found.vocabulary if found else []
    return build_glossary(entry.split("=") for entry in entries if "=" in entry)


def _row(session: Session, entity: str, record: str | None) -> Mapping[str, Any] | None:
    kind = Exchange.of(session).registry.get(entity)
    if kind is None or record is None:
        return None
    query = select(kind.table).where(kind.table.c.id == record)
    found = session.execute(query).mappings().first()
    return None if found is None else dict(found)


def _is_reliable(entity: str, row: Mapping[str, Any], head: SyncHead) -> bool:
    """Machine text that Whisper doubted makes no claim; text that a person wrote does."""
    if entity != "segment" or row["reliable"]:
        return True
    stamp = head.stamps.get("text")
    return stamp is not None and stamp[2] != hlc.SERVER_DEVICE


def _said_at(entity: str, row: Mapping[str, Any], media: Mapping[str, Any] | None) -> datetime:
    made = row["created_at"] or datetime(2000, 1, 1, tzinfo=UTC)
    if entity == "note":
        return row["said_at"] or made
    if media is not None:
        begun = media["captured_at"] or media["created_at"] or made
        return begun + timedelta(milliseconds=row["start_ms"])
    return made


def _name(session: Session, entity: str, row: Mapping[str, Any]) -> str:
    """Who speaks, for the sentence that says why; empty when nobody is named."""
    if entity == "unit":
        return str(row["name"])
    if entity == "document":
        return str(row["title"])
    person = _row(session, "person", row.get("speaker"))
    return str(person["name"]) if person else ""


def _zone(session: Session, trip: str) -> ZoneInfo:
    found = session.get(Trip, trip)
    try:
        return ZoneInfo(found.timezone if found else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
