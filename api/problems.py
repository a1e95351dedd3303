"""Errors as problem+json (RFC 9457): the one place where the tree of errors meets HTTP."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from services.kernel.errors import SuixingError
from services.kernel.log import get_logger

MEDIA_TYPE = "application/problem+json"
_CODES = {404: "not_found", 405: "method_not_allowed", 406: "not_acceptable"}
_log = get_logger("api")


class ProblemBody(BaseModel):
    """What every error of the API looks like; `code` is the client's translation key."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    code: str
    instance: str
    errors: list[dict[str, Any]] = Field(default_factory=list)


def problems(*errors: type[SuixingError]) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route that may answer with these."""
    return {error.status: {"model": ProblemBody, "description": error.title} for error in errors}


def add_problem_handlers(app: FastAPI) -> None:
    """Map the tree, FastAPI's own errors and bugs, each once."""
    app.exception_handler(SuixingError)(_known)
    app.exception_handler(RequestValidationError)(_bad_payload)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_bug)


def problem(request: Request, error: SuixingError) -> JSONResponse:
    """The answer to an error that was caught on the way."""
    extra = dict(error.extra)
    headers = dict(extra.pop("headers", {}))
    if "retry_after" in extra:
        headers["Retry-After"] = str(extra["retry_after"])
    return _answer(request, error.status, error.title, error.code, error.detail, extra, headers)


def _known(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SuixingError)
    return problem(request, error)


def _bad_payload(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [
        {"field": ".".join(map(str, fault["loc"])), "code": fault["type"], "detail": fault["msg"]}
        for fault in error.errors()
    ]
    title = "This cannot be used as it is"
    return _answer(request, 422, title, "invalid_payload", "", {"errors": faults}, {})


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "http_error")
    headers = dict(error.headers or {})
    return _answer(request, error.status_code, str(error.detail), code, "", {}, headers)


def _bug(request: Request, error: Exception) -> JSONResponse:
    _log.error("bug", path=request.url.path, error=type(error).__name__, exc_info=error)
    return _answer(request, 500, "Something went wrong", "internal_error", "", {}, {})


def _answer(  # noqa: PLR0913 - the members of the RFC, in its order
    request: Request,
    status: int,
    title: str,
    code: str,
    detail: str,
    extra: dict[str, Any],
    headers: dict[str, str],
) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": request.url.path,
    }
    return JSONResponse(body | extra, status, headers=headers, media_type=MEDIA_TYPE)
