"""From the headers of a request to whoever is signed in: a bearer token, or the session cookie."""

from fastapi import Request, Response
from sqlmodel import Session

from services.bootstrap import House
from services.identity import (
    SignedIn,
    actor_by_session,
    actor_by_token,
    same_secret,
    touch,
)
from services.kernel.errors import Forbidden

COOKIE = "suixing_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_COOKIE_SECONDS = 90 * 24 * 3600


def signed_in_by_request(request: Request, house: House) -> SignedIn | None:
    """Who asks; None when nobody. Forbidden when a cookie comes without its CSRF header."""
    token, secret = _bearer(request), request.cookies.get(COOKIE)
    if token is None and secret is None:
        return None
    with house.db.read() as session:
        found = signed_in_within(session, request, house)
    touch_if_stale(house, found)
    return found


def signed_in_within(session: Session, request: Request, house: House) -> SignedIn | None:
    """As `signed_in_by_request`, in a session for more questions; `touch_if_stale` comes after."""
    now = house.clock.now()
    token = _bearer(request)
    if token is not None:
        found = actor_by_token(session, token, now)
    else:
        found = actor_by_session(session, request.cookies.get(COOKIE, ""), now)
    if found is not None:
        _check_csrf(request, found)
    return found


def touch_if_stale(house: House, found: SignedIn | None) -> None:
    """Note that session or token was used, when that was not done lately."""
    if found is not None and found.stale:
        with house.db.write() as session:
            touch(session, found, house.clock.now())


def _check_csrf(request: Request, found: SignedIn) -> None:
    if found.csrf is None or request.method in SAFE_METHODS:
        return
    if not same_secret(request.headers.get(CSRF_HEADER, ""), found.csrf):
        raise Forbidden("csrf_missing", f"send {CSRF_HEADER} with the session's value")


def set_session_cookie(request: Request, response: Response, secret: str) -> None:
    """Hand the browser its session; only plain http on this very machine goes without Secure."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=_COOKIE_SECONDS,
        httponly=True,
        secure=not _is_local_http(request),
        samesite="lax",
        path="/",
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    response.delete_cookie(
        COOKIE, path="/", httponly=True, secure=not _is_local_http(request), samesite="lax"
    )


def _is_local_http(request: Request) -> bool:
    host = request.url.hostname
    return request.url.scheme == "http" and host in ("localhost", "127.0.0.1", "::1")


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
