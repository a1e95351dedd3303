"""Signing in and out, the first account, one's own profile, tokens, browsers and devices."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.auth import COOKIE, clear_session_cookie, set_session_cookie
from api.dependencies import ActorDep, HouseDep, ReadDep, SignedInDep, WriteDep
from api.problems import problems
from services import identity
from services.kernel.errors import (
    Busy,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
)

router = APIRouter(tags=["identity"])
_SIGNED = problems(Unauthenticated, Forbidden)
_OWN = _SIGNED | problems(NotFound)
_Key = Annotated[str, Path(max_length=64)]


@router.post("/session", responses=problems(Unauthenticated, TooMany, Busy))
def sign_in(
    wanted: identity.SignInWanted, request: Request, response: Response, house: HouseDep
) -> identity.SessionShown:
    """Sign a browser in: the cookie is set, `csrf` is for the header of later changes."""
    attempt = attempt_of(request, wanted.email, wanted.password, wanted.device)
    signed = identity.sign_in(house.db, house.login_guard, attempt, now=house.clock.now())
    return enter(request, response, signed)


@router.get("/session", responses=_SIGNED)
def read_session(
    signed_in: SignedInDep, request: Request, response: Response, session: ReadDep
) -> identity.SessionShown:
    """Who is signed in; answers a revoked device too, which learns here that it is one."""
    if signed_in.by == "session":
        # Handed out again, so that the browser's copy slides along with the server's.
        set_session_cookie(request, response, request.cookies[COOKIE])
    response.headers["Cache-Control"] = "no-store"
    return identity.SessionShown(
        user=identity.show_user(identity.get_user(session, signed_in.actor.user)),
        csrf=signed_in.csrf,
        device_revoked=signed_in.device_revoked,
        erase=signed_in.erase,
    )


@router.delete("/session", status_code=204, responses=_SIGNED | problems(Conflict))
def sign_out(
    signed_in: SignedInDep, request: Request, response: Response, session: WriteDep
) -> None:
    """Sign this browser out; a token is ended at `/tokens`."""
    if signed_in.by == "token":
        raise Conflict("not_a_session", "a token is ended by DELETE /tokens/{id}")
    identity.end_session(session, signed_in.actor.user, signed_in.id)
    clear_session_cookie(request, response)


@router.get("/setup")
def check_setup_link(
    session: ReadDep, house: HouseDep, token: Annotated[str, Query(max_length=200)]
) -> identity.SetupShown:
    """Whether the one-time link still makes the first account."""
    valid = identity.setup_link_valid(session, token, house.clock.now())
    return identity.SetupShown(valid=valid)


@router.post("/setup", status_code=201, responses=problems(Invalid, Gone, Busy))
def make_first_account(
    wanted: identity.SetupWanted, request: Request, response: Response, house: HouseDep
) -> identity.SessionShown:
    """Use the one-time link: the administrator's account is made and signed in."""
    attempt = attempt_of(request, wanted.email, wanted.password)
    signed = identity.make_first_account(
        house.db, wanted.token, attempt, name=wanted.name, now=house.clock.now()
    )
    return enter(request, response, signed)


@router.get("/me", responses=_SIGNED)
def read_me(actor: ActorDep, session: ReadDep) -> identity.UserShown:
    """One's own account."""
    return identity.show_user(identity.get_user(session, actor.user))


@router.patch("/me", responses=_SIGNED)
def rename_me(
    wanted: identity.ProfileChanged, actor: ActorDep, session: WriteDep
) -> identity.UserShown:
    """Change the name that others see, on every trip."""
    return identity.show_user(identity.rename_user(session, actor.user, wanted.name))


@router.post("/me/password", status_code=204, responses=_SIGNED | problems(TooMany, Busy))
def change_password(
    wanted: identity.PasswordChanged, _actor: ActorDep, signed_in: SignedInDep, house: HouseDep
) -> None:
    """Change the password; every other browser is signed out."""
    now = house.clock.now()
    identity.change_password(house.db, house.login_guard, signed_in, wanted, now=now)


@router.get("/tokens", responses=_SIGNED)
def list_tokens(actor: ActorDep, session: ReadDep) -> list[identity.TokenShown]:
    """One's own tokens that work."""
    tokens = identity.list_tokens(session, actor.user)
    return [identity.TokenShown(**token.model_dump()) for token in tokens]


@router.post("/tokens", status_code=201, responses=_SIGNED)
def create_token(
    wanted: identity.TokenWanted, actor: ActorDep, session: WriteDep, house: HouseDep
) -> identity.TokenMade:
    """Make a token; its text is in this answer and nowhere else."""
    now = house.clock.now()
    text, token = identity.create_token(session, actor.user, name=wanted.name, now=now)
    return identity.TokenMade(token=text, **token.model_dump())


@router.delete("/tokens/{token}", status_code=204, responses=_OWN)
def revoke_token(token: _Key, actor: ActorDep, session: WriteDep, house: HouseDep) -> None:
    """End one of one's own tokens."""
    identity.revoke_token(session, actor.user, token, now=house.clock.now())


@router.get("/sessions", responses=_SIGNED)
def list_sessions(
    _actor: ActorDep, signed_in: SignedInDep, session: ReadDep, house: HouseDep
) -> list[identity.BrowserShown]:
    """One's own signed-in browsers, latest use first."""
    rows = identity.list_sessions(session, signed_in.actor.user, house.clock.now())
    return [
        identity.BrowserShown(**row.model_dump(), current=row.id == signed_in.id) for row in rows
    ]


@router.delete("/sessions/{browser}", status_code=204, responses=_OWN)
def end_session(browser: _Key, actor: ActorDep, session: WriteDep) -> None:
    """Sign one of one's own browsers out."""
    identity.end_session(session, actor.user, browser)


@router.get("/devices", responses=_SIGNED)
def list_devices(actor: ActorDep, session: ReadDep) -> list[identity.DeviceShown]:
    """One's own devices, revoked ones too."""
    devices = identity.list_devices(session, actor.user)
    return [identity.DeviceShown(**device.model_dump()) for device in devices]


@router.patch("/devices/{device}", responses=_OWN)
def rename_device(
    device: _Key, wanted: identity.DeviceNamed, actor: ActorDep, session: WriteDep
) -> identity.DeviceShown:
    """Name one of one's own devices."""
    row = identity.rename_device(session, actor.user, device, wanted.name)
    return identity.DeviceShown(**row.model_dump())


@router.delete("/devices/{device}", responses=_OWN)
def revoke_device(
    device: _Key, actor: ActorDep, session: WriteDep, house: HouseDep, erase: bool = False
) -> identity.DeviceShown:
    """Shut a device out; with `erase` it is told to erase itself at its next contact."""
    now = house.clock.now()
    row = identity.revoke_device(session, actor.user, device, erase=erase, now=now)
    return identity.DeviceShown(**row.model_dump())


def attempt_of(
    request: Request, email: str, password: str, device: str | None = None
) -> identity.Attempt:
    """What a request offers to be let in, with where it came from."""
    address = request.client.host if request.client else ""
    agent = request.headers.get("User-Agent", "")
    return identity.Attempt(email, password, address, agent, device)


def enter(
    request: Request, response: Response, signed: identity.NewSession
) -> identity.SessionShown:
    """Set the cookie of a new session and tell who is in."""
    set_session_cookie(request, response, signed.secret)
    response.headers["Cache-Control"] = "no-store"
    return identity.SessionShown(user=identity.show_user(signed.user), csrf=signed.csrf)
