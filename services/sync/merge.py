"""Pure decisions of the merge: what stands, what is contested, whether a deletion counts.

Per field the last writer by hybrid logical clock wins (Shapiro et al. 2011, LWW register), except
that a write which had seen the value (`base` >= the field's seq) wins whatever the clocks say.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from services.kernel.hlc import RESENT, SERVER_DEVICE, parse


class FieldStamp(NamedTuple):
    """Who wrote a field last: corrected hlc, seq of that change, device, user.

    `sent`: the stamp as the device wrote it, where that is another one. `was`: the seq at which
    the value stood in a history that a restore left behind, where it was handed in again.
    """

    hlc: str
    seq: int
    device: str
    user: str
    sent: str = ""
    was: int = 0

    def is_seen(self, writing: "Writing") -> bool:
        """Whether the writer had this value before him: here, or in the history it comes from."""
        if writing.base is None:
            return False
        return writing.base >= self.seq or (writing.is_lost and 0 < self.was <= writing.base)

    def as_row(self) -> list[Any]:
        """As a head keeps it: without what there is not."""
        rest = [self.sent, self.was] if self.was else [self.sent] if self.sent else []
        return [self.hlc, self.seq, self.device, self.user, *rest]


class Writing(NamedTuple):
    """One incoming write: corrected hlc, the seq it was made on, the device, its own stamp.

    `is_lost`: `base` is a number of a history that a restore left behind.
    """

    hlc: str
    base: int | None
    device: str
    sent: str = ""
    is_lost: bool = False

    @property
    def is_resent(self) -> bool:
        """No edit made on `base`, but what stood at `base`."""
        return self.is_lost and parse(self.hlc).device == RESENT

    @property
    def voice(self) -> str:
        """The device whose word it is: what is handed in again is not that of the one that does."""
        return RESENT if self.is_resent else self.device


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
    if incoming.is_resent and not differs:
        return FieldVerdict(stands=False)
    has_seen = current.is_seen(incoming)
    if incoming.device == SERVER_DEVICE:
        return FieldVerdict(stands=has_seen or current.device == SERVER_DEVICE, settles=has_seen)
    if current.device == SERVER_DEVICE:
        # What a person writes outranks the machine, whenever it was written.
        return FieldVerdict(stands=True, settles=True)
    if has_seen:
        return FieldVerdict(stands=True, settles=True)
    if incoming.is_resent and current.was:
        # Both stood in one history, this one earlier: nobody contests.
        return FieldVerdict(stands=False)
    if current.device == incoming.device and not current.was and not incoming.is_resent:
        # Its own stamps never go back; corrected ones may, when its clock or the wire was slow.
        later = (incoming.sent or incoming.hlc) > (current.sent or current.hlc)
        return FieldVerdict(stands=not differs or later)
    contests = incoming.base is not None and differs
    later = incoming.hlc > current.hlc and not incoming.is_resent
    return FieldVerdict(stands=later or not differs, contests=contests)


def deletion_counts(others_seq: int, base: int | None) -> bool:
    """A deletion does not remove what it had not seen.

    `others_seq`: the last seq at which another device than the deleting one had a part in it.
    """
    return base is None or base >= others_seq


def brings_back(deleted_seq: int, deleted_base: int | None, was: int) -> bool:
    """Whether a state that stood at `was`, handed in again, undoes a deletion.

    Not one that was made later than that, here or in the history that was left behind.
    """
    return deleted_seq < was or deleted_base is None or deleted_base < was


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
        and account.get("device") != writing.voice
        and (writing.base is None or account.get("seq", 0) > writing.base)
    ]
    return [*left, mine] if left else []
