"""Whether the server is ready, and what an operator may count."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import HouseDep
from api.problems import problems
from services.kernel.errors import Busy

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """`ok` once the database answers."""

    status: str
    version: str


@router.get("/healthz", responses=problems(Busy))
def read_health(house: HouseDep) -> Health:
    """200 without sign-in once the server is ready."""
    house.db.is_ready()
    return Health(status="ok", version=house.version)
