"""Front door of the room: followup."""

from services.followup.models import Finding, Matter, Progress, Question

__all__ = ["Finding", "Matter", "Progress", "Question"]
