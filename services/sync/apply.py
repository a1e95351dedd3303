"""The one write path: judges operations against the present state and drafts what follows.

Used for pushes of devices and for writes of the server alike; see docs/adr on one write path.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pydantic import ValidationError

from services.kernel.actor import Actor
from services.kernel.clock import from_milliseconds
from services.kernel.entity import TEXT_LIMIT
from services.kernel.hlc import SERVER_DEVICE, Stamp
from services.sync.accounts import account_of, settle_accounts, tell_who_agreed
from services.sync.batch import Batch, Draft, Origin
from services.sync.deletions import removes_what_it_saw, revives
from services.sync.members import merge_members
from services.sync.merge import FieldStamp, FieldVerdict, Writing, judge_field
from services.sync.paragraphs import merge_paragraphs
from services.sync.port import Refusal, Subject, View
from services.sync.registry import Deed, EntityType, problems_of
from services.sync.resent import had_seen, refuse_resent
from services.sync.texts import find_ancestor, merge_accounts, past_writes
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
    values = refuse_resent(batch, change) or _checked(kind, change, draft)
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
    is_lost = batch.is_lost(change.base)
    writing = Writing(str(stamp), change.base, writer.origin.device, sent, is_lost)
    stood, contested, merged = _judge_fields(batch, draft, (writer, writing), values)
    deletes = change.deleted and (fresh or removes_what_it_saw(batch, draft, writing))
    revived = not change.deleted and revives(batch, draft, writing)
    dropped = change.fields.keys() - values.keys()
    lost = len(values) - len(stood) + len(merged) + len(dropped)
    status = _status(lost=lost, stands=bool(stood) or deletes or revived or fresh, change=change)
    seq = None if status == "superseded" else batch.next_seq()
    # A contest changes what readers see although no value does: the record moves in the feed.
    moved = seq if seq is not None else batch.next_seq() if contested else None
    if moved is not None:
        draft.head.update(seq=moved, _touched=True)
    for name in stood:
        was = (change.base or 0) if writing.is_resent and name not in merged else 0
        held = FieldStamp(writing.hlc, seq or 0, writing.device, writer.actor.user, sent, was)
        draft.head["stamps"][name] = held.as_row()
    if deletes or revived:
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
) -> tuple[list[str], bool, dict[str, Any]]:
    """Lay each field that stands; returns their names and whether anything became contested.

    Third: the texts and sets that came of a merge, where they are not the ones that were sent.
    """
    if not draft.head["stamps"]:
        # Nobody wrote any of it before, as in most of what phones send: all stands, unasked.
        draft.values.update(values)
        draft.changed.update(values)
        draft.head["sensitivity"] = values.get("sensitivity", draft.head["sensitivity"])
        return list(values), False, {}
    stood: list[str] = []
    texts: dict[str, Any] = {}
    any_contested = False
    for name, value in values.items():
        verdict, laid = _judge_merged(batch, draft, origin, (name, value)) or (
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
    differs = value != draft.values.get(name)
    verdict = judge_field(current, writing, differs=differs)
    if verdict.stands and differs and current and _is_own_unseen(current, writing):
        verdict = replace(verdict, contests=tell_who_agreed(batch, draft, name, writing))
    if verdict.contests and current and writing.is_resent:
        verdict = replace(verdict, contests=not had_seen(batch, draft, name, writing, current))
    if verdict.contests or (verdict.stands and name in draft.head["contested"]):
        mine = FieldStamp(writing.hlc, batch.seq + 1, writing.device, writer.actor.user)
        settle_accounts(draft, name, current, (writing, account_of(draft, name, value, mine)))
    return verdict


def _is_own_unseen(current: FieldStamp, writing: Writing) -> bool:
    """True when a device writes over its own word, knowing nothing of the time since before it."""
    own = current.device == writing.device and not current.was
    return own and not current.is_seen(writing)


def _judge_merged(
    batch: Batch, draft: Draft, origin: tuple[Writer, Writing], field: tuple[str, Any]
) -> tuple[FieldVerdict, Any] | None:
    """Merge a long text or set that was written since its `base`; None: it is judged as a whole."""
    (_, writing), (name, value) = origin, field
    held = draft.head["stamps"].get(name)
    is_set = name in draft.type.sets
    if held is None or writing.base is None or not (is_set or name in draft.type.texts):
        return None
    current = FieldStamp(*held)
    if current.is_seen(writing) or SERVER_DEVICE in (writing.device, current.device):
        return None
    if value == draft.values[name] or (
        writing.is_resent and (current.was or had_seen(batch, draft, name, writing, current))
    ):
        return None
    past = past_writes(batch.past_of(draft.type.name, draft.values["id"]), name)
    ancestor = find_ancestor(past, writing, unset=[] if is_set else "")
    if ancestor is None:
        return FieldVerdict(stands=False), value
    if is_set:
        # Whatever was contested before sets were merged is settled by having all.
        draft.head["contested"].pop(name, None)
        return FieldVerdict(stands=True), merge_members(ancestor, draft.values[name], value)
    return _merge_text(batch, draft, origin, (name, ancestor, value))


def _merge_text(
    batch: Batch, draft: Draft, origin: tuple[Writer, Writing], text: tuple[str, str, str]
) -> tuple[FieldVerdict, str] | None:
    """Merge a text (its name, ancestor and new value); None when it would be too long."""
    (writer, writing), (name, ancestor, value) = origin, text
    current, present = FieldStamp(*draft.head["stamps"][name]), draft.values[name]
    merged = merge_paragraphs(ancestor, present, value)
    if len(merged.text) > TEXT_LIMIT:
        return None
    mine = FieldStamp(writing.hlc, batch.seq + 1, writing.device, writer.actor.user)
    accounts = account_of(draft, name, present, current), account_of(draft, name, value, mine)
    open_accounts = draft.head["contested"].pop(name, [])
    if open_accounts or merged.conflicts:
        left = merge_accounts(open_accounts, merged, (present, value), accounts)
        draft.head["contested"].update({name: left} if left else {})
    return FieldVerdict(stands=True, contests=bool(merged.conflicts)), merged.text


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
