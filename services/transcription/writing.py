"""Everything the server writes of a transcript: its state, its segments, and what they replace.

Segments and cursor go through one transaction, so that a run that was killed goes on where the
last stored segment ends. What a person wrote is never replaced: services/sync sees to that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col

from services.kernel.actor import SERVER, Actor
from services.kernel.hlc import SERVER_DEVICE
from services.kernel.ids import derive_id
from services.sync import ServerWrite, write_as_server
from services.transcription.heard import Heard
from services.transcription.models import Segment, Transcript
from services.transcription.recordings import (
    Held,
    Recording,
    held_segments,
    speaker_marks,
    transcript_id,
)
from services.transcription.rules import SpeakerMark, is_covered, speaker_of


@dataclass(frozen=True)
class Progress:
    """What is heard since the last time, up to where all is heard now, and what else to say."""

    heard: Sequence[Heard]
    cursor_ms: int
    fields: Mapping[str, Any]


def author_of(recording: Recording) -> Actor:
    """Derived rows belong to whoever made the recording: off the record, only they may read."""
    if recording.author is None:
        return SERVER
    return Actor(user=recording.author, device=SERVER_DEVICE)


def write_transcript(
    session: Session, recording: Recording, held: Transcript | None, **fields: Any
) -> None:
    """Make or change the transcript; nothing is written where nothing differs."""
    _write(session, recording, _transcript(recording, held, fields))


def store_progress(
    session: Session, recording: Recording, transcript: Transcript, progress: Progress
) -> None:
    """Store new segments, drop those of earlier revisions that they replace, move the cursor."""
    earlier = col(Segment.revision) != transcript.revision
    older = held_segments(session, recording.media, earlier)
    kept = [(h.segment.start_ms, h.segment.end_ms) for h in older if h.touched]
    new = [h for h in progress.heard if not is_covered(h.start_ms, h.end_ms, kept)]
    marks = speaker_marks(session, recording.media)
    writes = [
        *(_segment(recording, transcript, heard, marks) for heard in new),
        *_dropped(older, progress.cursor_ms),
        *_transcript(recording, transcript, {**progress.fields, "cursor_ms": progress.cursor_ms}),
    ]
    _write(session, recording, writes)


def refresh_segments(session: Session, recording: Recording) -> None:
    """Lay speakers and sensitivity anew over what is stored, never over a person's own choice."""
    marks = speaker_marks(session, recording.media)
    writes = []
    for held in held_segments(session, recording.media):
        wanted: dict[str, Any] = {"sensitivity": recording.sensitivity}
        if "speaker" not in held.touched:
            span = (held.segment.start_ms, held.segment.end_ms)
            wanted["speaker"] = _speaker(recording, span, marks)
        changed = {n: v for n, v in wanted.items() if getattr(held.segment, n) != v}
        if changed:
            writes.append(ServerWrite("segment", held.segment.id, changed))
    _write(session, recording, writes)


def _write(session: Session, recording: Recording, writes: Sequence[ServerWrite]) -> None:
    if writes:
        write_as_server(session, recording.trip, writes, actor=author_of(recording))


def _transcript(
    recording: Recording, held: Transcript | None, fields: Mapping[str, Any]
) -> list[ServerWrite]:
    wanted = {"sensitivity": recording.sensitivity, **fields}
    if held is None:
        changed = {"media": recording.media, **wanted}
    else:
        changed = {name: value for name, value in wanted.items() if getattr(held, name) != value}
    return [ServerWrite("transcript", transcript_id(recording.media), changed)] if changed else []


def _segment(
    recording: Recording, transcript: Transcript, heard: Heard, marks: Sequence[SpeakerMark]
) -> ServerWrite:
    record = derive_id(recording.media, transcript.revision, heard.start_ms)
    fields = {
        "media": recording.media,
        "transcript": transcript.id,
        "revision": transcript.revision,
        "start_ms": heard.start_ms,
        "end_ms": heard.end_ms,
        "speaker": _speaker(recording, (heard.start_ms, heard.end_ms), marks),
        "text": heard.text,
        "machine_text": heard.text,
        "language": heard.language,
        "confidence": heard.confidence,
        "reliable": heard.reliable,
        "sensitivity": recording.sensitivity,
    }
    return ServerWrite("segment", record, fields)


def _speaker(
    recording: Recording, span: tuple[int, int], marks: Sequence[SpeakerMark]
) -> str | None:
    """By the marks; without any, whoever the recording's note names."""
    return speaker_of(*span, marks) if marks else recording.speaker


def _dropped(older: Iterable[Held], cursor_ms: int) -> Iterable[ServerWrite]:
    """Untouched segments of earlier revisions go once the new revision has passed them."""
    for held in older:
        if not held.touched and held.segment.start_ms < cursor_ms:
            yield ServerWrite("segment", held.segment.id, deleted=True)
