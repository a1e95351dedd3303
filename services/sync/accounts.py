"""The accounts of a contested field, kept in step with every write that has a part in it."""

from typing import Any

from services.kernel.clock import from_milliseconds
from services.kernel.entity import write_instant
from services.kernel.hlc import parse
from services.sync.batch import Draft
from services.sync.merge import FieldStamp, Writing, accounts_left
from services.sync.texts import accounts_settled


def settle_accounts(
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
        held = [account_of(draft, name, draft.values[name], current)]
    left = accounts_left(held or [], *written)
    if left:
        contested[name] = left


def account_of(draft: Draft, name: str, value: Any, stamp: FieldStamp) -> dict[str, Any]:
    """One account: a value, whose it is, when it was written and by which change."""
    plain = draft.type.to_json({name: value})[name]
    told = {"value": plain, "by": stamp.user, "at": _instant(stamp.hlc)}
    return told | {"device": stamp.device, "seq": stamp.seq}


def _instant(stamp: str) -> str:
    return write_instant(from_milliseconds(parse(stamp).ms))
