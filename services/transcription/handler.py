"""The handler of `transcribe` jobs, light until the first of them runs."""

from functools import lru_cache

from services.jobs import Handler, JobRun
from services.kernel.settings import Settings
from services.storage import ObjectStore


def transcribe_handler(settings: Settings, store: ObjectStore) -> Handler:
    """The function that does `transcribe` jobs of this house."""

    @lru_cache(maxsize=1)
    def transcriber() -> Handler:
        from services.transcription.jobs import Transcriber

        return Transcriber(settings, store)

    def handle(job: JobRun) -> None:
        transcriber()(job)

    return handle
