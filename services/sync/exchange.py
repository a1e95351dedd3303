"""Push and pull: one transaction, one trip, one answer per change."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from services.kernel.actor import Actor
from services.kernel.clock import Clock, milliseconds
from services.kernel.db import Database
from services.kernel.errors import ClientTooOld, Malformed, NotFound, TooLarge
from services.kernel.events import publish
from services.kernel.hlc import DEVICE_FORM, Stamp
from services.sync.apply import Outcome, Writer, apply_change
from services.sync.batch import Batch, Key, Origin
from services.sync.clocks import correct
from services.sync.events import RecordsChanged
from services.sync.notices import HUB_KEY, Hub, announce
from services.sync.port import Policy, Refusal
from services.sync.registry import Registry
from services.sync.resent import author_of
from services.sync.restored import begin_again
from services.sync.wire import (
    MAX_CHANGES,
    SCHEMA,
    Change,
    Problem,
    PushAnswer,
    Result,
    read_change,
    readable_id,
)

_KEY = "exchange"


@dataclass(frozen=True)
class Exchange:
    """What push, pull and the server's writes stand on; built once, carried by every session."""

    registry: Registry
    policy: Policy
    clock: Clock

    def attach(self, database: Database, hub: Hub | None = None) -> None:
        """Let every session of this database find the exchange, and its notices the hub."""
        database.context[_KEY] = self
        database.context[HUB_KEY] = hub

    @staticmethod
    def of(session: Session) -> "Exchange":
        exchange: Exchange = session.info[_KEY]
        return exchange


@dataclass(frozen=True)
class Envelope:
    """A push whose frame is sound; its changes are still raw."""

    device: str
    now: int | None
    changes: list[object]


def read_envelope(body: object) -> Envelope:
    """Check the frame of a push; Malformed, TooLarge or ClientTooOld when it cannot be used."""
    if not isinstance(body, dict) or not isinstance(body.get("changes"), list):
        raise Malformed("push_malformed", "a push is an object with a list of changes")
    if body.get("schema") != SCHEMA:
        raise ClientTooOld("schema_unsupported", f"this server speaks schema {SCHEMA}")
    device, now = body.get("device"), body.get("now")
    if not isinstance(device, str) or not DEVICE_FORM.fullmatch(device):
        raise Malformed("device_malformed", "8 to 64 letters, digits or underscores")
    if now is not None and (isinstance(now, bool) or not isinstance(now, int | float)):
        raise Malformed("now_malformed", "Unix milliseconds")
    if len(body["changes"]) > MAX_CHANGES:
        raise TooLarge("too_many_changes", f"at most {MAX_CHANGES} in one push")
    return Envelope(device, None if now is None else int(now), body["changes"])


def push(session: Session, actor: Actor, scope: str, envelope: Envelope) -> PushAnswer:
    """Apply a batch; NotFound or Forbidden when the actor has no business in the trip."""
    exchange = Exchange.of(session)
    at = exchange.clock.now()
    actor = replace(actor, device=envelope.device)
    batch = Batch(session, exchange.registry, scope)
    parsed = [read_change(raw) for raw in envelope.changes]
    founding = not batch.exists and _is_founding(parsed, scope)
    if not batch.exists and not founding:
        raise NotFound("trip_unknown", "no such trip, or not for you")
    if founding and isinstance(parsed[0], Change) and parsed[0].is_resent:
        # A trip that a restore lost whole: phones' cursors are of numbers that nothing bears.
        batch.seq = begin_again(session, scope, at) or 0
    view = exchange.policy.writing_view(session, actor, scope, is_founding=founding)
    writer = Writer(actor, Origin(actor.user, envelope.device, at), view)
    outcomes = _judge_all(batch, writer, parsed, envelope.now)
    if batch.log:
        batch.flush()
        if founding:
            exchange.policy.scope_founded(session, actor, scope)
        changes = batch.take_changes()
        publish(session, RecordsChanged(trip=scope, changes=changes, actor=actor))
        announce(session, scope, batch.seq)
    pairs = zip(envelope.changes, outcomes, strict=True)
    return PushAnswer(
        server_now=milliseconds(at),
        hlc=batch.hlc,
        results=[_result(raw, outcome) for raw, outcome in pairs],
    )


def _is_founding(parsed: list[Change | Refusal], scope: str) -> bool:
    first = parsed[0] if parsed else None
    return isinstance(first, Change) and first.entity == "trip" and first.record == scope


def _judge_all(
    batch: Batch, writer: Writer, parsed: list[Change | Refusal], device_now: int | None
) -> list[Outcome]:
    sound = [change for change in parsed if isinstance(change, Change)]
    batch.load(
        ((change.entity, change.record) for change in sound), (change.id for change in sound)
    )
    batch.load_past(_changed_meanwhile(batch, sound))
    server_now = milliseconds(writer.origin.at)
    stamps = correct(
        [change.stamp for change in sound], device_now=device_now, server_now=server_now
    )
    stamp_by_change = dict(zip((id(change) for change in sound), stamps, strict=True))
    outcomes = []
    for change in parsed:
        if isinstance(change, Refusal):
            outcomes.append(Outcome("rejected", refusal=change))
            continue
        outcomes.append(_judge(batch, writer, change, stamp_by_change[id(change)]))
    return outcomes


def _changed_meanwhile(batch: Batch, changes: list[Change]) -> list[Key]:
    """Records with a long text that was written since the `base` of a change of it."""
    keys = []
    for change in changes:
        key = (change.entity, change.record)
        draft = batch.drafts.get(key)
        if draft is None or change.base is None:
            continue
        stamps = draft.head["stamps"]
        texts = draft.type.texts & change.fields.keys() & stamps.keys()
        if any(stamps[name][1] > change.base for name in texts):
            keys.append(key)
    return keys


def _judge(batch: Batch, writer: Writer, change: Change, stamp: Stamp) -> Outcome:
    if not batch.exists and not batch.log and not _is_founding([change], batch.scope):
        # The change that should have made the trip was rejected: nothing can hang on it yet.
        return Outcome("rejected", refusal=Refusal("trip_unknown", "the trip itself was rejected"))
    set_aside = _quarantine(batch, writer, change, stamp)
    if set_aside is not None:
        return Outcome("rejected", refusal=set_aside)
    author = author_of(batch, Exchange.of(batch.session).policy, change, writer.actor.user)
    speaker = replace(writer, actor=replace(writer.actor, user=author))
    return apply_change(batch, speaker if author != writer.actor.user else writer, change, stamp)


def _quarantine(batch: Batch, writer: Writer, change: Change, stamp: Stamp) -> Refusal | None:
    # What was accepted before the rights ended is a duplicate now, not a find for the keepers.
    if writer.view is None or change.id in batch.known or change.is_resent:
        return None
    told: dict[str, object] = {
        "id": change.id,
        "entity": change.entity,
        "record": change.record,
        "fields": change.fields,
        "hlc": str(change.stamp),
        "base": change.base,
        "deleted": change.deleted,
    }
    return writer.view.quarantine(batch.session, told, made_ms=stamp.ms)


def _result(raw: object, outcome: Outcome) -> Result:
    refusal = outcome.refusal
    problem = (
        Problem(code=refusal.code, detail=refusal.detail, errors=list(refusal.errors))
        if refusal
        else None
    )
    return Result(id=readable_id(raw), status=outcome.status, seq=outcome.seq, problem=problem)
