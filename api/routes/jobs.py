"""The work in hand for a trip, and another try for what failed."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.dependencies import ActorDep, ReadDep, WriteDep
from api.problems import problems
from api.routes.sync import TripId
from services import jobs, trips
from services.kernel.errors import Conflict, Forbidden, NotFound, Unauthenticated

router = APIRouter(tags=["jobs"])
_TRIP = problems(Unauthenticated, Forbidden, NotFound)


@router.get("/trips/{trip}/jobs", responses=_TRIP)
def list_jobs(trip: TripId, actor: ActorDep, session: ReadDep) -> list[jobs.JobReport]:
    """Jobs that are open, or failed with their reason; for aide and principal."""
    trips.require_keeper(session, actor, trip)
    return jobs.list_jobs(session, trip)


@router.post(
    "/trips/{trip}/jobs/{job}/retry", status_code=204, responses=_TRIP | problems(Conflict)
)
def retry_job(
    trip: TripId,
    job: Annotated[str, Path(max_length=36)],
    actor: ActorDep,
    session: WriteDep,
) -> None:
    """Queue a failed job again; Conflict when it has not failed."""
    trips.require_keeper(session, actor, trip)
    if jobs.trip_of_job(session, job) != trip:
        raise NotFound("job_unknown", "no such job on this trip")
    jobs.retry_job(session, job)
