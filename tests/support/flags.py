"""A flag without the texts that it stands on, for what is done to flags."""

from typing import Any

from services.bootstrap import House
from services.kernel.ids import new_id
from services.sync import ServerWrite, write_as_server


def make_flag(house: House, trip: str, **fields: Any) -> str:
    """A flag as the engine writes it."""
    record, note = new_id(), new_id()
    side: dict[str, Any] = {"entity": "note", "record": note, "field": "text", "quote": "412 户"}
    side |= {"start": 0, "end": 5, "value": "412 户", "normalised": "412"}
    given = {"kind": "number", "a": side, "b": side, "reason": {"zh": "不一样"}, "rule": "number"}
    with house.db.write() as session:
        write_as_server(session, trip, [ServerWrite("contradiction", record, given | fields)])
    return record
