"""Front door of the room: contradictions."""

from services.contradictions.models import Claim, ClaimTerm, Contradiction

__all__ = ["Claim", "ClaimTerm", "Contradiction"]
