"""Front door of the room: followup."""

from services.followup.asking import follow_found, follow_questions
from services.followup.earlier import list_earlier
from services.followup.models import Finding, Matter, Progress, Question
from services.followup.shapes import ContradictionShown, EarlierShown, QuestionShown, RulingShown
from services.followup.verifying import list_contradictions, show_contradiction

__all__ = [
    "ContradictionShown",
    "EarlierShown",
    "Finding",
    "Matter",
    "Progress",
    "Question",
    "QuestionShown",
    "RulingShown",
    "follow_found",
    "follow_questions",
    "list_contradictions",
    "list_earlier",
    "show_contradiction",
]
