"""From the headers of a request to whoever is signed in: a bearer token, or the session cookie."""

from fastapi import Request, Response

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
    now = house.clock.now()
    token = _bearer(request)
    secret = request.cookies.get(COOKIE)
    if token is None and secret is None:
        return None
    with house.db.read() as session:
        found = (
            actor_by_token(session, token, now)
            if token is not None
            else actor_by_session(session, secret or "", now)
        )
    if found is None:
        return None
    _check_csrf(request, found)
    if found.stale:
        with house.db.write() as session:
            touch(session, found, now)
    return found


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
