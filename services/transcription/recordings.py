"""What transcription reads: a recording with what steers its hearing, and what was heard before."""

from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import and_
from sqlmodel import Session, col, select

from services.directory import Person, Unit
from services.kernel.entity import Entity, Sensitivity
from services.kernel.hlc import SERVER_DEVICE
from services.kernel.ids import derive_id
from services.media import Mark, Media
from services.notes import Note
from services.sync import SyncHead
from services.transcription.models import Segment, Transcript
from services.transcription.rules import SpeakerMark, choose_vocabulary, strictest
from services.trips import Forum, Stop, Trip

E = TypeVar("E", bound=Entity)
HEARD_KINDS = ("audio", "video")


@dataclass(frozen=True)
class Recording:
    """A recording as its derived rows need it; `speaker` is who its note says speaks."""

    media: str
    trip: str
    author: str | None
    sha256: str | None
    duration_ms: int | None
    forum: str | None
    speaker: str | None
    sensitivity: Sensitivity


@dataclass(frozen=True)
class Held:
    """A stored segment and which of its fields a person wrote last."""

    segment: Segment
    touched: frozenset[str]


@dataclass(frozen=True)
class Setting:
    """What is likely to be said: languages that may occur, names that may be spoken."""

    languages: tuple[str, ...]
    vocabulary: tuple[str, ...]


def transcript_id(media: str) -> str:
    """A recording has one transcript, whose revisions follow each other."""
    return derive_id(media, "transcript")


def find_recording(session: Session, media_id: str) -> Recording | None:
    """The recording; None when it is none, was deleted, or is not known."""
    found = live(session, Media, col(Media.id) == media_id)
    if not found or found[0][0].kind not in HEARD_KINDS:
        return None
    media = found[0][0]
    notes = live(session, Note, col(Note.id) == media.note) if media.note else []
    note = notes[0][0] if notes else None
    return Recording(
        media=media.id,
        trip=media.trip,
        author=media.created_by,
        sha256=media.sha256,
        duration_ms=media.duration_ms,
        forum=media.forum or (note.forum if note else None),
        speaker=note.speaker if note else None,
        sensitivity=strictest(media.sensitivity, note.sensitivity if note else None),
    )


def find_transcript(session: Session, media: str) -> Transcript | None:
    return session.get(Transcript, transcript_id(media), populate_existing=True)


def speaker_marks(session: Session, media: str) -> list[SpeakerMark]:
    """Who spoke from when on, as tapped on the seating plan."""
    found = live(session, Mark, col(Mark.media) == media, col(Mark.kind) == "speaker")
    return [SpeakerMark(mark.at_ms, mark.person) for mark, _ in found]


def held_segments(session: Session, media: str, *where: Any) -> list[Held]:
    """Segments of a recording, of whatever revision unless `where` says more."""
    found = live(session, Segment, col(Segment.media) == media, *where)
    return [Held(segment, _touched(head)) for segment, head in found]


def hearing_setting(session: Session, recording: Recording) -> Setting:
    """Languages of the forum or the trip; the trip's words and the names of whom it meets."""
    trip = session.get(Trip, recording.trip, populate_existing=True)
    forum = session.get(Forum, recording.forum) if recording.forum else None
    languages = (forum.languages if forum else []) or (trip.languages if trip else [])
    words = trip.vocabulary if trip else []
    people = [person.name for person in _open(session, Person, recording.trip)]
    units = [unit.name for unit in _open(session, Unit, recording.trip)]
    places = [stop.place for stop in _open(session, Stop, recording.trip)]
    codes = tuple(dict.fromkeys(code.split("-")[0].lower() for code in languages if code))
    return Setting(codes, choose_vocabulary(words, people, units, places))


def live(session: Session, model: type[E], *where: Any) -> list[tuple[E, SyncHead]]:
    """Rows that are not deleted, with their heads, as they stand in this transaction."""
    query = (
        select(model, SyncHead)
        .join(
            SyncHead,
            and_(
                col(SyncHead.entity) == str(model.__tablename__),
                col(SyncHead.record) == model.id,
                col(SyncHead.deleted).is_(False),
            ),
        )
        .where(*where)
        .execution_options(populate_existing=True)
    )
    return list(session.exec(query).all())


def _open(session: Session, model: type[E], trip: str) -> list[E]:
    """Rows of a trip whose names may turn up in any transcript of it."""
    where = (col(model.trip) == trip, col(model.sensitivity) == "normal")
    return [row for row, _ in live(session, model, *where)]


def _touched(head: SyncHead) -> frozenset[str]:
    return frozenset(name for name, stamp in head.stamps.items() if stamp[2] != SERVER_DEVICE)
