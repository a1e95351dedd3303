"""Tables of a trip and of what is planned for it."""

from datetime import date
from typing import Literal

from services.kernel.entity import (
    Clean,
    Entity,
    Fields,
    Instant,
    Owner,
    RefId,
    choice_field,
    instant_field,
    json_field,
    list_field,
    long_text_field,
    name_field,
    ref_field,
    text_field,
    whole_field,
)

TripKind = Literal["research", "meeting", "ceremony", "business", "overseas", "reception"]
Role = Literal["principal", "aide", "companion", "office", "viewer"]
InvitationState = Literal["received", "reported", "accepted", "declined", "replied"]


class TripFields(Fields):
    """One piece of work; `languages` and `vocabulary` steer transcription and reading of claims."""

    kind: TripKind = choice_field()
    title: Clean = name_field(default=...)
    intent: Clean = long_text_field()
    starts_on: date | None = None
    ends_on: date | None = None
    timezone: Clean = name_field(default="Asia/Shanghai")
    languages: list[Clean] = list_field()
    vocabulary: list[Clean] = list_field()


class Trip(TripFields, Entity, table=True):
    __tablename__ = "trip"


class MemberFields(Fields):
    """A user on this trip; written by the members' routes, read-only in sync."""

    user: RefId = ref_field(default=..., index=True)
    role: Role = choice_field()
    name: Clean = name_field()


class Member(MemberFields, Entity, table=True):
    __tablename__ = "member"


class StopFields(Fields):
    """One visit of the itinerary."""

    unit: RefId | None = ref_field(index=True)
    place: Clean = name_field()
    starts_at: Instant | None = instant_field()
    ends_at: Instant | None = instant_field()
    contact: RefId | None = ref_field()
    purpose: Clean = long_text_field()
    travel_minutes: int | None = whole_field()
    lat: float | None = None
    lon: float | None = None


class Stop(StopFields, Entity, table=True):
    __tablename__ = "stop"


class ChecklistItemFields(Fields):
    """One thing to prepare."""

    text: Clean = text_field()
    stop: RefId | None = ref_field()
    owner: Owner | None = json_field()
    due_at: Instant | None = instant_field()
    done: bool = False


class ChecklistItem(ChecklistItemFields, Entity, table=True):
    __tablename__ = "checklist_item"


class InvitationFields(Fields):
    """An invitation to the principal: received, reported, decided, replied."""

    title: Clean = name_field()
    text: Clean = long_text_field()
    sender: RefId | None = ref_field()
    event_at: Instant | None = instant_field()
    reply_by: date | None = None
    state: InvitationState = choice_field(default="received")
    reply: Clean = long_text_field()


class Invitation(InvitationFields, Entity, table=True):
    __tablename__ = "invitation"


class ForumFields(Fields):
    """A meeting held at a stop."""

    stop: RefId | None = ref_field(index=True)
    title: Clean = name_field()
    languages: list[Clean] = list_field()
    starts_at: Instant | None = instant_field()


class Forum(ForumFields, Entity, table=True):
    __tablename__ = "forum"


class SeatFields(Fields):
    """A person's place in a forum; `position` counts from 1 in table order."""

    forum: RefId = ref_field(default=..., index=True)
    person: RefId | None = ref_field()
    position: int | None = whole_field()


class Seat(SeatFields, Entity, table=True):
    __tablename__ = "seat"
