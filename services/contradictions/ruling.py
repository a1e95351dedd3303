"""What the server adds to a ruling: whose it is, when it was made, and that the flag is settled."""

from datetime import datetime
from typing import Any

from services.kernel.actor import Actor
from services.kernel.entity import write_instant


def complete_ruling(fields: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Sign a ruling with its author; the time is the device's where it told one, for it may be old.

    A ruling that comes without a state means `ruled`.
    """
    ruling = fields.get("ruling")
    if ruling is None:
        return fields
    signed = {
        "reason": "",
        **ruling,
        "by": actor.user,
        "at": ruling.get("at") or write_instant(now),
    }
    return {"state": "ruled", **fields, "ruling": signed}
