"""What this room tells the rooms above, in the transaction that writes the flag."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ContradictionFound:
    """Two accounts differ: a new flag is open, or a withdrawn one is open again."""

    trip: str
    contradiction: str
    kind: str
