"""One run over one revision of a transcript: what it starts from, and what it writes on the way.

Every write looks first whether the transcript is still this run's; if not, it is Interrupted.
"""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from services.jobs import Interrupted, JobRun
from services.kernel.events import publish
from services.transcription.events import TranscriptReady
from services.transcription.heard import Heard, Step
from services.transcription.models import Transcript
from services.transcription.recordings import (
    Recording,
    Setting,
    find_recording,
    find_transcript,
    hearing_setting,
    transcript_id,
)
from services.transcription.writing import Progress, store_progress, write_transcript

GROUP_SIZE = 20
GROUP_SECONDS = 5.0
_OVER = ("done", "partial", "unreadable")


@dataclass(frozen=True)
class Task:
    """What is to be heard, as it stood when the run began."""

    recording: Recording
    setting: Setting
    revision: int
    cursor_ms: int


def begin(job: JobRun) -> Task | None:
    """Read what the job is about; None when there is nothing left to do."""
    with job.db.read() as session:
        recording = find_recording(session, job.payload["media"])
        transcript = find_transcript(session, job.payload["media"])
        if recording is None or transcript is None or transcript.state in _OVER:
            return None
        setting = hearing_setting(session, recording)
        return Task(recording, setting, transcript.revision, transcript.cursor_ms)


class TranscriptRun:
    """Collects what is heard and stores it in groups, each with its cursor in one transaction."""

    def __init__(self, job: JobRun, task: Task) -> None:
        self.job = job
        self.task = task
        self._heard: list[Heard] = []
        self._cursor_ms = task.cursor_ms
        self._stored_at = time.monotonic()
        self._languages: Counter[str] = Counter()

    def say(self, **fields: Any) -> None:
        """Change the transcript's own fields."""
        with self.job.write() as session:
            recording, transcript = self._current(session)
            write_transcript(session, recording, transcript, **fields)

    def take(self, step: Step) -> None:
        """Take one step of the listener; stores a group when it is full or has waited."""
        self._cursor_ms = step.cursor_ms
        if step.heard is not None:
            self._heard.append(step.heard)
            self._languages[step.heard.language] += 1
        waited = time.monotonic() - self._stored_at >= GROUP_SECONDS
        if len(self._heard) >= GROUP_SIZE or waited:
            with self.job.write() as session:
                self._store(session, {})
            self._forget()

    def finish(self, **fields: Any) -> None:
        """Store what is left and the end in one transaction, and tell the rooms above."""
        with self.job.write() as session:
            recording = self._store(session, {**fields, **self._language()})
            transcript = transcript_id(recording.media)
            publish(session, TranscriptReady(recording.trip, recording.media, transcript))
        self._forget()

    def _store(self, session: Session, fields: dict[str, Any]) -> Recording:
        recording, transcript = self._current(session)
        progress = Progress(tuple(self._heard), self._cursor_ms, fields)
        store_progress(session, recording, transcript, progress)
        return recording

    def _forget(self) -> None:
        self._heard.clear()
        self._stored_at = time.monotonic()

    def _language(self) -> dict[str, str]:
        """The language most was said in; left as it is when a repeated run heard nothing new."""
        found = self._languages.most_common(1)
        return {"language": found[0][0]} if found else {}

    def _current(self, session: Session) -> tuple[Recording, Transcript]:
        recording = find_recording(session, self.task.recording.media)
        transcript = find_transcript(session, self.task.recording.media)
        if recording is None or transcript is None or transcript.revision != self.task.revision:
            raise Interrupted
        return recording, transcript
