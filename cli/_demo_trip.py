"""Reads the demo's records: names become ids, days become dates, pictures become bytes."""

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.kernel.entity import write_instant
from services.kernel.ids import new_id

FOLDER = Path(__file__).parent / "demo_data"
ZONE = ZoneInfo("Asia/Shanghai")
_MOMENT = re.compile(r"~(\d+)(?: (\d\d):(\d\d))?")


@dataclass(frozen=True)
class DemoRecord:
    """One record to be pushed, and the bytes that belong to it."""

    entity: str
    record: str
    fields: dict[str, Any]
    content: bytes | None = None


@dataclass
class DemoTrip:
    """The records in order; the first is the trip itself."""

    first_day: date
    records: list[DemoRecord] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.records[0].record


def read_demo(now: datetime) -> DemoTrip:
    """A trip with new ids that began the day before `now`."""
    rows = tomllib.loads((FOLDER / "trip.toml").read_text(encoding="utf-8"))["record"]
    trip = DemoTrip(now.astimezone(ZONE).date() - timedelta(days=1))
    ids = {row["key"]: new_id() for row in rows if "key" in row}
    for row in rows:
        fields = _resolved(row["fields"], ids, trip.first_day)
        content = _content(row, fields, trip.first_day)
        if content is not None:
            fields["sha256"] = hashlib.sha256(content).hexdigest()
            fields["size"] = len(content)
        record = ids.get(row.get("key", "")) or new_id()
        trip.records.append(DemoRecord(row["entity"], record, fields, content))
    return trip


def _resolved(value: Any, ids: dict[str, str], first_day: date) -> Any:
    if isinstance(value, dict):
        return {name: _resolved(each, ids, first_day) for name, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, ids, first_day) for each in value]
    if isinstance(value, str) and value.startswith("@"):
        return ids[value[1:]]
    if isinstance(value, str) and (found := _MOMENT.fullmatch(value)):
        moment = _moment(found, first_day)
        return write_instant(moment) if found[2] else moment.date().isoformat()
    return value.strip() if isinstance(value, str) else value


def _moment(found: re.Match[str], first_day: date) -> datetime:
    day = first_day + timedelta(days=int(found[1]) - 1)
    return datetime(
        day.year, day.month, day.day, int(found[2] or 0), int(found[3] or 0), tzinfo=ZONE
    )


def _content(row: dict[str, Any], fields: dict[str, Any], first_day: date) -> bytes | None:
    if "file" in row:
        return (FOLDER / str(row["file"])).read_bytes()
    if "picture" not in row:
        return None
    found = _MOMENT.fullmatch(row["fields"]["captured_at"])
    assert found is not None  # our own data
    fields["mime"] = "image/jpeg"
    # Imported here: the server mounts this command too, and is 4 MB smaller without Pillow.
    from cli._demo_pictures import draw_picture

    return draw_picture(row["picture"], _moment(found, first_day), (27.6521, 118.0312))
