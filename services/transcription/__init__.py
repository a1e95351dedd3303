"""Front door of the room: transcription."""

from services.transcription.models import Segment, Transcript

__all__ = ["Segment", "Transcript"]
