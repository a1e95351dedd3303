"""Front door of the room: trips."""

from services.trips.models import Trip, Member, Stop, ChecklistItem, Invitation, Forum, Seat

__all__ = ["Trip", "Member", "Stop", "ChecklistItem", "Invitation", "Forum", "Seat"]
