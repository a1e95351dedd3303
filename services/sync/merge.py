"""Pure decisions of the merge: what stands, what is contested, whether a deletion counts.

Per field the last writer by hybrid logical clock wins (Shapiro et al. 2011, LWW register), except
that a write which had seen the value (`base` >= the field's seq) wins whatever the clocks say.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from services.kernel.hlc import SERVER_DEVICE


class FieldStamp(NamedTuple):
    """Who wrote a field last: corrected hlc, seq of that change, device, user.

    `sent`: the stamp as the device wrote it, where that is another one.
    """

    hlc: str
    seq: int
    device: str
    user: str
    sent: str = ""


class Writing(NamedTuple):
    """One incoming write: corrected hlc, the seq it was made on, the device, its own stamp."""

    hlc: str
    base: int | None
    device: str
    sent: str = ""


@dataclass(frozen=True)
class FieldVerdict:
    """`stands`: the new value is kept; `settles`, `contests`: what becomes of a contest."""

    stands: bool
    contests: bool = False
    settles: bool = False


def judge_field(current: FieldStamp | None, incoming: Writing, *, differs: bool) -> FieldVerdict:
    """Decide one field; `differs` says whether the new value is another one than the present."""
    if current is None:
        return FieldVerdict(stands=True)
    has_seen = incoming.base is not None and incoming.base >= current.seq
    if incoming.device == SERVER_DEVICE:
        return FieldVerdict(stands=has_seen or current.device == SERVER_DEVICE, settles=has_seen)
    if current.device == SERVER_DEVICE:
        # What a person writes outranks the machine, whenever it was written.
        return FieldVerdict(stands=True, settles=True)
    if has_seen:
        return FieldVerdict(stands=True, settles=True)
    if current.device == incoming.device:
        # Its own stamps never go back; corrected ones may, when its clock or the wire was slow.
        later = (incoming.sent or incoming.hlc) > (current.sent or current.hlc)
        return FieldVerdict(stands=not differs or later)
    contests = incoming.base is not None and differs
    return FieldVerdict(stands=not differs or incoming.hlc > current.hlc, contests=contests)


def deletion_counts(others_seq: int, base: int | None) -> bool:
    """A deletion does not remove what it had not seen.

    `others_seq`: the last seq at which another device than the deleting one had a part in it.
    """
    return base is None or base >= others_seq


def accounts_left(
    held: list[dict[str, Any]], writing: Writing, mine: dict[str, Any]
) -> list[dict[str, Any]]:
    """What is still to be settled after a write: the accounts that it had not seen, and its own.

    Each value stands once, oldest first; empty when the write's own account is all that is left.
    An account is seen by its own device, and by whoever wrote on a `base` at or after its `seq`.
    """
    left = [
        account
        for account in held
        if account["value"] != mine["value"]
        and account.get("device") != writing.device
        and (writing.base is None or account.get("seq", 0) > writing.base)
    ]
    return [*left, mine] if left else []
