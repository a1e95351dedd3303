"""What becomes of a ruling on its way in: signed, never cleared, and the flag is settled by it."""

from typing import Any

from services.kernel.entity import write_instant
from services.sync import Deed, Refusal


def complete_ruling(fields: dict[str, Any], deed: Deed) -> dict[str, Any] | Refusal:
    """Sign a ruling with its author; the time is the device's where it told one, for it may be old.

    A ruling that comes without a state means `ruled`. One that stands is superseded by another,
    never cleared: a write that would clear it and says nothing else is refused, of others the
    rest is done, so that the undo of an older app opens the flag again.
    """
    if "ruling" not in fields:
        return fields
    ruling = fields["ruling"]
    if ruling is None:
        return _without_clearing(fields, deed)
    told = {"reason": "", **ruling}
    if not _stood_before(told, deed):
        at = ruling.get("at") or write_instant(deed.at)
        told |= {"by": deed.actor.user, "at": at}
    return {"state": "ruled", **fields, "ruling": told}


def _without_clearing(fields: dict[str, Any], deed: Deed) -> dict[str, Any] | Refusal:
    if deed.standing.get("ruling") is None:
        return fields
    rest = {name: value for name, value in fields.items() if name != "ruling"}
    if not rest:
        return Refusal("ruling_stands", "a ruling is superseded by another one, never cleared")
    return rest


def _stood_before(ruling: dict[str, Any], deed: Deed) -> bool:
    """True when this very ruling is in the log: written back by an undo, it is its author's."""
    if not ruling.get("by") or not ruling.get("at"):
        return False
    return any(entry["fields"].get("ruling") == ruling for entry in deed.past())
