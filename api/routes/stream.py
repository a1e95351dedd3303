"""Word, as server-sent events, that one of the reader's trips has moved on."""

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.dependencies import get_signed_in, house_of
from api.problems import problems
from services.bootstrap import House
from services.kernel.errors import SuixingError, Unauthenticated
from services.trips import trips_of

router = APIRouter(tags=["sync"])
HEARTBEAT_SECONDS = 15.0
_QUEUE = 256


@router.get("/stream", responses=problems(Unauthenticated))
async def stream_notices(request: Request) -> StreamingResponse:
    """`data: {trip, seq}` for all trips of the user; a beat every 15 s; ends on revocation."""
    signed_in = await run_in_threadpool(get_signed_in, request)
    notices = _notices(request, house_of(request), signed_in.actor.user)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(notices, media_type="text/event-stream", headers=headers)


async def _notices(request: Request, house: House, user: str) -> AsyncIterator[str]:
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[tuple[str, int]](_QUEUE)
    leave = house.hub.add(lambda trip, seq: loop.call_soon_threadsafe(_offer, queue, trip, seq))
    try:
        yield ": hello\n\n"
        while not await request.is_disconnected():
            try:
                trip, seq = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                trip, seq = "", 0
            if not await run_in_threadpool(_still_signed_in, request):
                return
            if not trip:
                yield ": beat\n\n"
            elif await run_in_threadpool(_is_member, house, user, trip):
                yield f"data: {json.dumps({'trip': trip, 'seq': seq})}\n\n"
    finally:
        leave()


def _offer(queue: "asyncio.Queue[tuple[str, int]]", trip: str, seq: int) -> None:
    # A reader too slow to take 256 notices learns by its timer; losing one does no harm.
    if not queue.full():
        queue.put_nowait((trip, seq))


def _still_signed_in(request: Request) -> bool:
    try:
        return not get_signed_in(request).device_revoked
    except SuixingError:
        return False


def _is_member(house: House, user: str, trip: str) -> bool:
    with house.db.read() as session:
        return trip in trips_of(session, user)
