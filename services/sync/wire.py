"""The shapes of sync on the wire; each change is read alone, so a bad one harms no other."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.kernel import hlc
from services.kernel.ids import is_id
from services.sync.port import Refusal

SCHEMA = 1
MAX_CHANGES = 500
MAX_BYTES = 1024 * 1024
Status = Literal["applied", "merged", "duplicate", "superseded", "rejected"]
_KNOWN = {"id", "entity", "record", "fields", "hlc", "base", "deleted", "author"}
# Stands in the log for ever: the text under the hash must never become another one.
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True)
class Change:
    """One well-formed change; its fields are not validated yet."""

    id: str
    entity: str
    record: str
    fields: dict[str, Any]
    stamp: hlc.Stamp
    base: int | None
    deleted: bool
    digest: str
    # Whose word it is, where somebody else hands it in again after a restore.
    author: str | None = None

    @property
    def is_resent(self) -> bool:
        """A state of a record as of `base`, in a history that a restore left behind: no edit."""
        return self.stamp.device == hlc.RESENT


class Problem(BaseModel):
    """Why one change was not taken; `code` is the client's translation key."""

    code: str
    detail: str = ""
    errors: list[dict[str, str]] = Field(default_factory=list)


class Result(BaseModel):
    """The answer to one change, in its place."""

    id: str | None
    status: Status
    seq: int | None = None
    problem: Problem | None = None


class PushAnswer(BaseModel):
    """`results` has one entry per change, in order."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    server_now: int
    hlc: str
    results: list[Result]


class PulledRow(BaseModel):
    """The present state of one record, or the word that its reader may not see it any longer."""

    entity: str
    record: str
    seq: int
    deleted: bool = False
    withdrawn: bool = False
    fields: dict[str, Any] = Field(default_factory=dict)
    contested: dict[str, list[dict[str, Any]]] | None = None


class PullAnswer(BaseModel):
    """Rows changed since a cursor; `next` is the cursor to ask with next time.

    `lost` are spans of `seq` (first, last) that restores of the server left behind: what bore such
    a number may still be on a phone.
    """

    rows: list[PulledRow]
    next: int
    more: bool
    view: str
    lost: list[tuple[int, int]]
    server_now: int
    hlc: str


class PastValue(BaseModel):
    """One field of one change in the history of a record."""

    seq: int | None
    change: str
    device: str
    by: str
    at: str
    field: str
    value: Any
    stood: bool
    # The text or set that came of it, where that is another one than was sent.
    merged: str | list[Any] | None = None


def read_change(raw: object) -> Change | Refusal:
    """Check the form of one change; the refusal says what is wrong with it."""
    if not isinstance(raw, dict):
        return Refusal("change_malformed", "a change is an object")
    faults = [name for name, sound in _form(raw).items() if not sound]
    if faults:
        return Refusal("change_malformed", "not of the right form: " + ", ".join(faults))
    return Change(
        id=raw["id"],
        entity=raw["entity"],
        record=raw["record"],
        fields=raw.get("fields") or {},
        stamp=hlc.parse(raw["hlc"]),
        base=raw.get("base"),
        deleted=bool(raw.get("deleted")),
        digest=_digest(raw),
        author=raw.get("author"),
    )


def readable_id(raw: object) -> str | None:
    """The change's id when it can be read, so that the device knows which one is meant."""
    found = raw.get("id") if isinstance(raw, dict) else None
    return found if is_id(found) else None


def _form(raw: dict[str, Any]) -> dict[str, bool]:
    base, fields = raw.get("base"), raw.get("fields")
    return {
        "id": is_id(raw.get("id")),
        "entity": isinstance(raw.get("entity"), str),
        "record": is_id(raw.get("record")),
        "fields": fields is None or isinstance(fields, dict),
        "hlc": _is_stamp(raw.get("hlc")),
        "base": base is None or (type(base) is int and 0 <= base < 2**53),
        "deleted": raw.get("deleted") in (None, True, False),
        "author": raw.get("author") is None or is_id(raw["author"]),
    }


def _is_stamp(text: object) -> bool:
    try:
        return isinstance(text, str) and hlc.parse(text).device != hlc.SERVER_DEVICE
    except ValueError:
        return False


def _digest(raw: dict[str, Any]) -> str:
    told = {key: raw[key] for key in _KNOWN & raw.keys() if raw[key] is not None}
    return hashlib.sha256(_CANONICAL(told).encode()).hexdigest()
