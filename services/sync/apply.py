"""The one write path: judges operations against the present state and drafts what follows.

Used for pushes of devices and for writes of the server alike; see docs/adr on one write path.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from services.kernel.actor import Actor
from services.kernel.clock import from_milliseconds
from services.kernel.entity import TEXT_LIMIT, write_instant
from services.kernel.hlc import SERVER_DEVICE, Stamp, parse
from services.sync.batch import Batch, Draft, Origin
from services.sync.deletions import removes_what_it_saw
from services.sync.merge import (
    FieldStamp,
    FieldVerdict,
    Writing,
    accounts_left,
    judge_field,
)
from services.sync.paragraphs import merge_paragraphs
from services.sync.port import Refusal, Subject, View
from services.sync.registry import Deed, EntityType, problems_of
from services.sync.texts import accounts_settled, find_ancestor, merge_accounts, past_writes
from services.sync.wire import Change, Status


@dataclass(frozen=True)
class Outcome:
    """What became of one change."""

    status: Status
    seq: int | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Writer:
    """Everything about the sender that judging needs; `view` is None for the server itself."""

    actor: Actor
    origin: Origin
    view: View | None


def apply_change(batch: Batch, writer: Writer, change: Change, stamp: Stamp) -> Outcome:
    """Judge one loaded change and draft it; `stamp` is its clock-corrected hlc."""
    known = batch.known.get(change.id)
    if known is not None:
        digest, scope, seq = known
        if digest != change.digest or scope != batch.scope:
            return _rejected("id_reused", "this id was used for another change")
        return Outcome("duplicate", seq)
    kind = batch.registry.get(change.entity)
    if kind is None:
        return _rejected("unknown_entity", "no such entity")
    if (change.entity, change.record) in batch.foreign:
        return _rejected("record_elsewhere", "this record belongs to another trip")
    draft = batch.drafts.get((change.entity, change.record))
    values = _checked(kind, change, draft)
    if isinstance(values, Refusal):
        return Outcome("rejected", refusal=values)
    refusal = _refuse(writer, change, draft, values)
    if refusal is not None:
        return Outcome("rejected", refusal=refusal)
    if kind.complete is not None:
        past = partial(batch.past_of, change.entity, change.record)
        deed = Deed(writer.actor, writer.origin.at, draft.values if draft else {}, past)
        values = kind.complete(values, deed)
        if isinstance(values, Refusal):
            return Outcome("rejected", refusal=values)
    return _write(batch, writer, change, stamp, values)


def _checked(kind: EntityType, change: Change, draft: Draft | None) -> dict[str, Any] | Refusal:
    try:
        values = kind.parse(change.fields)
    except ValidationError as error:
        return Refusal("invalid_fields", "some fields cannot be kept", problems_of(error))
    if draft is not None:
        return values
    if change.deleted:
        return Refusal("unknown_record", "there is no such record to delete")
    missing = sorted(kind.required - values.keys())
    if missing:
        faults = tuple({"field": name, "code": "missing", "detail": "required"} for name in missing)
        return Refusal("missing_fields", "required on creation", faults)
    return values


def _refuse(
    writer: Writer, change: Change, draft: Draft | None, values: dict[str, Any]
) -> Refusal | None:
    if writer.view is None:
        return None
    names, wanted = frozenset(values), values.get("sensitivity")
    author = draft.head["author"] if draft else writer.actor.user
    held = draft.head["sensitivity"] if draft else (wanted or "normal")
    subject = Subject(change.entity, change.record, author, held)
    refusal = writer.view.refuse_write(subject, names, new=draft is None)
    if refusal is None and wanted is not None and wanted != held:
        becoming = Subject(change.entity, change.record, author, wanted)
        refusal = writer.view.refuse_write(becoming, names, new=False)
    return refusal


def _write(
    batch: Batch, writer: Writer, change: Change, stamp: Stamp, values: dict[str, Any]
) -> Outcome:
    draft = batch.drafts.get((change.entity, change.record))
    fresh = draft is None
    if draft is None:
        draft = _begin(batch, writer, change, stamp)
    sent = str(change.stamp) if change.stamp != stamp else ""
    writing = Writing(str(stamp), change.base, writer.origin.device, sent)
    stood, contested, merged = _judge_fields(batch, draft, (writer, writing), values)
    deletes = change.deleted and (fresh or removes_what_it_saw(batch, draft, writing))
    revives = not change.deleted and bool(draft.head["deleted"])
    dropped = change.fields.keys() - values.keys()
    lost = len(values) - len(stood) + len(merged) + len(dropped)
    status = _status(lost=lost, stands=bool(stood) or deletes or revives or fresh, change=change)
    seq = None if status == "superseded" else batch.next_seq()
    # A contest changes what readers see although no value does: the record moves in the feed.
    moved = seq if seq is not None else batch.next_seq() if contested else None
    if moved is not None:
        draft.head.update(seq=moved, _touched=True)
    for name in stood:
        stamps = draft.head["stamps"]
        stamps[name] = [writing.hlc, seq, writing.device, writer.actor.user]
        stamps[name] += [sent] if sent else []
    if deletes or revives:
        draft.head.update(deleted=deletes, deleted_seq=seq if deletes else None)
    batch.hlc = max(batch.hlc, writing.hlc)
    batch.log.append(_entry(batch, writer, change, draft.type.to_json(values)))
    batch.log[-1].update(hlc=writing.hlc, stood=stood, seq=seq, merged=merged or None)
    batch.known[change.id] = (change.digest, batch.scope, seq)
    batch.note_change(draft, stood, created=fresh)
    return Outcome(status, seq)


def _begin(batch: Batch, writer: Writer, change: Change, stamp: Stamp) -> Draft:
    kind = batch.registry.get(change.entity)
    assert kind is not None  # apply_change has looked it up
    own = {
        "id": change.record,
        "trip": batch.scope,
        "created_by": writer.actor.user,
        "created_at": from_milliseconds(stamp.ms),
        "sensitivity": "normal",
    }
    draft = batch.open_new(kind, change.record, own)
    draft.head.update(author=writer.actor.user, sensitivity="normal", seq=0)
    return draft


def _judge_fields(
    batch: Batch, draft: Draft, origin: tuple[Writer, Writing], values: dict[str, Any]
) -> tuple[list[str], bool, dict[str, str]]:
    """Lay each field that stands; returns their names and whether anything became contested.

    Third: the texts that came of a merge, where they are not the ones that were sent.
    """
    if not draft.head["stamps"]:
        # Nobody wrote any of it before, as in most of what phones send: all stands, unasked.
        draft.values.update(values)
        draft.changed.update(values)
        draft.head["sensitivity"] = values.get("sensitivity", draft.head["sensitivity"])
        return list(values), False, {}
    stood: list[str] = []
    texts: dict[str, str] = {}
    any_contested = False
    for name, value in values.items():
        verdict, laid = _judge_text(batch, draft, origin, (name, value)) or (
            _judge_value(batch, draft, origin, (name, value)),
            value,
        )
        any_contested = any_contested or verdict.contests
        if verdict.stands:
            stood.append(name)
            draft.values[name] = laid
            draft.changed.add(name)
            if laid != value:
                texts[name] = laid
            if name == "sensitivity":
                draft.head["sensitivity"] = value
    return stood, any_contested, texts


def _judge_value(
    batch: Batch, draft: Draft, origin: tuple[Writer, Writing], field: tuple[str, Any]
) -> FieldVerdict:
    """Judge a field as a whole, and bring its accounts up to date."""
    (writer, writing), (name, value) = origin, field
    held = draft.head["stamps"].get(name)
    current = FieldStamp(*held) if held else None
    verdict = judge_field(current, writing, differs=value != draft.values.get(name))
    if verdict.contests or (verdict.stands and name in draft.head["contested"]):
        mine = FieldStamp(writing.hlc, batch.seq + 1, writing.device, writer.actor.user)
        _settle_accounts(draft, name, current, (writing, _account(draft, name, value, mine)))
    return verdict


def _judge_text(
    batch: Batch, draft: Draft, origin: tuple[Writer, Writing], field: tuple[str, Any]
) -> tuple[FieldVerdict, str] | None:
    """Merge a long text that was written since its `base`; None when it is judged as a whole."""
    (writer, writing), (name, value) = origin, field
    held = draft.head["stamps"].get(name)
    if held is None or writing.base is None or name not in draft.type.texts:
        return None
    current, present = FieldStamp(*held), draft.values[name]
    if writing.base >= current.seq or SERVER_DEVICE in (writing.device, current.device):
        return None
    if value == present:
        return None
    past = past_writes(batch.past_of(draft.type.name, draft.values["id"]), name)
    ancestor = find_ancestor(past, writing)
    if ancestor is None:
        return FieldVerdict(stands=False), value
    merged = merge_paragraphs(ancestor, present, value)
    if len(merged.text) > TEXT_LIMIT:
        return None
    mine = FieldStamp(writing.hlc, batch.seq + 1, writing.device, writer.actor.user)
    accounts = _account(draft, name, present, current), _account(draft, name, value, mine)
    open_accounts = draft.head["contested"].pop(name, [])
    if open_accounts or merged.conflicts:
        left = merge_accounts(open_accounts, merged, (present, value), accounts)
        draft.head["contested"].update({name: left} if left else {})
    return FieldVerdict(stands=True, contests=bool(merged.conflicts)), merged.text


def _settle_accounts(
    draft: Draft, name: str, current: FieldStamp | None, written: tuple[Writing, dict[str, Any]]
) -> None:
    """Bring the accounts of one field up to date with a write that has a part in it."""
    contested = draft.head["contested"]
    held = contested.pop(name, None)
    writing, mine = written
    if held and any("parts" in account for account in held):
        before, after = draft.values[name], mine["value"]
        if current is not None and writing.base is not None and writing.base >= current.seq:
            left = accounts_settled(held, before, after)
            contested.update({name: left} if left else {})
            return
        # The whole text was replaced: there are no places in it any longer.
        held = [
            {key: value for key, value in account.items() if key != "parts"} for account in held
        ]
    if held is None and current is not None:
        held = [_account(draft, name, draft.values[name], current)]
    left = accounts_left(held or [], *written)
    if left:
        contested[name] = left


def _account(draft: Draft, name: str, value: Any, stamp: FieldStamp) -> dict[str, Any]:
    plain = draft.type.to_json({name: value})[name]
    told = {"value": plain, "by": stamp.user, "at": _instant(stamp.hlc)}
    return told | {"device": stamp.device, "seq": stamp.seq}


def _instant(stamp: str) -> str:
    return write_instant(from_milliseconds(parse(stamp).ms))


def _status(*, lost: int, stands: bool, change: Change) -> Status:
    if not stands and (lost or change.deleted):
        return "superseded"
    return "merged" if lost else "applied"


def _entry(batch: Batch, writer: Writer, change: Change, plain: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": change.id,
        "scope": batch.scope,
        "entity": change.entity,
        "record": change.record,
        "sent_hlc": str(change.stamp),
        "device": writer.origin.device,
        "by": writer.actor.user,
        "at": writer.origin.at,
        "base": change.base,
        "deleted": change.deleted,
        "fields": plain,
        "digest": change.digest,
    }


def _rejected(code: str, detail: str) -> Outcome:
    return Outcome("rejected", refusal=Refusal(code, detail))
