"""Front door of the room: notes."""

from services.notes.models import Note

__all__ = ["Note"]
