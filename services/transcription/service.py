"""Use cases: a recording is queued when stored, transcribed again or stopped when somebody asks."""

from sqlmodel import Session, col, select

from services.jobs import Job, cancel_job, enqueue
from services.kernel.actor import Actor
from services.kernel.errors import Conflict, Forbidden, NotFound
from services.media import AudioStored
from services.sync import Exchange, Subject, View
from services.transcription.models import Transcript
from services.transcription.recordings import Recording, find_recording, find_transcript
from services.transcription.writing import write_transcript

TRANSCRIBE = "transcribe"
_HEARD = ("done", "partial")
_UNDER_WAY = ("queued", "decoding", "transcribing")
# Whoever may say what a recording belongs to may also have it transcribed again.
_RIGHT = frozenset({"note"})


def queue_stored(session: Session, event: AudioStored) -> None:
    """Have a recording transcribed whose bytes have come; for AudioStored."""
    recording = find_recording(session, event.media)
    if recording is None:
        return
    held = find_transcript(session, recording.media)
    if held is None or held.state not in _HEARD:
        _queue(session, recording, held)


def transcribe_again(session: Session, actor: Actor, media: str) -> Transcript:
    """Start a new revision of what was heard, or go on with what failed or waits.

    Conflict when the recording's bytes have not come yet; nothing changes while it is under way.
    """
    recording = _find_allowed(session, actor, media)
    if recording.sha256 is None:
        raise Conflict("media_not_stored", "the recording's bytes have not come yet")
    held = find_transcript(session, media)
    if held is not None and held.state in _HEARD:
        write_transcript(
            session, recording, held, revision=held.revision + 1, cursor_ms=0, state="queued"
        )
        held = find_transcript(session, media)
    if held is None or held.state not in _UNDER_WAY or not _open_jobs(session, media):
        _queue(session, recording, held)
    return _present(session, media)


def stop_transcription(session: Session, actor: Actor, media: str) -> Transcript:
    """End a run at once; what was heard stays, and transcribing again goes on from there."""
    recording = _find_allowed(session, actor, media)
    held = find_transcript(session, media)
    if held is None:
        raise NotFound("transcript_unknown", "this recording has no transcript")
    for job in _open_jobs(session, media):
        cancel_job(session, job)
    if held.state not in (*_HEARD, "failed", "unreadable"):
        write_transcript(session, recording, held, state="failed", problem="stopped")
    return _present(session, media)


def _queue(session: Session, recording: Recording, held: Transcript | None) -> None:
    write_transcript(session, recording, held, state="queued", problem=None)
    media, trip = recording.media, recording.trip
    enqueue(session, TRANSCRIBE, {"media": media}, lane="heavy", key=media, trip=trip)


def _open_jobs(session: Session, media: str) -> list[str]:
    query = select(Job.id).where(
        Job.kind == TRANSCRIBE,
        Job.key == media,
        col(Job.state).in_(["queued", "waiting", "running"]),
    )
    return list(session.exec(query).all())


def _find_allowed(session: Session, actor: Actor, media: str) -> Recording:
    recording = find_recording(session, media)
    view = _view(session, actor, recording.trip) if recording else None
    if recording is None or view is None:
        raise _unknown()
    subject = Subject("media", media, recording.author, recording.sensitivity)
    if not view.may_read(subject):
        raise _unknown()
    refusal = view.refuse_write(subject, _RIGHT, new=False)
    if refusal is not None:
        raise Forbidden(refusal.code, refusal.detail)
    return recording


def _view(session: Session, actor: Actor, trip: str) -> View | None:
    try:
        return Exchange.of(session).policy.view(session, actor, trip)
    except NotFound:
        # A stranger must not learn from the code that the recording exists.
        return None


def _unknown() -> NotFound:
    return NotFound("media_unknown", "no such recording, or not for you")


def _present(session: Session, media: str) -> Transcript:
    transcript = find_transcript(session, media)
    if transcript is None:
        raise NotFound("transcript_unknown", "this recording has no transcript")
    return transcript
