"""tus 1.0: bytes of recordings and photos, resumable. Authorised before a byte is read."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from email.utils import format_datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from api.dependencies import ActorDep, HouseDep, asking, house_of
from api.problems import problems
from services.kernel.errors import (
    Conflict,
    Forbidden,
    Full,
    Gone,
    Locked,
    Malformed,
    Mismatch,
    NotFound,
    SuixingError,
    TooLarge,
    Unauthenticated,
)
from services.media import (
    Admitted,
    Appending,
    Claimed,
    Expectation,
    Intake,
    Kept,
    Stalled,
    Upload,
    Whole,
    WrongContentType,
    WrongVersion,
    gather,
    open_intake,
    receive,
    tus,
)

_ALWAYS = {"Tus-Resumable": tus.VERSION, "Cache-Control": "no-store"}
_CLIENT_CLOSED = 499
Claim = Callable[[Appending], Claimed]


class TusRoute(APIRoute):
    """Adds to every answer, problems too, which version of tus this server speaks."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def speak(request: Request) -> Response:
            try:
                response = await handle(request)
            except SuixingError as error:
                headers = {**_ALWAYS, "Tus-Version": tus.VERSION}
                error.extra["headers"] = {**headers, **error.extra.get("headers", {})}
                raise
            except ClientDisconnect:
                # Nobody hears this; what came is stored, and the offset says how much.
                response = Response(status_code=_CLIENT_CLOSED)
            response.headers.update(_ALWAYS)
            return response

        return speak


router = APIRouter(
    prefix="/uploads",
    tags=["uploads"],
    route_class=TusRoute,
    responses=problems(Unauthenticated, Forbidden, NotFound, Gone, WrongVersion, Locked),
)
_WRITING = problems(Malformed, Conflict, TooLarge, WrongContentType, Mismatch, Full, Stalled)


async def _intake(request: Request, house: HouseDep) -> Intake:
    # Opened once: to find out where its folder lies asks the file system.
    state = request.app.state
    if not hasattr(state, "intake"):
        state.intake = open_intake(house.settings, house.db, house.store, house.clock)
    intake: Intake = state.intake
    return intake


IntakeDep = Annotated[Intake, Depends(_intake)]


@router.options("", status_code=204, include_in_schema=False)
@router.options("/{upload_id}", status_code=204, include_in_schema=False)
async def describe_uploads(house: HouseDep) -> Response:
    """What of tus this server speaks; needs no sign-in."""
    return Response(
        status_code=204,
        headers={
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(house.settings.upload_max_bytes),
            "Tus-Checksum-Algorithm": ",".join(tus.DIGEST_LENGTHS),
        },
    )


@router.post("", status_code=201, response_class=Response, responses=_WRITING)
async def create_upload(request: Request, intake: IntakeDep) -> Response:
    """Announce bytes for a synced media row; a body is their beginning, or all of them."""
    asked = await asyncio.to_thread(_ask, request, intake)
    whole, headers = asked.whole, request.headers
    if asked.admitted is not None:
        kept = await _take_whole(request, whole, asked.admitted)
        return _made(request, kept, kept.length)
    upload, offset = await asyncio.to_thread(intake.create, whole.actor, whole.creation)
    if not upload.finished and offset == 0 and (tus.has_body(headers) or upload.length == 0):
        # Bytes that are there already are not sent twice: the answer says where to go on.
        claim = partial(intake.claim, upload.id)
        upload, offset = await _take(request, intake, claim, 0)
    return _made(request, upload, offset)


@router.head("/{upload_id}", response_class=Response)
async def read_upload_offset(
    upload_id: str, request: Request, actor: ActorDep, intake: IntakeDep
) -> Response:
    """How many bytes are stored. All of them means: verified too, else this is where it is done."""
    tus.check_version(request.headers)
    upload, offset = await asyncio.to_thread(intake.find_settled, actor, upload_id)
    length = {"Upload-Defer-Length": "1"} if upload.length is None else {}
    metadata = {"Upload-Metadata": tus.write_metadata(upload.trip, upload.media, upload.sha256)}
    return _answer(200, upload, offset, **length, **metadata)


@router.patch("/{upload_id}", status_code=204, response_class=Response, responses=_WRITING)
async def append_to_upload(
    upload_id: str, request: Request, actor: ActorDep, intake: IntakeDep
) -> Response:
    """The next bytes, from Upload-Offset on; the last ones are answered once all is stored."""
    headers = request.headers
    tus.check_version(headers)
    tus.check_content_type(headers)
    claim = partial(intake.claim, upload_id, actor=actor)
    upload, offset = await _take(request, intake, claim, tus.read_offset(headers))
    return _answer(204, upload, offset)


@router.delete("/{upload_id}", status_code=204, response_class=Response)
async def delete_upload(
    upload_id: str, request: Request, actor: ActorDep, intake: IntakeDep
) -> Response:
    """Give up an upload; what was sent of it is discarded, a stored media stays."""
    tus.check_version(request.headers)
    await asyncio.to_thread(intake.terminate, actor, upload_id)
    return Response(status_code=204)


@dataclass(frozen=True)
class _Asked:
    """Who announces what; `admitted` when all of it follows and may be taken at once."""

    whole: Whole
    admitted: Admitted | None


def _ask(request: Request, intake: Intake) -> _Asked:
    headers = request.headers
    with asking(request) as (session, actor):
        tus.check_version(headers)
        if tus.has_body(headers):
            tus.check_content_type(headers)
        creation = tus.read_creation(headers, house_of(request).settings.upload_max_bytes)
        tus.read_checksum(headers)
        whole = Whole(intake, actor, creation)
        admitted = whole.admit(session) if tus.is_whole(headers, creation) else None
    return _Asked(whole, admitted)


async def _take_whole(request: Request, whole: Whole, admitted: Admitted) -> Kept:
    """The body of a small file that is all here: verified, durable and receipted on return."""
    expected = Expectation(whole.creation.length or 0, tus.read_checksum(request.headers))
    data = await gather(request.stream(), expected, whole.keep_part)
    return await asyncio.to_thread(whole.keep, data, admitted)


async def _take(request: Request, intake: Intake, claim: Claim, offset: int) -> tuple[Upload, int]:
    """Append the request's body to the claimed bytes; complete ones are kept before it returns.

    Three ways into a thread, more only for a large body: each costs processor time.
    """
    headers, limit = request.headers, request.app.state.house.settings.upload_max_bytes
    checksum, announced = tus.read_checksum(headers), tus.read_length(headers, limit)
    told = Appending(offset, announced, tus.read_body_length(headers))
    claimed = await asyncio.to_thread(claim, told)
    upload, file = claimed.upload, claimed.file
    try:
        length = limit if upload.length is None else upload.length
        if offset + (told.body or 0) > length:
            raise TooLarge("upload_too_long", "more bytes than the upload's length", length=length)
        if upload.finished:
            await asyncio.to_thread(file.close)
            return upload, offset
        expected = Expectation(length, checksum)
        then = partial(intake.settle, claimed)
        return upload, await receive(request.stream(), file, expected, then)
    except BaseException:
        await asyncio.shield(asyncio.to_thread(file.close))
        raise


def _made(request: Request, upload: Upload | Kept, offset: int) -> Response:
    location = f"{request.scope['path'].rstrip('/')}/{upload.id}"
    return _answer(201, upload, offset, Location=location)


def _answer(status: int, upload: Upload | Kept, offset: int, **headers: str) -> Response:
    told = {"Upload-Offset": str(offset), "Upload-Expires": _date(upload)}
    if upload.length is not None:
        told["Upload-Length"] = str(upload.length)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status_code=status, headers=told | named)


def _date(upload: Upload | Kept) -> str:
    return format_datetime(upload.expires_at, usegmt=True)
