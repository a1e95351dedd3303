"""What devices read: the feed of a trip's records after a cursor, and the history of one record."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import RowMapping, select
from sqlmodel import Session, col

from services.kernel.actor import Actor
from services.kernel.clock import milliseconds
from services.kernel.entity import write_instant
from services.kernel.errors import NotFound
from services.sync.exchange import Exchange
from services.sync.models import SyncChange, SyncHead, SyncScope
from services.sync.port import Subject, View
from services.sync.registry import Registry
from services.sync.restored import lost_spans
from services.sync.wire import MAX_BYTES, PastValue

MAX_ROWS = 1000


def pull(session: Session, actor: Actor, scope: str, *, after: int, limit: int) -> bytes:
    """The JSON of a PullAnswer: each record changed since `after` once, in order of seq.

    A page ends at `limit` rows or 1 MiB. NotFound when the trip is not the actor's.
    """
    exchange = Exchange.of(session)
    view = exchange.policy.view(session, actor, scope)
    heads = _heads(session, scope, after, min(max(limit, 1), MAX_ROWS) + 1)
    full = heads[: min(max(limit, 1), MAX_ROWS)]
    rows: list[bytes] = []
    size, cursor = 0, after
    for head, row in _rows(session, exchange.registry, view, full, after):
        if rows and size + len(row) > MAX_BYTES:
            break
        cursor = head["seq"]
        if row:
            rows.append(row)
            size += len(row)
    # Hidden rows move the cursor as well, or a page of them would be asked for for ever.
    more = bool(heads) and heads[-1]["seq"] > cursor
    return _answer(session, exchange, scope, view, (rows, cursor, more))


def read_history(
    session: Session, actor: Actor, scope: str, record: tuple[str, str]
) -> list[PastValue]:
    """Every value ever written to one record, oldest first; NotFound when it may not be read."""
    view = Exchange.of(session).policy.view(session, actor, scope)
    head = session.get(SyncHead, record)
    if head is None or head.scope != scope or not view.may_read(subject_of(head.model_dump())):
        raise NotFound("record_unknown", "no such record, or not for you")
    query = (
        select(SyncChange)
        .where(col(SyncChange.entity) == record[0], col(SyncChange.record) == record[1])
        .order_by(col(SyncChange.at), col(SyncChange.seq), col(SyncChange.hlc))
    )
    return [past for change in session.scalars(query) for past in _past_values(change)]


def subject_of(head: RowMapping | dict[str, Any]) -> Subject:
    """What rights depend on, from the head of a record."""
    return Subject(head["entity"], head["record"], head["author"], head["sensitivity"])


def _heads(session: Session, scope: str, after: int, limit: int) -> Sequence[RowMapping]:
    table = SyncHead.__table__  # type: ignore[attr-defined]
    query = (
        select(table)
        .where(table.c.scope == scope, table.c.seq > after)
        .order_by(table.c.seq)
        .limit(limit)
    )
    return session.execute(query).mappings().all()


def _rows(
    session: Session, registry: Registry, view: View, heads: Sequence[RowMapping], after: int
) -> Iterator[tuple[RowMapping, bytes]]:
    visible = [head for head in heads if view.may_read(subject_of(head))]
    values = _values(session, registry, visible)
    seen = {(head["entity"], head["record"]) for head in visible}
    for head in heads:
        key = (head["entity"], head["record"])
        if key in seen:
            yield head, _row(head, values[key])
        elif after:
            gone = {"entity": key[0], "record": key[1], "seq": head["seq"], "withdrawn": True}
            yield head, to_json(gone)
        else:
            # A first pull has nothing to withdraw, so what is hidden stays unmentioned.
            yield head, b""


def _values(
    session: Session, registry: Registry, heads: Sequence[RowMapping]
) -> dict[tuple[str, str], bytes]:
    records: dict[str, list[str]] = defaultdict(list)
    for head in heads:
        records[head["entity"]].append(head["record"])
    values: dict[tuple[str, str], bytes] = {}
    for entity, ids in records.items():
        kind = registry.get(entity)
        if kind is not None:
            query = select(kind.table).where(kind.table.c.id.in_(ids))
            for row in session.execute(query).mappings():
                values[entity, row["id"]] = kind.wire.dump_json(dict(row))
    return values


def _row(head: RowMapping, fields: bytes) -> bytes:
    told: dict[str, Any] = {name: head[name] for name in ("entity", "record", "seq", "deleted")}
    if head["contested"]:
        told["contested"] = head["contested"]
    return to_json(told)[:-1] + b',"fields":' + fields + b"}"


def _answer(
    session: Session,
    exchange: Exchange,
    scope: str,
    view: View,
    page: tuple[list[bytes], int, bool],
) -> bytes:
    rows, cursor, more = page
    found = session.get(SyncScope, scope)
    lost = lost_spans(session, scope)
    told = {
        "next": cursor,
        "more": more,
        # After a restore every device reads all again, for its cursor may be ahead of us.
        "view": f"{view.token}-{lost[-1].last}" if lost else view.token,
        "lost": lost,
        "server_now": milliseconds(exchange.clock.now()),
        "hlc": found.hlc if found else "",
    }
    return b'{"rows":[' + b",".join(rows) + b"]," + to_json(told)[1:]


def _past_values(change: SyncChange) -> Iterator[PastValue]:
    told = dict(change.fields)
    if change.deleted:
        told["deleted"] = True
    for field, value in told.items():
        yield PastValue(
            seq=change.seq,
            change=change.id,
            device=change.device,
            by=change.by,
            at=write_instant(change.at),
            field=field,
            value=value,
            merged=(change.merged or {}).get(field),
            stood=change.seq is not None if field == "deleted" else field in change.stood,
        )
