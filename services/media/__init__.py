"""Front door of the room: media."""

from services.media.models import Media, Mark

__all__ = ["Media", "Mark"]
