"""What the routes of identity take and give."""

from typing import Annotated

from pydantic import StringConstraints

from services.kernel.entity import Instant
from services.kernel.shapes import Answer, Body, EmailText, NameText, NewPassword, Password

DeviceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{8,64}$")]


class UserShown(Answer):
    """An account, as its owner sees it."""

    id: str
    email: str
    name: str
    admin: bool


class SessionShown(Answer):
    """Who is signed in. `csrf` goes into `X-CSRF-Token`; null for tokens, which need none.

    `device_revoked`: only pushing and signing out are left; `erase`: the device is to erase itself.
    """

    user: UserShown
    csrf: str | None = None
    device_revoked: bool = False
    erase: bool = False


class SignInWanted(Body):
    """Address and password; `device` ties the session to an installation of the app."""

    email: EmailText
    password: Password
    device: DeviceId | None = None


class AccountWanted(Body):
    """Somebody who wants an account."""

    name: NameText
    email: EmailText
    password: NewPassword


class SetupWanted(AccountWanted):
    """The first account; `token` is from the one-time link."""

    token: str


class SetupShown(Answer):
    """Whether a one-time link still makes the first account."""

    valid: bool


class ProfileChanged(Body):
    """The name that others see."""

    name: NameText


class PasswordChanged(Body):
    """The old password proves who asks."""

    old: Password
    new: NewPassword


class BrowserShown(Answer):
    """One browser that is signed in; `current` is the one that asks."""

    id: str
    agent: str
    device: str | None
    created_at: Instant
    seen_at: Instant
    current: bool = False


class TokenWanted(Body):
    """What the token is for."""

    name: NameText


class TokenShown(Answer):
    """A token that works; its text is not told again."""

    id: str
    name: str
    created_at: Instant
    last_used_at: Instant | None


class TokenMade(TokenShown):
    """The only answer that carries the text of a token."""

    token: str


class DeviceShown(Answer):
    """One installation of the app that has pushed."""

    id: str
    name: str
    first_seen: Instant
    last_seen: Instant
    revoked_at: Instant | None
    erase_requested: bool


class DeviceNamed(Body):
    """What its owner calls the device."""

    name: NameText
