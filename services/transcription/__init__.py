"""Front door of the room: transcription."""

from services.transcription.models import Transcript, Segment

__all__ = ["Transcript", "Segment"]
