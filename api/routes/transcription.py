"""Having a recording transcribed, again or for the first time, and what the engine lacks."""

from fastapi import APIRouter

from api.dependencies import ActorDep, HouseDep, WriteDep
from api.problems import problems
from services import transcription
from services.kernel.errors import Conflict, Forbidden, NotFound, Unauthenticated

router = APIRouter(tags=["transcription"])
_RECORDING = problems(Unauthenticated, Forbidden, NotFound)


@router.post(
    "/media/{media_id}/transcribe", status_code=202, responses=_RECORDING | problems(Conflict)
)
def transcribe_media(media_id: str, actor: ActorDep, session: WriteDep) -> transcription.Transcript:
    """A new revision of what was heard, or another try of what failed; people's edits stay."""
    return transcription.transcribe_again(session, actor, media_id)


@router.delete("/media/{media_id}/transcribe", responses=_RECORDING)
def stop_transcription(
    media_id: str, actor: ActorDep, session: WriteDep
) -> transcription.Transcript:
    """Stop at once; what was heard stays, and transcribing again goes on from there."""
    return transcription.stop_transcription(session, actor, media_id)


@router.get("/transcription/engine", responses=problems(Unauthenticated))
def read_engine(actor: ActorDep, house: HouseDep) -> transcription.EngineReport:
    """Whether recordings can be transcribed now; how to mend it is told to administrators."""
    return transcription.report_engine(house.settings, actor)
