"""Front door of the room: directory."""

from services.directory.models import Unit, Person

__all__ = ["Unit", "Person"]
