"""Front door of the room: followup."""

from services.followup.models import Question, Finding, Matter, Progress

__all__ = ["Question", "Finding", "Matter", "Progress"]
