"""After quiet: what the server holds, what each phone holds, and what the ledger says must be."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from services.sync import SyncChange, SyncHead, SyncScope
from tests.support.devices import Json, Key, Phone, ServerRow
from tests.support.faulty_wire import Person, Wire, catch_up, new_phone

# The Rights table of the contract, written down a second time for the test.
SEES_OF_OTHERS = {
    "principal": {"normal", "restricted"},
    "aide": {"normal", "restricted"},
    "companion": {"normal"},
    "office": {"normal"},
    "viewer": {"normal"},
}


@dataclass
class ServerState:
    """Tables of one trip, read without the code that serves them."""

    seq: int
    heads: dict[Key, dict[str, Any]] = field(default_factory=dict)
    log: list[SyncChange] = field(default_factory=list)
    rows: dict[Key, Json] = field(default_factory=dict)


def read_server(wire: Wire) -> ServerState:
    """Heads, rows and log of the trip."""
    house = wire.site.house
    registry = house.db.context["exchange"].registry
    with house.db.read() as session:
        state = ServerState(seq=session.get_one(SyncScope, wire.trip).seq)
        heads = session.scalars(select(SyncHead).where(col(SyncHead.scope) == wire.trip))
        state.heads = {(head.entity, head.record): head.model_dump() for head in heads}
        found = session.scalars(select(SyncChange).where(col(SyncChange.scope) == wire.trip))
        state.log = list(found)
        for kind in registry:
            query = select(kind.table).where(kind.table.c.trip == wire.trip)
            for row in session.execute(query).mappings():
                state.rows[kind.name, row["id"]] = kind.to_json(dict(row))
    return state


def check_log(wire: Wire, state: ServerState) -> None:
    """Every accepted change is in the log once, as it was sent; refused ones are not; no gap."""
    log = {change.id: change for change in state.log}
    assert len(log) == len(state.log)
    for arrival in wire.ledger.arrivals:
        kept = log[arrival.id]
        assert (kept.entity, kept.record) == arrival.key
        assert (kept.device, kept.by) == (arrival.device, arrival.user)
        assert kept.deleted == arrival.deleted
        assert kept.fields == arrival.fields, "an accepted write is in the log as it was written"
        assert kept.seq == arrival.seq
    people = {change.id for change in state.log if change.device != "server"}
    assert people == wire.ledger.by_id.keys(), "what was refused or never arrived is not in the log"
    seqs = [change.seq for change in state.log if change.seq is not None]
    assert len(set(seqs)) == len(seqs), "no seq is used twice"
    missing = set(range(1, state.seq + 1)) - set(seqs)
    # A contest moves the record in the feed although the write that lost has no seq of its own.
    lost = sum(1 for change in state.log if change.seq is None)
    assert len(missing) <= lost, "a seq without an accepted change behind it"
    assert max(head["seq"] for head in state.heads.values()) <= state.seq


def check_merge(wire: Wire, state: ServerState) -> None:
    """Values, deletions and marks are what the causal account of the wire says."""
    stamps = {change.id: change.hlc for change in state.log}
    truths = wire.ledger.replay(stamps)
    assert truths.keys() <= state.heads.keys()
    for key, truth in truths.items():
        head, row = state.heads[key], state.rows[key]
        told = {name: one.value(name) for name, one in truth.fields.items()}
        assert {name: row[name] for name in told} == told, (key, "values")
        assert head["deleted"] == truth.deleted, (key, "deleted")
        marked = truth.contested()
        assert head["contested"].keys() == marked.keys(), (key, "marks", marked)
        for name, values in marked.items():
            shown = [account["value"] for account in head["contested"][name]]
            assert len({repr(value) for value in shown}) == len(shown), "each account once"
            assert row[name] in shown, (key, name, "the present value is one of the accounts")
            assert all(value in shown for value in values), (key, name, values, shown)


def visible_to(person: Person, role: str, state: ServerState) -> dict[Key, Json]:
    """What a member may have on the screen, by the Rights table."""
    seen = {}
    for key, head in state.heads.items():
        own = head["author"] == person.user and role != "viewer"
        if not head["deleted"] and (own or head["sensitivity"] in SEES_OF_OTHERS[role]):
            seen[key] = state.rows[key]
    return seen


def check_replica(phone: Phone, wanted: dict[Key, Json], state: ServerState) -> None:
    """The phone shows what the server has, but for its own refused changes, which it shows too."""
    refused = {change.key for change in phone.outbox}
    assert {change.state for change in phone.outbox} <= {"rejected"}, "nothing waits after quiet"
    shown = phone.shown()
    for key in (wanted.keys() | shown.keys()) - refused:
        assert shown.get(key) == wanted.get(key), (phone.device, key)
        assert phone.server[key].seq == state.heads[key]["seq"]
        assert (phone.server[key].contested or {}) == state.heads[key]["contested"]
    for key in refused:
        known = phone.server.get(key, ServerRow())
        row = None if known.deleted else known.row
        assert row == wanted.get(key), (phone.device, key, "under a refused change")
    for change in phone.outbox:
        assert change.problem is not None
        assert change.problem["code"], "a refused change says why"
        if change.fields and not change.deleted and change is phone.changes_of(change.key)[-1]:
            row = shown[change.key]
            assert {name: row[name] for name in change.fields} == change.fields


def check_quarantine(wire: Wire, keeper: Person) -> None:
    """Whatever was answered `quarantined` lies where the keepers can read it."""
    url = f"/api/v1/trips/{wire.trip}/quarantine"
    kept = wire.site.http.get(url, headers=keeper.headers).json()
    ids = {row["id"] for row in kept}
    told = {one for one, codes in wire.ledger.refused.items() if "quarantined" in codes}
    assert told == ids


def check_history(wire: Wire, keeper: Person, state: ServerState, keys: Iterable[Key]) -> None:
    """Every value that was ever accepted is in the history of its record, stood or not."""
    for key in keys:
        head = state.heads[key]
        if head["sensitivity"] == "off_record" and head["author"] != keeper.user:
            continue
        url = f"/api/v1/trips/{wire.trip}/history/{key[0]}/{key[1]}"
        past = wire.site.http.get(url, headers=keeper.headers).json()
        told = {(one["change"], one["field"], repr(one["value"])) for one in past}
        for arrival in (one for one in wire.ledger.arrivals if one.key == key):
            for name, value in arrival.fields.items():
                assert (arrival.id, name, repr(value)) in told


def check_newcomer(wire: Wire, person: Person, phones: Iterable[Phone]) -> None:
    """A reinstalled app that reads all from the start shows what those that followed it show."""
    fresh = new_phone(wire.site, person, wire.trip)
    catch_up(wire, fresh, limit=7)
    for phone in phones:
        refused = {change.key for change in phone.outbox}
        left, right = (
            {key: row for key, row in one.shown().items() if key not in refused}
            for one in (phone, fresh)
        )
        assert left == right, phone.device
