"""The accounts of a contested field, kept in step with every write that has a part in it."""

from typing import Any

from services.kernel.clock import from_milliseconds
from services.kernel.entity import write_instant
from services.kernel.hlc import RESENT, SERVER_DEVICE, parse
from services.sync.batch import Batch, Draft
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


def tell_who_agreed(batch: Batch, draft: Draft, name: str, writing: Writing) -> bool:
    """Give an account to who wrote the value that a device now replaces by another of its own.

    Two had said the same without having seen each other; the stamp is the later one's, so only the
    log still knows that the other said it too. False when there is nobody.
    """
    if writing.base is None or writing.is_resent:
        return False
    kept = draft.type.to_json({name: draft.values[name]})[name]
    others = [
        entry
        for entry in batch.past_of(draft.type.name, draft.values["id"])
        if name in entry["stood"] and entry["device"] not in (writing.device, SERVER_DEVICE)
        if (entry["seq"] or 0) > writing.base and entry["fields"].get(name) == kept
    ]
    if not others:
        return False
    last = others[-1]
    stamp = FieldStamp(last["hlc"], last["seq"], last["device"], last["by"])
    accounts = draft.head["contested"].setdefault(name, [])
    if all(account["value"] != kept or account["device"] == writing.device for account in accounts):
        accounts.append(account_of(draft, name, draft.values[name], stamp))
    return True


def account_of(draft: Draft, name: str, value: Any, stamp: FieldStamp) -> dict[str, Any]:
    """One account: a value, whose it is, when it was written and by which change."""
    plain = draft.type.to_json({name: value})[name]
    told = {"value": plain, "by": stamp.user, "at": _instant(stamp.hlc)}
    resent = parse(stamp.hlc).device == RESENT
    return told | {"device": RESENT if resent else stamp.device, "seq": stamp.seq}


def _instant(stamp: str) -> str:
    return write_instant(from_milliseconds(parse(stamp).ms))
