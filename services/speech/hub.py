"""Fetching a model from the model hub, and trying one out; only the command line does this."""

from pathlib import Path

from services.kernel.settings import Settings
from services.speech.models import ModelError
from services.speech.opening import open_engine
from services.speech.port import SAMPLE_RATE, EngineStatus, Options


def fetch_from_hub(name: str, folder: Path) -> None:
    """Fill a folder with a model's files; what is there already is not fetched again."""
    from faster_whisper.utils import available_models, download_model

    if name not in available_models():
        raise ModelError(f"There is no model {name!r}; there are: {', '.join(available_models())}.")
    try:
        download_model(name, output_dir=str(folder))
    # The hub's client raises errors of its own, of its HTTP library and of the system.
    except Exception as error:
        raise ModelError(
            f"{name} could not be fetched ({type(error).__name__}). Without a way to the model hub,"
            " set HF_ENDPOINT to a mirror, or fetch the model elsewhere and run:"
            " suixing models import FOLDER"
        ) from error


def try_engine(settings: Settings) -> EngineStatus:
    """Load the model of the settings and hear a second of silence; NotReady, SpeechError if not."""
    # Imported here, as the engines are: the API, which never hears anything, is 10 MB smaller.
    import numpy as np

    engine = open_engine(settings)
    silence = np.zeros(SAMPLE_RATE, dtype=np.float32)
    try:
        list(engine.transcribe(silence, Options(languages=("en",), temperatures=(0.0,))))
        return engine.status()
    finally:
        engine.close()
