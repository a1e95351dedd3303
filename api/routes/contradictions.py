"""Accounts that differ, with what was asked, answered and ruled; people change them by sync."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.dependencies import ActorDep, ReadDep
from api.problems import problems
from api.routes.sync import TripId
from services import followup
from services.contradictions import ContradictionState
from services.kernel.errors import Forbidden, NotFound, Unauthenticated

router = APIRouter(tags=["contradictions"])
_PROBLEMS = problems(Unauthenticated, Forbidden, NotFound)
_LISTED: tuple[ContradictionState, ...] = ("open", "verifying", "ruled")


@router.get("/trips/{trip}/contradictions", responses=_PROBLEMS)
def list_contradictions(
    trip: TripId,
    actor: ActorDep,
    session: ReadDep,
    state: Annotated[list[ContradictionState], Query()] = list(_LISTED),  # noqa: B006
) -> list[followup.ContradictionShown]:
    """What is to be done first, the gravest first; `state=withdrawn` for what is explained too."""
    return followup.list_contradictions(session, actor, trip, state)


@router.get("/trips/{trip}/units/{unit}/earlier", responses=_PROBLEMS)
def list_earlier(
    trip: TripId,
    unit: Annotated[str, Path(max_length=36)],
    actor: ActorDep,
    session: ReadDep,
) -> list[followup.EarlierShown]:
    """Where this trip differs from the reader's earlier ones to a unit of the same name."""
    return followup.list_earlier(session, actor, trip, unit)


@router.get("/trips/{trip}/contradictions/{contradiction}", responses=_PROBLEMS)
def read_contradiction(
    trip: TripId,
    contradiction: Annotated[str, Path(max_length=36)],
    actor: ActorDep,
    session: ReadDep,
) -> followup.ContradictionShown:
    """One pair of accounts with its questions, answers, evidence and every ruling."""
    return followup.show_contradiction(session, actor, trip, contradiction)
