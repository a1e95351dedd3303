"""Front door of the room: followup."""

from services.followup.asking import follow_found, follow_questions
from services.followup.models import Finding, Matter, Progress, Question

__all__ = ["Finding", "Matter", "Progress", "Question", "follow_found", "follow_questions"]
