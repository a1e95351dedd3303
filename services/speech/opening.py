"""From settings to an engine; the only place that chooses one, and the only lazy imports.

faster-whisper and its packages take 1.4 s and 60 MB to import: the API never pays for them.
"""

from collections.abc import Callable

from services.kernel.settings import Settings
from services.speech.models import find_model
from services.speech.port import TEMPERATURES, Engine, EngineStatus, Options, Pcm, Span

Ear = Callable[[Pcm], list[Span]]


def open_engine(settings: Settings) -> Engine:
    """The engine the settings name; loads no model yet."""
    if settings.whisper_engine == "remote":
        from services.speech.remote import Address, RemoteEngine

        key = settings.whisper_key.get_secret_value()
        return RemoteEngine(Address(settings.whisper_url, settings.whisper_model, key))
    from services.speech.faster import FasterWhisper

    folder = find_model(settings.data, settings.whisper_model)
    return FasterWhisper(folder, threads=settings.whisper_threads)


def engine_status(settings: Settings) -> EngineStatus:
    """Whether speech can be transcribed now; for faster-whisper without importing it."""
    if settings.whisper_engine == "remote":
        return open_engine(settings).status()
    return find_model(settings.data, settings.whisper_model).status()


def open_ear(settings: Settings) -> Ear:
    """The function that finds the spans of speech in a block."""
    from services.speech.vad import Pauses, find_speech

    pauses = Pauses(settings.whisper_min_silence_ms, settings.whisper_speech_pad_ms)
    return lambda pcm: find_speech(pcm, pauses)


def speech_options(
    settings: Settings, *, languages: tuple[str, ...] = (), vocabulary: tuple[str, ...] = ()
) -> Options:
    """What the settings say of every block, with the languages and names of this recording."""
    fixed = settings.whisper_temperature
    return Options(
        languages=languages,
        vocabulary=vocabulary,
        beam=settings.whisper_beam,
        temperatures=TEMPERATURES if fixed is None else (fixed,),
    )
