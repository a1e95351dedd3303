"""What people are told of the speech engine: why recordings wait, and how to end that."""

from pydantic import BaseModel

from services.kernel.actor import Actor
from services.kernel.settings import Settings
from services.speech import EngineState, engine_status


class EngineReport(BaseModel):
    """`hint` is one English sentence with the mend, empty for those who cannot do it."""

    state: EngineState
    engine: str
    hint: str


def report_engine(settings: Settings, actor: Actor) -> EngineReport:
    """The state of the engine of the settings, as this actor may know it."""
    status = engine_status(settings)
    hint = status.hint if actor.admin else ""
    return EngineReport(state=status.state, engine=settings.whisper_engine, hint=hint)
