"""The job `transcribe`: fetch, decode, hear, store group by group; in the worker's heavy lane.

A repeated run goes on from the stored cursor. No transaction is open while it decodes or hears.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.jobs import Interrupted, JobRun, WaitFor
from services.kernel.log import get_logger
from services.kernel.settings import Settings
from services.media import blob_key
from services.speech import (
    Engine,
    EngineStatus,
    KeptEngine,
    NotReady,
    SpeechError,
    engine_status,
    open_ear,
    speech_options,
)
from services.storage import MissingObject, ObjectStore
from services.transcription.decode import (
    Decoded,
    DecodingStopped,
    decode_to_pcm,
    open_pcm,
)
from services.transcription.errors import Unreadable
from services.transcription.hearing import Listener
from services.transcription.rules import is_partial
from services.transcription.run import Task, TranscriptRun, begin

LOOK_AGAIN_SECONDS = 20.0
WAITING = "waiting_for_model"


class Transcriber:
    """Does `transcribe` jobs; keeps its engine warm between them."""

    def __init__(self, settings: Settings, store: ObjectStore) -> None:
        self._settings = settings
        self._store = store
        self._kept = KeptEngine(settings)

    def __call__(self, job: JobRun) -> None:
        task = begin(job)
        if task is None:
            return
        run = TranscriptRun(job, task)
        try:
            self._wait_for_engine(run)
            with self._decoded(run) as decoded, self._kept.using() as engine:
                self._hear(run, decoded, engine)
        except Unreadable as unread:
            run.say(state="unreadable", problem=unread.code, duration_ms=0)
        except DecodingStopped:
            return
        except NotReady as wait:
            self._wait(run, wait.status)
        except (WaitFor, Interrupted):
            raise
        except Exception as error:
            _say_failed(run, error)
            raise

    def _wait_for_engine(self, run: TranscriptRun) -> None:
        status = engine_status(self._settings)
        if not status.ready:
            self._wait(run, status)

    def _wait(self, run: TranscriptRun, status: EngineStatus) -> None:
        """No model is a normal state: the recording waits, uses no attempt, and looks again."""
        run.say(state=WAITING, problem=status.state)
        raise WaitFor(WAITING, seconds=LOOK_AGAIN_SECONDS)

    @contextmanager
    def _decoded(self, run: TranscriptRun) -> Iterator[Decoded]:
        """The recording as PCM in the data folder, for as long as it is needed."""
        run.say(state="decoding", problem=None)
        folder = self._settings.data.resolve() / "work"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{run.task.recording.media}.pcm"
        try:
            with self._store.local_copy(blob_key(run.task.recording.sha256 or "")) as source:
                decoded = decode_to_pcm(source, target, keep_going=lambda: not run.job.cancelled())
            yield decoded
        finally:
            target.unlink(missing_ok=True)

    def _hear(self, run: TranscriptRun, decoded: Decoded, engine: Engine) -> None:
        duration = decoded.duration_ms
        model = engine.status().model
        run.say(state="transcribing", duration_ms=duration, engine=engine.name, model=_shown(model))
        setting = run.task.setting
        options = speech_options(
            self._settings, languages=setting.languages, vocabulary=setting.vocabulary
        )
        listener = Listener(engine, open_ear(self._settings), options)
        for step in listener.listen(open_pcm(decoded), run.task.cursor_ms):
            run.take(step)
            run.job.progress(min(1.0, step.cursor_ms / max(1, duration)))
        if _is_partial(run.task, decoded):
            run.finish(state="partial", problem="truncated")
        else:
            run.finish(state="done")


def _is_partial(task: Task, decoded: Decoded) -> bool:
    """Less came out than was recorded, or nobody knows how much was and bytes were damaged."""
    recorded = task.recording.duration_ms
    return is_partial(decoded.duration_ms, recorded) or (decoded.damaged and not recorded)


def _shown(model: str) -> str:
    """A model in a folder of its own is told by the folder's name: paths are nobody's business."""
    return Path(model).name if Path(model).is_absolute() else model


def _say_failed(run: TranscriptRun, error: Exception) -> None:
    """Leave the reason where people see it; the job itself is tried again."""
    get_logger("transcription").warning("transcription failed", error=type(error).__name__)
    if isinstance(error, SpeechError):
        run.say(state="failed", problem="engine_failed")
    elif isinstance(error, MissingObject):
        run.say(state="failed", problem="media_lost")
    elif isinstance(error, OSError) and error.errno == errno.ENOSPC:
        run.say(state="failed", problem="storage_full")
    else:
        run.say(state="failed", problem="transcription_failed")
