"""The built client: its files, the app page for every screen, and the headers a browser obeys."""

from itertools import takewhile
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel.errors import NotFound

_PACKAGED = Path(__file__).parent / "client"
# In a wheel the client lies beside this module; in the repository it is built by `make setup`.
CLIENT = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent / "frontend" / "dist"
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' "
        "'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self' "
        "blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(self)",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_REST_OF_API = "/api/{path:path}"
_NEVER_STALE = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"


def add_client(app: FastAPI, folder: Path = CLIENT) -> None:
    """Serve the client's files; any other path below / is the app page, which routes by itself."""
    app.add_middleware(_SecurityHeaders)
    app.api_route(_REST_OF_API, methods=[*METHODS], include_in_schema=False)(_no_such_route)

    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def read_client(path: str) -> Response:
        if path == "api":
            raise NotFound("not_found", "no such address")
        wanted = (folder / path).resolve()
        if path and wanted.is_file() and wanted.is_relative_to(folder.resolve()):
            hashed = path.startswith("assets/")
            return FileResponse(
                wanted, headers={"Cache-Control": _FOR_EVER if hashed else _NEVER_STALE}
            )
        page = folder / "index.html"
        if not page.is_file():
            raise NotFound("client_not_built", "run `make setup` to build the client")
        return FileResponse(page, headers={"Cache-Control": _NEVER_STALE})


def _no_such_route(request: Request) -> None:
    """An unknown address of the API is a problem, never the app page; a wrong verb is told so."""
    routes = takewhile(lambda route: not _is_last(route), request.app.router.routes)
    if any(route.matches(request.scope)[0] is Match.PARTIAL for route in routes):
        raise HTTPException(405)
    raise NotFound("not_found", "no such address")


def _is_last(route: BaseRoute) -> bool:
    return getattr(route, "path", "") == _REST_OF_API


class _SecurityHeaders:
    """Adds the headers to every answer; plain ASGI, so that streams and uploads pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        # The documentation page loads its script from elsewhere, which the policy forbids.
        is_plain = scope["type"] != "http" or scope["path"].startswith("/api/docs")
        await self._app(scope, receive, send if is_plain else send_with_headers)
