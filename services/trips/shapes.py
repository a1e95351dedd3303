"""What the routes of trips take and give, where it is no table."""

from pydantic import Field

from services.identity import SessionShown
from services.kernel.entity import Instant, RefId, date
from services.kernel.shapes import Answer, Body, EmailText, NameText, NewPassword
from services.trips.models import Role, TripKind


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

    email: EmailText | None = None
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


class JoinWanted(Body):
    """Who joins without an account yet gives all three; who is signed in, nothing at all."""

    name: NameText | None = None
    email: EmailText | None = None
    password: NewPassword | None = None


class Joined(SessionShown):
    """Who is signed in now, and the trip that it belongs to."""

    trip: str
    role: Role


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
