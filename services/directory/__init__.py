"""Front door of directory: the units visited, with their dossiers, and the people met."""

from services.directory.models import Person, Unit

__all__ = ["Person", "Unit"]
