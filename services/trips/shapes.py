"""What the routes of trips take and give, where it is no table."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.kernel.entity import Clean, Instant, RefId, date
from services.trips.models import Role, TripKind

Named = Annotated[Clean, StringConstraints(max_length=200, strip_whitespace=True)]
Address = Annotated[Clean, StringConstraints(min_length=3, max_length=200)]


class Answer(BaseModel):
    """Base of everything given: absent values are told as null, so that clients need not ask."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Body(BaseModel):
    """Base of everything taken: what is not known is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid")


class TripListed(Answer):
    """One trip of the asker, with the role that it has there."""

    id: str
    kind: TripKind | None = None
    title: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    timezone: str = ""
    role: Role
    view: str


class MemberShown(Answer):
    """One member of a trip; `id` is that of the synced member record."""

    id: str
    user: str
    name: str
    role: Role


class MemberAdded(Body):
    """An account to take in at once, by its address or its id."""

    email: Address | None = None
    user: RefId | None = None
    role: Role


class MemberChanged(Body):
    """The role that a member has from now on."""

    role: Role


class LinkWanted(Body):
    """A link for this role; by default seven days, once for keepers and twenty times for others."""

    role: Role
    max_uses: int | None = Field(default=None, ge=1, le=200)
    days: int = Field(default=7, ge=1, le=90)


class LinkShown(Answer):
    """A link that was made; its secret is not told again."""

    id: str
    role: Role
    made_by: str
    created_at: Instant
    expires_at: Instant
    max_uses: int
    used: int


class LinkMade(LinkShown):
    """The only answer that carries the secret: `url` opens the app, `token` is for REST."""

    url: str
    token: str


class LinkOpened(Answer):
    """What somebody who holds a link may know before joining."""

    trip: str
    title: str
    role: Role
    invited_by: str
    expires_at: Instant


class NewAccount(Body):
    """Who joins without an account yet; all three or, when signed in, nothing at all."""

    name: Annotated[Named, StringConstraints(min_length=1)]
    email: Address
    password: Annotated[str, StringConstraints(min_length=8, max_length=1000)]


class Joined(Answer):
    """The trip one now belongs to; `csrf` only when this also made an account and signed in."""

    trip: str
    role: Role
    csrf: str | None = None


class QuarantinedShown(Answer):
    """One change whose writer's rights had ended, as it came."""

    id: str
    user: str
    device: str
    at: Instant
    change: dict[str, object]


class AuditShown(Answer):
    """One line of the audit log of a trip."""

    id: str
    at: Instant
    actor: str | None
    action: str
    subject: str | None
    detail: dict[str, object]
