"""Bytes to readers: originals with ranges, derivatives, and who still holds what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from api.dependencies import ActorDep, HouseDep, ReadDep, WriteDep
from api.problems import problems
from api.routes.sync import TripId
from services import media
from services.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated

router = APIRouter(tags=["media"], responses=problems(Unauthenticated, Forbidden, NotFound))
DeviceId = Annotated[str, Path(max_length=64)]
_BYTES = problems(media.RangeNotSatisfiable) | {
    200: {"content": {"application/octet-stream": {}}, "description": "All bytes"},
    206: {"content": {"application/octet-stream": {}}, "description": "The bytes asked for"},
    304: {"description": "The copy you have is the present one"},
}
# What a browser may do with a file that somebody uploaded, should it be opened as a page: nothing.
_SANDBOX = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
)


def _content(media_id: str, actor: ActorDep, session: ReadDep) -> media.Served:
    return media.serve_content(session, actor, media_id)


def _playable(media_id: str, actor: ActorDep, session: ReadDep) -> media.Served:
    return media.serve_playable(session, actor, media_id)


def _thumbnail(
    media_id: str,
    actor: ActorDep,
    session: ReadDep,
    size: Annotated[int, Query(ge=1, le=10_000, description="Longer side, in pixels")] = 320,
) -> media.Served:
    return media.serve_thumbnail(session, actor, media_id, size)


def _peaks(media_id: str, actor: ActorDep, session: ReadDep) -> media.Served:
    return media.serve_peaks(session, actor, media_id)


@router.get("/media/{media_id}/content", response_class=Response, responses=_BYTES)
def read_content(
    request: Request, house: HouseDep, served: Annotated[media.Served, Depends(_content)]
) -> Response:
    """The original, byte for byte."""
    return _send(request, house, served)


@router.get("/media/{media_id}/playable", response_class=Response, responses=_BYTES)
def read_playable(
    request: Request, house: HouseDep, served: Annotated[media.Served, Depends(_playable)]
) -> Response:
    """The recording as m4a; 404 `not_ready` until it is made."""
    return _send(request, house, served)


@router.get("/media/{media_id}/thumbnail", response_class=Response, responses=_BYTES)
def read_thumbnail(
    request: Request, house: HouseDep, served: Annotated[media.Served, Depends(_thumbnail)]
) -> Response:
    """The photo as a small WebP; 404 `not_ready` until it is made."""
    return _send(request, house, served)


@router.get("/media/{media_id}/peaks", response_class=Response, responses=_BYTES)
def read_peaks(
    request: Request, house: HouseDep, served: Annotated[media.Served, Depends(_peaks)]
) -> Response:
    """Loudness every 100 ms, 0 to 255: `{bucket_ms, peaks}`; 404 `not_ready` until it is made."""
    return _send(request, house, served)


@router.post("/media/{media_id}/retry", status_code=202, responses=problems(Conflict))
def retry_media(media_id: str, actor: ActorDep, session: WriteDep) -> media.Media:
    """Try again to make something of bytes that failed."""
    return media.retry_media(session, actor, media_id)


@router.get("/trips/{trip}/custody")
def read_custody(trip: TripId, actor: ActorDep, house: HouseDep) -> media.Custody:
    """Expected, stored and missing blobs of each device, and what it last said it still holds."""
    intake = media.open_intake(house.settings, house.db, house.store, house.clock)
    return media.read_custody(house.db, intake.staging, actor, trip)


@router.put("/trips/{trip}/devices/{device}/unsent", responses=problems(Invalid))
def report_unsent(
    trip: TripId, device: DeviceId, report: media.UnsentReport, actor: ActorDep, session: WriteDep
) -> media.UnsentShown:
    """A device says how much of this trip it still holds unsent; its team sees it in custody."""
    return media.report_unsent(session, actor, trip, device, report)


def _send(request: Request, house: HouseDep, served: media.Served) -> Response:
    headers = {
        "ETag": served.etag,
        "Accept-Ranges": "bytes",
        # Asked again each time, for rights may end; the answer is then 304 or 404.
        "Cache-Control": "private, no-cache",
        "Content-Disposition": served.disposition,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _SANDBOX,
    }
    if media.matches(request.headers.get("if-none-match"), served.etag):
        return Response(status_code=304, headers=headers)
    size = media.size_of(house.store, served)
    span = _span(request, served.etag, size)
    sent = span or media.Span(0, size, size)
    headers["Content-Length"] = str(sent.end - sent.start)
    if span is not None:
        headers["Content-Range"] = span.content_range
    pieces = house.store.read(served.key, sent.start, sent.end)
    status = 200 if span is None else 206
    return StreamingResponse(pieces, status, headers=headers, media_type=served.mime)


def _span(request: Request, etag: str, size: int) -> media.Span | None:
    # A range of a body that has changed meanwhile is of no use: then the whole is sent.
    if request.headers.get("if-range", etag) != etag:
        return None
    return media.read_range(request.headers.get("range"), size)
