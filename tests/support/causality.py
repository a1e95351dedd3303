"""The test's own account of what happened on the wire: who had seen what, what must stand now.

Knows neither the production merge nor `base`: a write had seen another one when its outcome was on
the writer's screen (Parker et al. 1983, version vectors, kept here as plain sets of change ids).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.support.devices import Change, Json, Key, Seen

ACCEPTED = ("applied", "merged", "superseded")


@dataclass(frozen=True)
class Arrival:
    """One accepted change as it was when it arrived, in the order of arrival."""

    id: str
    key: Key
    fields: Json
    deleted: bool
    device: str
    user: str
    seen: dict[str, Seen]
    status: str
    seq: int | None


@dataclass
class FieldTruth:
    """The write that stands, and those writes that nobody has overwritten knowingly."""

    current: Arrival | None = None
    siblings: list[Arrival] = field(default_factory=list)

    def value(self, name: str) -> Any:
        assert self.current is not None
        return self.current.fields[name]

    def accounts(self, name: str) -> list[Any]:
        """The values of the writes that had not seen each other, each once."""
        values: list[Any] = []
        for one in self.siblings:
            if one.fields[name] not in values:
                values.append(one.fields[name])
        return values


@dataclass
class RecordTruth:
    """What must be true of one record after all arrivals."""

    fields: dict[str, FieldTruth] = field(default_factory=lambda: defaultdict(FieldTruth))
    deleted: bool = False
    arrived: set[str] = field(default_factory=set)

    def contested(self) -> dict[str, list[Any]]:
        told = {name: truth.accounts(name) for name, truth in self.fields.items()}
        return {name: values for name, values in told.items() if len(values) > 1}


@dataclass
class Ledger:
    """All that reached the server, and every verdict it gave."""

    arrivals: list[Arrival] = field(default_factory=list)
    by_id: dict[str, Arrival] = field(default_factory=dict)
    refused: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_record: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))

    def hear(self, batch: list[Change], sent: list[Json], results: list[Json]) -> None:
        """The server's answer to a push as it was sent; an accepted change stays accepted."""
        for change, wire, result in zip(batch, sent, results, strict=True):
            known = self.by_id.get(change.id)
            if known is not None:
                assert result["status"] == "duplicate", (result, known)
                assert result["seq"] == known.seq
            elif result["status"] in ACCEPTED:
                self._accept(change, wire, result)
            else:
                assert result["status"] == "rejected", result
                self.refused[change.id].add(result["problem"]["code"])

    def arrived(self, entity: str, record: str) -> Seen:
        """The accepted changes of a record up to now."""
        return frozenset(self.by_record[entity, record])

    def _accept(self, change: Change, wire: Json, result: Json) -> None:
        made = Arrival(
            id=change.id,
            key=change.key,
            fields=wire["fields"],
            deleted=change.deleted,
            device=change.device,
            user=change.user,
            seen=dict(change.seen),
            status=result["status"],
            seq=result["seq"],
        )
        self.arrivals.append(made)
        self.by_id[change.id] = made
        self.by_record[change.key].add(change.id)

    def replay(self, stamps: dict[str, str]) -> dict[Key, RecordTruth]:
        """Every record as it must be; `stamps`: the corrected hlc that the log gave each change."""
        records: dict[Key, RecordTruth] = defaultdict(RecordTruth)
        for arrival in self.arrivals:
            _lay(records[arrival.key], arrival, stamps)
        return records


def _lay(record: RecordTruth, arrival: Arrival, stamps: dict[str, str]) -> None:
    is_new = not record.arrived
    for name, value in arrival.fields.items():
        _lay_field(record.fields[name], arrival, (name, value), stamps)
    unseen = record.arrived - arrival.seen[""]
    if arrival.deleted:
        record.deleted = record.deleted or is_new or not unseen
    else:
        record.deleted = False
    # Two who delete do not stand in each other's way: what a deletion must have seen is writing.
    if arrival.fields:
        record.arrived.add(arrival.id)


def _lay_field(
    truth: FieldTruth, arrival: Arrival, written: tuple[str, Any], stamps: dict[str, str]
) -> None:
    name, value = written
    saw = arrival.seen[name]
    current = truth.current
    truth.siblings = [one for one in truth.siblings if one.id not in saw] + [arrival]
    if (
        current is None
        or current.id in saw
        or current.fields[name] == value
        or stamps[arrival.id] > stamps[current.id]
    ):
        truth.current = arrival
