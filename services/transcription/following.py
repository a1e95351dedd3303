"""What changes around a recording after it was heard: marks, its note, its sensitivity."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from services.media import Mark, Media
from services.sync import RecordChange, RecordsChanged
from services.transcription.models import Transcript
from services.transcription.recordings import find_recording, find_transcript
from services.transcription.writing import refresh_segments, write_transcript

_NOTE_FIELDS = frozenset({"speaker", "sensitivity"})
_MEDIA_FIELDS = frozenset({"note", "sensitivity"})


def follow_changes(session: Session, event: RecordsChanged) -> None:
    """Re-apply speakers and sensitivity wherever their sources changed; for RecordsChanged."""
    for media in _heard_recordings(session, event.changes):
        recording = find_recording(session, media)
        transcript = find_transcript(session, media)
        if recording is not None and transcript is not None:
            write_transcript(session, recording, transcript)
            refresh_segments(session, recording)


def _heard_recordings(session: Session, changes: Iterable[RecordChange]) -> list[str]:
    marks, notes, media = [], [], []
    for change in changes:
        moved = change.deleted or change.created
        if change.entity == "mark":
            marks.append(change.record)
        elif change.entity == "note" and (moved or change.fields & _NOTE_FIELDS):
            notes.append(change.record)
        elif change.entity == "media" and (moved or change.fields & _MEDIA_FIELDS):
            media.append(change.record)
    if not (marks or notes or media):
        return []
    found = {*media, *_of_marks(session, marks), *_of_notes(session, notes)}
    return _with_transcript(session, found)


def _of_marks(session: Session, marks: list[str]) -> Iterable[str]:
    return session.exec(select(Mark.media).where(col(Mark.id).in_(marks))).all() if marks else ()


def _of_notes(session: Session, notes: list[str]) -> Iterable[str]:
    return session.exec(select(Media.id).where(col(Media.note).in_(notes))).all() if notes else ()


def _with_transcript(session: Session, media: set[str]) -> list[str]:
    query = select(Transcript.media).where(col(Transcript.media).in_(media))
    return sorted(set(session.exec(query).all()))
