"""What sync tells the rooms above, in the transaction of the change."""

from dataclasses import dataclass

from services.kernel.actor import Actor


@dataclass(frozen=True)
class RecordChange:
    """One record that was written: which of its fields were, and whether it is deleted now."""

    entity: str
    record: str
    fields: frozenset[str]
    deleted: bool
    created: bool = False


@dataclass(frozen=True)
class RecordsChanged:
    """All records of one trip that one transaction wrote, each once, in order of first change."""

    trip: str
    changes: tuple[RecordChange, ...]
    actor: Actor
