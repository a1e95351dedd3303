"""Speech to text behind one port: engines, the folder of models, and where somebody speaks.

This front door is light; `open_engine` and `open_ear` import the large packages when called, which
only the worker and the command line do.
"""

from services.speech.hub import fetch_from_hub, try_engine
from services.speech.kept import KeptEngine
from services.speech.models import (
    SIZES_MB,
    ModelError,
    ModelFolder,
    download_model,
    find_model,
    import_model,
    installed_models,
    models_folder,
)
from services.speech.opening import Ear, engine_status, open_ear, open_engine, speech_options
from services.speech.port import (
    SAMPLE_RATE,
    Engine,
    EngineState,
    EngineStatus,
    NotReady,
    Options,
    Pcm,
    Segment,
    Span,
    SpeechError,
)

__all__ = [
    "SAMPLE_RATE",
    "SIZES_MB",
    "Ear",
    "Engine",
    "EngineState",
    "EngineStatus",
    "KeptEngine",
    "ModelError",
    "ModelFolder",
    "NotReady",
    "Options",
    "Pcm",
    "Segment",
    "Span",
    "SpeechError",
    "download_model",
    "engine_status",
    "fetch_from_hub",
    "find_model",
    "import_model",
    "installed_models",
    "models_folder",
    "open_ear",
    "open_engine",
    "speech_options",
    "try_engine",
]
