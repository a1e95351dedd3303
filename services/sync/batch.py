"""The working set of one write transaction: heads and rows are read once and written once.

Holds no rules. `apply.py` decides; this keeps what was decided until `flush`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from sqlmodel import Session

from services.sync.events import RecordChange
from services.sync.merge import FieldStamp, Writing
from services.sync.models import SyncChange, SyncHead, SyncScope
from services.sync.registry import EntityType, Registry
from services.sync.restored import FIRST_ERA, LostSpan, lost_spans

Key = tuple[str, str]
_LOG = SyncChange.__table__  # type: ignore[attr-defined] # set by SQLModel's metaclass
_HEADS = SyncHead.__table__  # type: ignore[attr-defined]
_SCOPES = SyncScope.__table__  # type: ignore[attr-defined]
# Statements are put together once: that costs more than to run them.
_HOLD_SCOPE = select(_SCOPES).where(_SCOPES.c.id == bindparam("scope")).with_for_update()
_FOUND_SCOPE = insert(_SCOPES).values(
    id=bindparam("of"), seq=bindparam("to_seq"), hlc=bindparam("to_hlc")
)
_MOVE_SCOPE = (
    update(_SCOPES)
    .where(_SCOPES.c.id == bindparam("of"))
    .values(seq=bindparam("to_seq"), hlc=bindparam("to_hlc"))
)
_KNOWN = select(_LOG.c.id, _LOG.c.digest, _LOG.c.scope, _LOG.c.seq).where(
    _LOG.c.id.in_(bindparam("ids", expanding=True))
)
_HEADS_OF = select(_HEADS).where(
    _HEADS.c.entity == bindparam("of"), _HEADS.c.record.in_(bindparam("records", expanding=True))
)
_MOVE_HEADS = (
    update(_HEADS)
    .where(_HEADS.c.entity == bindparam("key_entity"), _HEADS.c.record == bindparam("key_record"))
    .values(
        {
            column.name: bindparam(f"new_{column.name}")
            for column in _HEADS.c
            if column.name not in ("entity", "record", "scope")
        }
    )
)


@cache
def _rows_of(table: Table) -> Any:
    return select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))


@lru_cache(maxsize=500)  # of the many sets of fields that a change may name
def _update_of(table: Table, names: tuple[str, ...]) -> Any:
    statement = update(table).where(table.c.id == bindparam("key"))
    return statement.values({name: bindparam(f"new_{name}") for name in names})


@dataclass
class Draft:
    """One record in work: its head's columns, its values, and what this transaction changed."""

    type: EntityType
    head: dict[str, Any]
    values: dict[str, Any]
    is_new: bool
    changed: set[str] = field(default_factory=set)

    @property
    def is_touched(self) -> bool:
        return self.is_new or bool(self.head.get("_touched"))

    def others_seq(self, writing: Writing) -> int:
        """The last seq at which another device wrote what stands or is contested here, unseen."""
        stamps = (FieldStamp(*held) for held in self.head["stamps"].values())
        told = [(stamp.device, stamp.seq) for stamp in stamps if not stamp.is_seen(writing)]
        for accounts in self.head["contested"].values():
            told += [(account.get("device"), account.get("seq", 0)) for account in accounts]
        return max((seq for by, seq in told if by != writing.device), default=0)


class Batch:
    """Takes the scope's lock, loads what the changes name, and writes it back in bulk."""

    def __init__(self, session: Session, registry: Registry, scope: str) -> None:
        self.session = session
        self.registry = registry
        self.scope = scope
        self.drafts: dict[Key, Draft] = {}
        self.foreign: set[Key] = set()
        self.log: list[dict[str, Any]] = []
        self.changes: dict[Key, RecordChange] = {}
        # The log of records whose texts were written meanwhile, as far as it was read.
        self._past: dict[Key, list[dict[str, Any]]] = {}
        # Accepted change id -> its digest, scope and seq.
        self.known: dict[str, tuple[str, str, int | None]] = {}
        found = session.execute(_HOLD_SCOPE, {"scope": scope}).one_or_none()
        self.exists = found is not None
        self.seq = found.seq if found else 0
        self.hlc = found.hlc if found else ""
        self._lost: list[LostSpan] | None = None

    def next_seq(self) -> int:
        self.seq += 1
        return self.seq

    def is_lost(self, seq: int | None) -> bool:
        """Whether this number was given in a history that a restore left behind."""
        if seq is None or self.seq < FIRST_ERA:
            return False
        if self._lost is None:
            self._lost = lost_spans(self.session, self.scope)
        return any(span.first <= seq <= span.last for span in self._lost)

    def load(self, keys: Iterable[Key], change_ids: Iterable[str]) -> None:
        """Read the heads and rows of these records, and which of these changes came before."""
        wanted = [key for key in set(keys) if key not in self.drafts]
        for entity, part in _parts_by_entity(wanted):
            self._load_heads(entity, part)
        for ids in _parts(list(change_ids)):
            for known, digest, scope, seq in self.session.execute(_KNOWN, {"ids": ids}):
                self.known[known] = (digest, scope, seq)

    def past_of(self, entity: str, record: str) -> list[Mapping[str, Any]]:
        """Every logged change of a record, those of this transaction included."""
        key = (entity, record)
        self.load_past([key])
        fresh = (row for row in self.log if (row["entity"], row["record"]) == key)
        return [*self._past[key], *fresh]

    def load_past(self, keys: Iterable[Key]) -> None:
        """Read the log of these records; only texts that were written meanwhile need it."""
        for entity, part in _parts_by_entity(key for key in set(keys) if key not in self._past):
            self._past.update({(entity, record): [] for record in part})
            query = select(_LOG).where(_LOG.c.entity == entity, _LOG.c.record.in_(part))
            for row in self.session.execute(query).mappings():
                self._past[row["entity"], row["record"]].append(dict(row))

    def open_new(self, entity: EntityType, record: str, values: dict[str, Any]) -> Draft:
        """Begin a record that has no head yet; every field starts at its default."""
        head = {
            "entity": entity.name,
            "record": record,
            "scope": self.scope,
            "deleted": False,
            "deleted_seq": None,
            "stamps": {},
            "contested": {},
        }
        defaults = {name: make() for name, make in entity.defaults.items()}
        draft = Draft(entity, head, defaults | values, is_new=True)
        self.drafts[entity.name, record] = draft
        return draft

    def note_change(self, draft: Draft, stood: list[str], *, created: bool) -> None:
        """Remember for the event what this record went through, all its changes in one."""
        key = (draft.type.name, draft.values["id"])
        before = self.changes.get(key)
        self.changes[key] = RecordChange(
            entity=key[0],
            record=key[1],
            fields=frozenset(stood) | (before.fields if before else frozenset()),
            deleted=bool(draft.head["deleted"]),
            created=created or bool(before and before.created),
        )

    def take_changes(self) -> tuple[RecordChange, ...]:
        taken = tuple(self.changes.values())
        self.changes.clear()
        return taken

    def flush(self) -> None:
        """Write scope, heads, rows and log: a handful of statements whatever the batch's size."""
        self._write_scope()
        touched = [draft for draft in self.drafts.values() if draft.is_touched]
        self._write_rows(touched)
        self._write_heads(touched)
        if self.log:
            # By the table, not the class: the ORM's way costs twice the processor time.
            self.session.connection().execute(insert(_LOG), self.log)
        self.log.clear()

    def _load_heads(self, entity: str, records: list[str]) -> None:
        own: dict[str, dict[str, Any]] = {}
        wanted = {"of": entity, "records": records}
        for head in self.session.execute(_HEADS_OF, wanted).mappings():
            if head["scope"] != self.scope:
                self.foreign.add((entity, head["record"]))
            else:
                own[head["record"]] = dict(head)
        if own:
            self._load_rows(entity, own)

    def _load_rows(self, entity: str, heads: dict[str, dict[str, Any]]) -> None:
        kind = self.registry.get(entity)
        if kind is None:
            return
        wanted = {"ids": list(heads)}
        for row in self.session.execute(_rows_of(kind.table), wanted).mappings():
            head = heads[row["id"]]
            # JSON columns are shared with nobody else, but a draft must not edit them in place.
            head["stamps"] = dict(head["stamps"])
            head["contested"] = dict(head["contested"])
            self.drafts[entity, row["id"]] = Draft(kind, head, dict(row), is_new=False)

    def _write_scope(self) -> None:
        values = {"of": self.scope, "to_seq": self.seq, "to_hlc": self.hlc}
        statement = _MOVE_SCOPE if self.exists else _FOUND_SCOPE
        self.session.connection().execute(statement, values)
        self.exists = True

    def _write_rows(self, touched: list[Draft]) -> None:
        fresh: dict[str, list[Draft]] = defaultdict(list)
        stale: dict[tuple[str, tuple[str, ...]], list[Draft]] = defaultdict(list)
        for draft in touched:
            if draft.is_new:
                fresh[draft.type.name].append(draft)
            elif draft.changed:
                stale[draft.type.name, tuple(sorted(draft.changed))].append(draft)
        for drafts in fresh.values():
            table = drafts[0].type.table
            self.session.connection().execute(insert(table), [draft.values for draft in drafts])
        for (_, names), drafts in stale.items():
            table = drafts[0].type.table
            self.session.connection().execute(
                _update_of(table, names),
                [
                    {"key": draft.values["id"]} | {f"new_{n}": draft.values[n] for n in names}
                    for draft in drafts
                ],
            )

    def _write_heads(self, touched: list[Draft]) -> None:
        for draft in touched:
            draft.head.pop("_touched", None)
        new = [draft.head for draft in touched if draft.is_new]
        if new:
            self.session.connection().execute(insert(_HEADS), new)
        old = [_as_bound(draft.head) for draft in touched if not draft.is_new]
        if old:
            self.session.connection().execute(_MOVE_HEADS, old)
        for draft in touched:
            draft.is_new = False
            draft.changed.clear()


def _as_bound(head: dict[str, Any]) -> dict[str, Any]:
    bound = {f"new_{name}": value for name, value in head.items()}
    return bound | {"key_entity": head["entity"], "key_record": head["record"]}


def _parts_by_entity(keys: Iterable[Key]) -> Iterable[tuple[str, list[str]]]:
    # Entity by entity: for pairs of values SQLite reads the whole table instead of the index.
    records: dict[str, list[str]] = defaultdict(list)
    for entity, record in keys:
        records[entity].append(record)
    return ((entity, part) for entity, found in records.items() for part in _parts(found))


def _parts(items: list[Any], size: int = 400) -> Iterable[list[Any]]:
    # SQLite takes 32,766 bound values, but its planner slows down long before that.
    return (items[start : start + size] for start in range(0, len(items), size))


@dataclass(frozen=True)
class Origin:
    """Who sends a batch, from which device, when the server got it."""

    user: str
    device: str
    at: datetime
