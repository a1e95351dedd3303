"""The records claims are read from, whichever room they live in, and whether they may be read.

Rooms above this floor are met by name only: their tables come from the registry of sync.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Select, Table, bindparam, select
from sqlmodel import Session, col

from services.kernel import hlc
from services.language import build_glossary
from services.sync import Exchange, SyncHead
from services.trips import Trip

# Entity and the field whose text is read.
FIELDS = {"note": "text", "segment": "text", "document": "body", "unit": "dossier"}
# A change of one of these makes the record be read again.
WATCHED = {
    "note": frozenset({"text", "speaker", "said_at", "sensitivity", "stop", "forum"}),
    "segment": frozenset({"text", "speaker", "reliable", "confidence", "sensitivity"}),
    "document": frozenset({"body", "sensitivity"}),
    "unit": frozenset({"dossier", "name", "sensitivity"}),
}
# All that is asked of a row of any of them, of a recording and of a person.
_ASKED = frozenset(FIELDS.values()) | {
    *("id", "created_at", "sensitivity", "speaker", "said_at", "title", "name"),
    *("media", "start_ms", "reliable", "confidence", "captured_at"),
}
LONG = frozenset({"document", "unit"})
_AT_ONCE = 400
_STRICTNESS = ("normal", "restricted", "off_record")

Key = tuple[str, str]  # entity and record
Row = Mapping[str, Any]


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
    # Mean probability of the machine's words, 0 to 1; None where a person wrote or heard them.
    heard: float | None = None
    trip: str = ""

    @property
    def id(self) -> Key:
        return self.entity, self.record

    @property
    def key(self) -> str:
        """One text for entity and record."""
        return f"{self.entity}/{self.record}"

    @property
    def is_long(self) -> bool:
        """True for papers: each of their sentences is a statement of its own."""
        return self.entity in LONG

    @property
    def is_open(self) -> bool:
        """True when claims may be read from it."""
        return self.usable and self.sensitivity == "normal"


def strictest(levels: Iterable[str]) -> str:
    """The strictest of some sensitivities."""
    return max(levels, key=_STRICTNESS.index)


def load_sources(session: Session, trip: str, keys: Iterable[Key]) -> dict[Key, Source]:
    """The sources as they stand now; those deleted or of another trip are left out.

    A handful of statements, whatever the number of keys.
    """
    records: dict[str, list[str]] = {}
    for entity, record in sorted(set(keys)):
        records.setdefault(entity, []).append(record)
    found: dict[Key, Source] = {}
    for entity, names in records.items():
        for part in _parts(names):
            found.update(_load(session, trip, entity, part))
    return found


def find_hidden(session: Session, trip: str, keys: Sequence[Key]) -> dict[Key, str]:
    """Those of the records that nothing may be read from, with the sensitivity to hide flags by.

    Deleted and foreign records are among them; a segment is as private as its recording.
    """
    spoken = [key for key in keys if key[0] == "segment"]
    standing = {
        key: source.sensitivity for key, source in load_sources(session, trip, spoken).items()
    }
    plain = sorted({key for key in keys if key[0] != "segment"})
    for entity in {key[0] for key in plain}:
        for part in _parts([record for owner, record in plain if owner == entity]):
            for head in _heads(session, trip, entity, part).values():
                standing[entity, head["record"]] = head["sensitivity"]
    return {key: standing.get(key, "normal") for key in keys if standing.get(key) != "normal"}


def load_glossary(session: Session, trip: str) -> dict[str, str]:
    """Names in several languages from the vocabulary, written as "青石坳=Qingshi Pass"."""
    query = select(col(Trip.vocabulary)).where(col(Trip.id) == trip)
    entries = session.execute(query).scalar() or []
    return build_glossary(entry.split("=") for entry in entries if "=" in entry)


def _load(session: Session, trip: str, entity: str, records: list[str]) -> dict[Key, Source]:
    heads = _heads(session, trip, entity, records)
    rows = _rows(session, entity, list(heads))
    media = _rows(session, "media", [row["media"] for row in rows.values() if "media" in row])
    people = _rows(session, "person", [row.get("speaker") for row in rows.values()])
    sources = (
        _source((entity, row), heads[record], (media.get(row.get("media", "")), people))
        for record, row in rows.items()
    )
    return {source.id: source for source in sources}


def _source(
    what: tuple[str, Row],
    head: Row,
    about: tuple[Row | None, Mapping[str, Row]],
) -> Source:
    (entity, row), (media, people) = what, about
    if entity != "segment":
        media = None
    said_at = _said_at(entity, row, media)
    field, speaker = FIELDS[entity], row.get("speaker")
    return Source(
        entity=entity,
        record=row["id"],
        field=field,
        text=row[field] or "",
        sensitivity=strictest([row["sensitivity"], *([media["sensitivity"]] if media else [])]),
        usable=entity != "segment" or row["reliable"] or _is_by_person(head),
        speaker=speaker,
        speaker_name=_name(entity, row, people.get(speaker or "")),
        said_at=said_at,
        said_on=said_at.astimezone(_zone(head["timezone"])).date(),
        media=row.get("media"),
        at_ms=row.get("start_ms"),
        heard=None if entity != "segment" or _is_by_person(head) else row["confidence"],
        trip=head["trip"],
    )


def _heads(session: Session, trip: str, entity: str, records: list[str]) -> dict[str, Row]:
    """The heads of those records that are of this trip and not deleted, with the trip's zone."""
    asked = {"trip": trip, "records": records}
    rows = session.execute(_select_heads(entity), asked).mappings()
    return {row["record"]: {**row, "trip": trip} for row in rows}


@cache
def _select_heads(entity: str) -> Select[Any]:
    # To build these statements anew costs as much as to run them, and every reading asks often.
    columns: list[Any] = [col(SyncHead.record), col(SyncHead.sensitivity), col(Trip.timezone)]
    # Who wrote the text is asked of segments only; all these stamps take long to read.
    stamps = [col(SyncHead.stamps)] if entity == "segment" else []
    heads = select(*columns, *stamps).outerjoin(Trip, col(Trip.id) == col(SyncHead.scope))
    return heads.where(
        col(SyncHead.entity) == entity,
        col(SyncHead.record).in_(bindparam("records", expanding=True)),
        col(SyncHead.scope) == bindparam("trip"),
        col(SyncHead.deleted).is_(False),
    )


def _rows(session: Session, entity: str, records: list[Any]) -> dict[str, Row]:
    kind = Exchange.of(session).registry.get(entity)
    found: dict[str, Row] = {}
    for part in _parts(sorted({record for record in records if record})):
        if kind is not None:
            rows = session.execute(_select_rows(kind.table), {"ids": part}).mappings()
            found.update({row["id"]: dict(row) for row in rows})
    return found


@cache
def _select_rows(table: Table) -> Select[Any]:
    columns = [column for column in table.c if column.name in _ASKED]
    return select(*columns).where(table.c.id.in_(bindparam("ids", expanding=True)))


def _is_by_person(head: Row) -> bool:
    """Machine text that Whisper doubted makes no claim; text that a person wrote does."""
    stamp = head["stamps"].get("text")
    return stamp is not None and stamp[2] != hlc.SERVER_DEVICE


def _said_at(entity: str, row: Row, media: Row | None) -> datetime:
    made = row["created_at"] or datetime(2000, 1, 1, tzinfo=UTC)
    if entity == "note":
        return row["said_at"] or made
    if media is not None:
        begun = media["captured_at"] or media["created_at"] or made
        return begun + timedelta(milliseconds=row["start_ms"])
    return made


def _name(entity: str, row: Row, person: Row | None) -> str:
    """Who speaks, for the sentence that says why; empty when nobody is named."""
    if entity == "unit":
        return str(row["name"])
    if entity == "document":
        return str(row["title"])
    return str(person["name"]) if person else ""


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _parts(records: list[str]) -> list[list[str]]:
    return [records[at : at + _AT_ONCE] for at in range(0, len(records), _AT_ONCE)]
