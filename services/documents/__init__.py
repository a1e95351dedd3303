"""Front door of the room: documents."""

from services.documents.models import Document

__all__ = ["Document"]
