"""Pure decisions of the merge: what stands, what is contested, whether a deletion counts.

Per field the last writer by hybrid logical clock wins (Shapiro et al. 2011, LWW register), except
that a write which had seen the value (`base` >= the field's seq) wins whatever the clocks say.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from services.kernel.hlc import SERVER_DEVICE


class FieldStamp(NamedTuple):
    """Who wrote a field last: corrected hlc, seq of that change, device, user."""

    hlc: str
    seq: int
    device: str
    user: str


class Writing(NamedTuple):
    """One incoming write: corrected hlc, the seq it was made on, the device that sent it."""

    hlc: str
    base: int | None
    device: str


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
    if incoming.device == SERVER_DEVICE:
        return FieldVerdict(stands=current.device == SERVER_DEVICE)
    if current.device == SERVER_DEVICE:
        # What a person writes outranks the machine, whenever it was written.
        return FieldVerdict(stands=True, settles=True)
    if incoming.base is not None and incoming.base >= current.seq:
        return FieldVerdict(stands=True, settles=True)
    contests = incoming.base is not None and current.device != incoming.device and differs
    return FieldVerdict(stands=not differs or incoming.hlc > current.hlc, contests=contests)


def deletion_counts(head_seq: int, base: int | None) -> bool:
    """A deletion made on an older state of the record does not remove what it had not seen."""
    return base is None or base >= head_seq


def contest(
    held: list[dict[str, Any]], present: dict[str, Any], incoming: dict[str, Any]
) -> list[dict[str, Any]]:
    """The accounts of one field that are to be settled: each value once, oldest first."""
    accounts = list(held) or [present]
    for account in (present, incoming):
        if all(account["value"] != known["value"] for known in accounts):
            accounts.append(account)
    return accounts
