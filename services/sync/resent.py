"""States of records that phones hand in again after a restore: who vouches, what was seen of them.

A stamp of the device `resent` marks one: its `base` is the number it stood at in the lost history.
"""

from collections.abc import Mapping
from typing import Any

from services.kernel import hlc
from services.sync.batch import Batch, Draft
from services.sync.merge import FieldStamp, Writing
from services.sync.port import Policy, Refusal
from services.sync.wire import Change


def is_resent(entry: Mapping[str, Any]) -> bool:
    """Whether this line of the log is such a state."""
    return hlc.parse(entry["hlc"]).device == hlc.RESENT


def seen_at(entry: Mapping[str, Any]) -> int:
    """The number by which others had seen what this line of the log wrote; 0 = nothing stood."""
    if entry["seq"] is None:
        return 0
    return int(entry["base"] if is_resent(entry) else entry["seq"])


def refuse_resent(batch: Batch, change: Change) -> Refusal | None:
    """None when the change is a state of a history that was left behind, or an edit as ever.

    An edit made on a lost record has to wait for it: alone it would make half a record.
    """
    is_lost = batch.is_lost(change.base)
    if change.is_resent:
        return None if is_lost else Refusal("base_not_lost", "no restore left this number behind")
    known = change.id in batch.known or (change.entity, change.record) in batch.drafts
    if is_lost and not known:
        return Refusal(
            "record_lost", "made on a record that a restore left behind: send that first"
        )
    return None


def author_of(batch: Batch, policy: Policy, change: Change, sender: str) -> str:
    """Whose word it is: the named author's, if he has part in this scope, else the sender's."""
    author = change.author
    if not change.is_resent or author is None or not batch.exists:
        return sender
    return author if policy.has_part(batch.session, batch.scope, author) else sender


def had_seen(batch: Batch, draft: Draft, name: str, resent: Writing, current: FieldStamp) -> bool:
    """Whether the edit that stands in a field was made with the resent value in sight."""
    was = resent.base or 0
    past = batch.past_of(draft.type.name, draft.values["id"])
    edit = next((entry for entry in past if entry["seq"] == current.seq), None)
    if edit is None or edit["base"] is None:
        return True
    if batch.is_lost(edit["base"]):
        return bool(edit["base"] >= was)
    brought = (e for e in past if name in e["fields"] and is_resent(e) and e["base"] >= was)
    return any(0 < (entry["seq"] or 0) <= edit["base"] for entry in brought)
