"""Push, pull and history of a trip's records."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic_core import from_json
from starlette.responses import Response

from api.dependencies import ActorDep, PushingActorDep, ReadDep, WriteDep
from api.problems import problems
from services import sync
from services.kernel.errors import (
    Busy,
    ClientTooOld,
    Forbidden,
    Malformed,
    NotFound,
    TooLarge,
    Unauthenticated,
)
from services.kernel.ids import is_id

router = APIRouter(tags=["sync"])
_DRAIN_BYTES = 16 * 1024 * 1024
# Documentation only: each change is judged alone, so the body is not validated as a whole.
_CHANGE = {
    "type": "object",
    "required": ["id", "entity", "record", "hlc"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "entity": {"type": "string"},
        "record": {"type": "string", "format": "uuid"},
        "fields": {"type": "object", "additionalProperties": True},
        "hlc": {"type": "string"},
        "base": {"type": "integer"},
        "deleted": {"type": "boolean"},
        "author": {"type": "string", "format": "uuid"},
    },
}
_PUSH = {
    "type": "object",
    "required": ["schema", "device", "now", "changes"],
    "properties": {
        "schema": {"type": "integer"},
        "device": {"type": "string"},
        "now": {"type": "integer"},
        "changes": {"type": "array", "items": _CHANGE, "maxItems": 500},
    },
}
_READ_PROBLEMS = problems(Unauthenticated, Forbidden, NotFound)


async def read_body(request: Request) -> bytes:
    """The whole body; TooLarge over 1 MiB, after draining so that the client reads the answer."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size <= sync.MAX_BYTES:
            pieces.append(piece)
        elif size > _DRAIN_BYTES:
            break
    if size > sync.MAX_BYTES:
        raise TooLarge("push_too_large", f"at most {sync.MAX_BYTES} bytes in one push")
    return b"".join(pieces)


async def check_trip(trip: str) -> str:
    if not is_id(trip):
        raise NotFound("trip_unknown", "no such trip, or not for you")
    return trip


TripId = Annotated[str, Depends(check_trip)]


@router.post(
    "/sync/{trip}/push",
    responses=problems(
        Malformed, Unauthenticated, Forbidden, NotFound, TooLarge, ClientTooOld, Busy
    )
    | {200: {"model": sync.PushAnswer}},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _PUSH}},
        }
    },
)
def push_changes(
    actor: PushingActorDep,
    trip: TripId,
    body: Annotated[bytes, Depends(read_body)],
    session: WriteDep,
) -> Response:
    """Up to 500 changes of one trip; each is answered in its place, a bad one harms no other."""
    answer = sync.push(session, actor, trip, sync.read_envelope(_decode(body)))
    # Written here, once: FastAPI would check and copy all 500 results before it writes them.
    return Response(answer.model_dump_json(), media_type="application/json")


@router.get("/sync/{trip}/pull", responses=_READ_PROBLEMS | {200: {"model": sync.PullAnswer}})
def pull_rows(
    actor: ActorDep,
    trip: TripId,
    session: ReadDep,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
) -> Response:
    """The present state of every record changed since `after`, in order."""
    body = sync.pull(session, actor, trip, after=after, limit=limit)
    return Response(body, media_type="application/json")


@router.get("/trips/{trip}/history/{entity}/{record}", responses=_READ_PROBLEMS)
def read_history(
    actor: ActorDep, trip: TripId, entity: str, record: str, session: ReadDep
) -> list[sync.PastValue]:
    """Every value ever written to one record; restoring one is an ordinary change."""
    return sync.read_history(session, actor, trip, (entity, record))


def _decode(body: bytes) -> Any:
    try:
        return from_json(body)
    except ValueError:
        # Half a surrogate pair, deep nesting or no JSON at all: the standard library decides.
        return _decode_slowly(body)


def _decode_slowly(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("not_json", "the body is not JSON") from error
