"""What media tells the rooms above, in the transaction that marks the bytes stored."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AudioStored:
    """A recording's bytes are on the server, and their hash is the row's."""

    trip: str
    media: str


@dataclass(frozen=True)
class PhotoStored:
    """A photo's bytes are on the server, and their hash is the row's."""

    trip: str
    media: str
