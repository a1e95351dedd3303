"""At which stop or of which unit a record was made: whose its figures are where it names nothing.

A note of a visit is about the unit visited; in a forum everybody speaks of the own unit.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, select
from sqlmodel import Session

from services.contradictions.sources import Key
from services.sync import Exchange

Row = Mapping[str, Any]
_COLUMNS = {
    "note": ("id", "stop", "forum", "speaker"),
    "segment": ("id", "media", "speaker"),
    "media": ("id", "note", "stop", "forum"),
    "forum": ("id", "title"),
    "stop": ("id", "unit", "place"),
    "person": ("id", "unit"),
    "unit": ("id", "name"),
}
_AT_ONCE = 400


def find_places(session: Session, keys: Iterable[Key]) -> dict[Key, str]:
    """The name of the place of each record that has one. A few statements for all of them."""
    named: dict[str, list[str]] = {}
    for entity, record in keys:
        named.setdefault(entity, []).append(record)
    spoken = _rows(session, "segment", named.get("segment", ()))
    media = _rows(session, "media", _ids(spoken, "media"))
    notes = _rows(session, "note", [*named.get("note", ()), *_ids(media, "note")])
    told = {("note", record): (row, row) for record, row in notes.items()}
    for record, row in spoken.items():
        about = media.get(row["media"], {})
        told["segment", record] = (row, notes.get(about.get("note") or "", {}) | _said(about))
    found = _names(session, told)
    for record, row in _rows(session, "unit", named.get("unit", ())).items():
        found["unit", record] = row["name"] or ""
    return found


def _said(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value}


def _names(session: Session, told: Mapping[Key, tuple[Row, Row]]) -> dict[Key, str]:
    """The names of the places; of each record who speaks, and where."""
    places = {key: place for key, (_, place) in told.items()}
    stops = _rows(session, "stop", _ids(places, "stop"))
    forums = _rows(session, "forum", _ids(places, "forum"))
    # Elsewhere the stop says it: a guest of the village speaks about the village.
    speakers = [
        who["speaker"]
        for who, place in told.values()
        if not place.get("stop") or place.get("forum")
    ]
    people = _rows(session, "person", speakers)
    units = _rows(session, "unit", [*_ids(stops, "unit"), *_ids(people, "unit")])

    def name_of(who: Row, place: Row) -> str:
        own = units.get(people.get(who["speaker"] or "", {}).get("unit") or "", {}).get("name")
        forum = forums.get(place.get("forum") or "")
        stop = stops.get(place.get("stop") or "", {})
        if forum is not None:
            return str(own or forum["title"] or "")
        there = units.get(stop.get("unit") or "", {}).get("name") or stop.get("place")
        return str(there or own or "")

    return {key: name_of(who, place) for key, (who, place) in told.items()}


def _ids(rows: Mapping[Any, Row], name: str) -> list[str]:
    return [row[name] for row in rows.values() if row.get(name)]


def _rows(session: Session, entity: str, records: Sequence[Any]) -> dict[str, dict[str, Any]]:
    kind = Exchange.of(session).registry.get(entity)
    ids = sorted({record for record in records if record})
    found: dict[str, dict[str, Any]] = {}
    if kind is None:
        return found
    for at in range(0, len(ids), _AT_ONCE):
        asked = {"ids": ids[at : at + _AT_ONCE]}
        for row in session.execute(_select(kind.table, _COLUMNS[entity]), asked).mappings():
            found[row["id"]] = dict(row)
    return found


@cache
def _select(table: Table, names: tuple[str, ...]) -> Select[Any]:
    columns = [table.c[name] for name in names]
    return select(*columns).where(table.c.id.in_(bindparam("ids", expanding=True)))
