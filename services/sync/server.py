"""What the server itself writes (segments, flags, receipts): through the same path as a phone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from services.kernel import hlc
from services.kernel.actor import SERVER, Actor
from services.kernel.clock import milliseconds
from services.kernel.errors import NotFound
from services.kernel.events import publish
from services.kernel.ids import new_id
from services.sync.apply import Outcome, Writer, apply_change
from services.sync.batch import Batch, Origin
from services.sync.events import RecordsChanged
from services.sync.exchange import Exchange
from services.sync.notices import announce
from services.sync.wire import Change


@dataclass(frozen=True)
class ServerWrite:
    """One record the server makes, changes or deletes; fields a person wrote last stay theirs.

    With `base`, the record's `seq` as the server saw it, what people wrote up to there gives way:
    only for what follows from a later deed of a person (docs/adr/0020). Any later write of a
    person stands over it, as always.
    """

    entity: str
    record: str
    fields: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
    base: int | None = None


def write_as_server(
    session: Session,
    trip: str,
    writes: Sequence[ServerWrite],
    *,
    actor: Actor = SERVER,
) -> list[Outcome]:
    """Apply the writes in order, in the caller's transaction; NotFound when there is no such trip.

    Fields are given as JSON values or as Python ones. A rejected write is a bug and raises
    ValueError. `actor` is whose deed it is (a member made by an aide), the device stays `server`.
    """
    exchange = Exchange.of(session)
    at = exchange.clock.now()
    batch = Batch(session, exchange.registry, trip)
    if not batch.exists:
        raise NotFound("trip_unknown", "no such trip")
    writer = Writer(actor, Origin(actor.user, hlc.SERVER_DEVICE, at), view=None)
    batch.load(((write.entity, write.record) for write in writes), ())
    last = hlc.parse(batch.hlc) if batch.hlc else None
    outcomes = []
    for write in writes:
        last = hlc.tick(last, milliseconds(at), hlc.SERVER_DEVICE)
        outcomes.append(apply_change(batch, writer, _change(write, last), last))
    _raise_on_rejection(outcomes)
    batch.flush()
    publish(session, RecordsChanged(trip=trip, changes=batch.take_changes(), actor=actor))
    announce(session, trip, batch.seq)
    return outcomes


def _change(write: ServerWrite, stamp: hlc.Stamp) -> Change:
    return Change(
        id=new_id(),
        entity=write.entity,
        record=write.record,
        fields=write.fields,
        stamp=stamp,
        base=write.base,
        deleted=write.deleted,
        digest="",
    )


def _raise_on_rejection(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.refusal is not None:
            raise ValueError(f"the server wrote {outcome.refusal.code}: {outcome.refusal.errors}")
