"""What a backup says of itself: read first, written last, so that without it there is no backup."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from services.kernel.errors import Invalid

MANIFEST = "manifest.json"
OBJECTS = "objects/"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Entry(_Frozen):
    """One file of a backup: its name there, its length in bytes, its SHA-256."""

    name: str
    size: int
    sha256: str


class Lost(_Frozen):
    """An object that the database names and that could not be copied."""

    key: str
    why: Literal["missing", "damaged"]


class Manifest(_Frozen):
    """`objects` is the list of all objects, itself an entry; `tables` counts rows by table."""

    format: Literal[1] = 1
    suixing: str
    revision: str
    made_at: AwareDatetime
    source: str
    database: Entry
    objects: Entry
    object_count: int
    object_bytes: int
    tables: dict[str, int]
    lost: list[Lost] = []

    @property
    def records(self) -> int:
        return self.tables.get("sync_head", 0)


def read_manifest(text: bytes) -> Manifest:
    """Invalid `backup_unreadable` when this is no manifest that this program knows."""
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise Invalid("backup_unreadable", "its manifest is not one of this program") from error


def write_list(entries: Iterable[Entry]) -> bytes:
    """One entry per line, by name."""
    ordered = sorted(entries, key=lambda entry: entry.name)
    return b"".join(entry.model_dump_json().encode() + b"\n" for entry in ordered)


def read_list(text: bytes) -> Iterator[Entry]:
    for line in text.splitlines():
        yield Entry.model_validate_json(line)


def stamp_of(instant: datetime) -> str:
    """An instant as part of a file name."""
    return instant.strftime("%Y%m%dT%H%M%SZ")
