"""One long text or set under merge: its ancestor from the log, which places are contested.

Pure: the log is given. The merge itself is `paragraphs.py`; the rules are in docs/sync-protocol.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.kernel.hlc import RESENT
from services.sync.merge import Writing
from services.sync.paragraphs import Merged, Piece, join_lines, merge_paragraphs, split_lines
from services.sync.resent import seen_at

Account = dict[str, Any]


class PastWrite(NamedTuple):
    """One accepted write of a field: as it was sent, and what came of it."""

    seq: int
    device: str
    sent_hlc: str
    sent: Any
    result: Any
    stood: bool


def past_writes(changes: Iterable[Mapping[str, Any]], field: str) -> list[PastWrite]:
    """The writes of one field among logged changes (rows of the log), in order of `seq`."""
    found = []
    for change in changes:
        sent = change["fields"].get(field)
        if change["seq"] is None or sent is None:
            continue
        result = (change.get("merged") or {}).get(field, sent)
        told = seen_at(change), change["device"], change["sent_hlc"]
        found.append(PastWrite(*told, sent, result, field in change["stood"]))
    return sorted(found)


def find_ancestor(past: Sequence[PastWrite], writing: Writing, *, unset: Any = "") -> Any:
    """What the device saw when it wrote; None when it has itself written later than this.

    That is the last text it sent after `base`, for its next one was made on that, or the field as
    it stood at `base`. A change that another phone sent out of a spare copy is its writer's too.
    """
    base, stamp = writing.base or 0, writing.sent or writing.hlc
    author = _author(stamp)
    written = [write for write in past if _author(write.sent_hlc) == author and write.seq > base]
    if author == RESENT:
        written = []
    if any(write.sent_hlc > stamp for write in written):
        return None
    carried = [
        write
        for write in past
        if write.device == writing.device and write.seq > base and _author(write.sent_hlc) != RESENT
    ]
    if written:
        return max(written, key=lambda write: write.sent_hlc).sent
    if carried:
        return carried[-1].sent
    standing = [write.result for write in past if write.stood and write.seq <= base]
    return standing[-1] if standing else unset


def _author(stamp: str) -> str:
    """The device that made a stamp, whichever one sent it."""
    return stamp.split("-", 2)[2]


def merge_accounts(
    held: Sequence[Account],
    merged: Merged,
    texts: tuple[str, str],
    accounts: tuple[Account, Account],
) -> list[Account]:
    """The accounts after a merge: known places moved with the text, new ones added.

    `texts` and `accounts` are those of what stood and of what came.
    """
    left = [_moved(account, merged.pieces) for account in held]
    spots = _places(left)
    for account, text, side in zip(accounts, texts, ("ours", "theirs"), strict=True):
        parts = [
            _part(piece, text, side)
            for piece in merged.conflicts
            # What stands at a known place is told by those who wrote it.
            if side == "theirs" or piece.merged not in spots
        ]
        if parts:
            left = _with_parts(left, account, parts)
    return left


def accounts_settled(held: Sequence[Account], before: str, after: str) -> list[Account]:
    """What is left after a write that had seen the contest.

    The places it touched are settled; one that touches none leaves them as they are for good.
    """
    pieces = merge_paragraphs(before, before, after).pieces
    changed = [piece.ours for piece in pieces if piece.kind != "unchanged"]
    open_places = {
        place for place in _places(held) if not any(_meet(place, one) for one in changed)
    }
    if len(open_places) == len(_places(held)):
        return []
    kept = (_only(account, open_places) for account in held)
    return [_moved(account, pieces) for account in kept if account["parts"]]


def _places(accounts: Iterable[Account]) -> set[tuple[int, int]]:
    return {(part["start"], part["end"]) for one in accounts for part in one.get("parts", ())}


def _part(piece: Piece, text: str, side: str) -> dict[str, Any]:
    start, end = piece.ours if side == "ours" else piece.theirs
    value = join_lines(split_lines(text)[start:end]) if end > start else None
    return {"start": piece.merged[0], "end": piece.merged[1], "value": value}


def _with_parts(
    accounts: list[Account], account: Account, parts: list[dict[str, Any]]
) -> list[Account]:
    """The parts under their device's account, which is made when there is none."""
    places = {(part["start"], part["end"]) for part in parts}
    own = [one for one in accounts if one.get("device") == account["device"]]
    others = [one for one in accounts if one.get("device") != account["device"]]
    known = [
        part
        for one in own
        for part in one.get("parts", ())
        if (part["start"], part["end"]) not in places
    ]
    told = sorted([*known, *parts], key=lambda part: (part["start"], part["end"]))
    return [*others, account | {"parts": told}]


def _only(account: Account, places: set[tuple[int, int]]) -> Account:
    parts = [part for part in account.get("parts", ()) if (part["start"], part["end"]) in places]
    return account | {"parts": parts}


def _moved(account: Account, pieces: Sequence[Piece]) -> Account:
    """The account with its places where they are in the text that came of these pieces."""
    if "parts" not in account:
        return account
    parts = []
    for part in account["parts"]:
        start, end = _move(part["start"], part["end"], pieces)
        parts.append(part | {"start": start, "end": end})
    return account | {"parts": parts}


def _move(start: int, end: int, pieces: Sequence[Piece]) -> tuple[int, int]:
    spans = list(_spans(start, end, pieces))
    return (spans[0][0], spans[-1][1]) if spans else (start, end)


def _spans(start: int, end: int, pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    for piece in pieces:
        if not _meet((start, end), piece.ours):
            continue
        if piece.kind in ("unchanged", "ours", "same"):
            shift = piece.merged[0] - piece.ours[0]
            yield max(start, piece.ours[0]) + shift, min(end, piece.ours[1]) + shift
        elif piece.ours[0] < piece.ours[1] or start < piece.ours[0] < end:
            yield piece.merged


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """True when two stretches share a line, or one adds lines within the other."""
    return max(one[0], other[0]) < min(one[1], other[1]) or (
        other[0] == other[1] and one[0] < other[0] < one[1]
    )
