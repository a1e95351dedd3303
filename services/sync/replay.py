"""What the log alone says of a record: for the checker, which compares it with head and row."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.kernel.clock import from_milliseconds
from services.kernel.entity import write_instant
from services.kernel.hlc import RESENT, parse
from services.sync.merge import FieldStamp, brings_back, deletion_counts
from services.sync.models import SyncChange


@dataclass
class Replayed:
    """A record as its accepted changes made it; `values` are JSON, `stamps` as in its head.

    `superseded` counts changes of which nothing stands: a contest by one of them moves the record
    to a `seq` that no line of the log bears.
    """

    author: str | None = None
    created_at: str | None = None
    seq: int = 0
    deleted: bool = False
    deleted_seq: int | None = None
    deleted_base: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    stamps: dict[str, list[Any]] = field(default_factory=dict)
    superseded: int = 0


def replay(changes: Iterable[SyncChange]) -> Replayed:
    """Lay the changes of one record over each other in the order in which they were accepted."""
    record = Replayed()
    changes = list(changes)
    for change in sorted((c for c in changes if c.seq is not None), key=lambda c: c.seq or 0):
        _lay(record, change)
    record.superseded = sum(1 for change in changes if change.seq is None)
    return record


def _lay(record: Replayed, change: SyncChange) -> None:
    fresh = record.seq == 0
    if fresh:
        record.author = change.by
        record.created_at = write_instant(from_milliseconds(parse(change.hlc).ms))
    for name in change.stood:
        record.values[name] = _written(change, name)
        record.stamps[name] = _stamp(change, name)
    # A bare deletion that bears a number counted; one with fields may bear it for these alone.
    bare = not change.stood
    if change.deleted and (fresh or bare or deletion_counts(record.seq, change.base)):
        record.deleted, record.deleted_seq, record.deleted_base = True, change.seq, change.base
    elif not change.deleted and _brings_back(record, change):
        record.deleted, record.deleted_seq = False, None
    record.seq = change.seq or 0


def _stamp(change: SyncChange, name: str) -> list[Any]:
    # A head keeps the device's own stamp where its clock was corrected.
    sent = change.sent_hlc if change.sent_hlc != change.hlc else ""
    was = (change.base or 0) if _is_resent(change) and name not in (change.merged or {}) else 0
    return FieldStamp(change.hlc, change.seq or 0, change.device, change.by, sent, was).as_row()


def _is_resent(change: SyncChange) -> bool:
    return parse(change.hlc).device == RESENT


def _brings_back(record: Replayed, change: SyncChange) -> bool:
    if not record.deleted or not _is_resent(change):
        return True
    return brings_back(record.deleted_seq or 0, record.deleted_base, change.base or 0)


def _written(change: SyncChange, name: str) -> Any:
    """The value that stood: what was sent, or the text that was merged from it."""
    merged: dict[str, Any] = getattr(change, "merged", None) or {}
    return merged.get(name, change.fields.get(name))
