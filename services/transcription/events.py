"""What transcription tells the rooms above, in the transaction that ends a transcript."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TranscriptReady:
    """All that could be heard of a recording is stored as segments."""

    trip: str
    media: str
    transcript: str
