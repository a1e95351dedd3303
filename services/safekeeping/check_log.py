"""Whether rows, heads and log of sync tell the same story: the log is replayed and compared."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, func, select, tuple_
from sqlmodel import Session, col

from services.safekeeping.flaws import Flaw
from services.sync import (
    EntityType,
    Exchange,
    Replayed,
    SyncChange,
    SyncHead,
    SyncScope,
    lost_spans,
    replay,
)

_AT_ONCE = 400


def check_numbers(session: Session, scope: SyncScope) -> Iterator[Flaw]:
    """Each accepted change has a number of its own, and every number is accounted for."""
    numbered = [col(SyncChange.scope) == scope.id, col(SyncChange.seq).is_not(None)]
    count = func.count(col(SyncChange.seq))
    found = session.execute(
        select(count, func.count(col(SyncChange.seq).distinct()), func.max(SyncChange.seq)).where(
            *numbered
        )
    ).one()
    logged, distinct, highest = found[0], found[1], found[2] or 0
    if logged != distinct:
        yield Flaw("number_doubled", f"trip {scope.id}: {logged - distinct} numbers twice")
    if highest > scope.seq:
        yield Flaw("number_beyond", f"trip {scope.id}: {highest} after the last, {scope.seq}")
    given = scope.seq
    for span in lost_spans(session, scope.id):
        given -= span.last - span.first + 1
        inside = [col(SyncChange.seq).between(span.first, span.last), *numbered]
        if session.execute(select(count).where(*inside)).scalar_one():
            yield Flaw("number_lost", f"trip {scope.id}: a number that a restore left behind")
    # A superseded change that contests a field moves its record by a number of its own.
    unlogged = select(func.count(col(SyncChange.id))).where(
        col(SyncChange.scope) == scope.id,
        col(SyncChange.seq).is_(None),
        col(SyncChange.base).is_not(None),
    )
    gap = given - distinct
    if highest <= scope.seq and gap > session.execute(unlogged).scalar_one():
        yield Flaw("number_missing", f"trip {scope.id}: {gap} numbers that no change bears")


def check_records(session: Session, scope: SyncScope) -> Iterator[Flaw]:
    """Every record of a trip: its row and its head are what its log makes of it."""
    registry = Exchange.of(session).registry
    query = (
        select(col(SyncHead.entity), col(SyncHead.record))
        .where(col(SyncHead.scope) == scope.id)
        .order_by(col(SyncHead.entity), col(SyncHead.record))
    )
    keys = [(entity, record) for entity, record in session.execute(query)]
    for start in range(0, len(keys), _AT_ONCE):
        part = keys[start : start + _AT_ONCE]
        heads = session.scalars(
            select(SyncHead).where(tuple_(col(SyncHead.entity), col(SyncHead.record)).in_(part))
        ).all()
        logs, rows = _logs(session, part), _rows(session, part)
        for head in heads:
            kind = registry.get(head.entity)
            if kind is not None:
                key = (head.entity, head.record)
                yield from _check_record(kind, head, rows.get(key), logs[key])
        session.expunge_all()


def check_strays(session: Session) -> Iterator[Flaw]:
    """Rows and lines of the log that no head knows."""
    for kind in Exchange.of(session).registry:
        known = exists().where(
            col(SyncHead.entity) == kind.name, col(SyncHead.record) == kind.table.c.id
        )
        for record in session.scalars(select(kind.table.c.id).where(~known)):
            yield Flaw("row_without_head", f"{kind.name} {record}")
    known = exists().where(
        col(SyncHead.entity) == col(SyncChange.entity),
        col(SyncHead.record) == col(SyncChange.record),
    )
    # The log keeps what it was told of entities that are synced no longer.
    synced = [kind.name for kind in Exchange.of(session).registry]
    query = select(col(SyncChange.entity), col(SyncChange.record)).distinct()
    query = query.where(~known, col(SyncChange.entity).in_(synced))
    for entity, record in session.execute(query):
        yield Flaw("log_without_head", f"{entity} {record}")


def _logs(session: Session, keys: list[Any]) -> dict[tuple[str, str], list[SyncChange]]:
    logs: dict[tuple[str, str], list[SyncChange]] = defaultdict(list)
    query = select(SyncChange).where(
        tuple_(col(SyncChange.entity), col(SyncChange.record)).in_(keys)
    )
    for change in session.scalars(query):
        logs[change.entity, change.record].append(change)
    return logs


def _rows(session: Session, keys: list[Any]) -> dict[tuple[str, str], dict[str, Any]]:
    records: dict[str, list[str]] = defaultdict(list)
    for entity, record in keys:
        records[entity].append(record)
    rows = {}
    for entity, ids in records.items():
        kind = Exchange.of(session).registry.get(entity)
        if kind is not None:
            query = select(kind.table).where(kind.table.c.id.in_(ids))
            for row in session.execute(query).mappings():
                rows[entity, row["id"]] = dict(row)
    return rows


def _check_record(
    kind: EntityType, head: SyncHead, row: dict[str, Any] | None, log: list[SyncChange]
) -> Iterator[Flaw]:
    name = f"{head.entity} {head.record}"
    if row is None:
        yield Flaw("head_without_row", name)
        return
    told = replay(log)
    if not told.seq:
        yield Flaw("log_missing", name)
        return
    wrong = sorted(_wrong_fields(kind, row, told))
    if wrong:
        yield Flaw("row_differs", f"{name}: {', '.join(wrong)}")
    wrong = sorted(_wrong_in_head(head, row, told))
    if wrong:
        yield Flaw("head_differs", f"{name}: {', '.join(wrong)}")
    yield from _check_contests(kind, head, name)


def _wrong_fields(kind: EntityType, row: dict[str, Any], told: Replayed) -> Iterator[str]:
    shown = kind.to_json(row)
    initial = kind.to_json({field: make() for field, make in kind.defaults.items()})
    initial["sensitivity"] = "normal"
    for field in kind.writable:
        if shown.get(field) != told.values.get(field, initial.get(field)):
            yield field
    if shown.get("created_by") != told.author:
        yield "created_by"
    if shown.get("created_at") != told.created_at:
        yield "created_at"


def _wrong_in_head(head: SyncHead, row: dict[str, Any], told: Replayed) -> Iterator[str]:
    compared = {
        "stamps": (head.stamps, told.stamps),
        "deleted": (head.deleted, told.deleted),
        "deleted_seq": (head.deleted_seq, told.deleted_seq),
        "author": (head.author, told.author),
        "sensitivity": (head.sensitivity, row["sensitivity"]),
        "scope": (head.scope, row["trip"]),
    }
    yield from (name for name, (held, due) in compared.items() if held != due)
    if head.seq < told.seq or (head.seq > told.seq and not told.superseded):
        yield "seq"


def _check_contests(kind: EntityType, head: SyncHead, name: str) -> Iterator[Flaw]:
    """A contest lists two accounts or more, of a field that somebody wrote."""
    for field, accounts in head.contested.items():
        sound = all({"value", "by", "at"} <= account.keys() for account in accounts)
        values = [account.get("value") for account in accounts]
        differing = any(value != values[0] for value in values[1:])
        if field not in kind.writable or field not in head.stamps or not (sound and differing):
            yield Flaw("contest_unfounded", f"{name}: {field}")
