"""Whether what was derived still stands on what it was derived from: segments, claims, flags,
jobs and unfinished uploads."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, col, select

from services.contradictions import READ_CLAIMS, Claim, ClaimCursor, ClaimTerm, Contradiction
from services.jobs import Job
from services.media import Media, Staging, Upload
from services.safekeeping.flaws import Flaw
from services.sync import Exchange, SyncHead
from services.transcription import Segment, Transcript

_OPEN = ("queued", "waiting", "running")


def check_derived(session: Session) -> Iterator[Flaw]:
    """All rows that the server made from others."""
    standing = _Standing(session)
    yield from _check_segments(session)
    yield from _check_claims(session, standing)
    yield from _check_flags(session, standing)
    yield from _check_jobs(session)


def check_uploads(
    staging: Staging, staged: list[str], uploads: dict[str, Upload]
) -> Iterator[Flaw]:
    """Staged bytes and the uploads they belong to; `staged` were listed before `uploads`."""
    for upload_id in staged:
        upload = uploads.get(upload_id)
        held = staging.offset(upload_id)
        if upload is None:
            yield Flaw("upload_unknown", f"upload {upload_id}: {held} bytes that belong to nothing")
        elif not upload.finished and upload.length is not None and held > upload.length:
            yield Flaw("upload_too_long", f"upload {upload_id}: {held} bytes of {upload.length}")


class _Standing:
    """Texts that claims and flags are about, and which of them are about to be read again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        query = select(Job.key).where(Job.kind == READ_CLAIMS, col(Job.state).in_(_OPEN))
        # A job reads a whole trip, or one record by itself.
        self._reading = {key for key in session.exec(query) if key is not None}
        self._read = dict(session.exec(select(ClaimCursor.trip, ClaimCursor.seq)).all())
        self._rows: dict[tuple[str, str], dict[str, Any] | None] = {}

    def will_be_read(self, trip: str, entity: str, record: str) -> bool:
        if {trip, f"{entity}/{record}"} & self._reading:
            return True
        head = self._session.get(SyncHead, (entity, record))
        return head is not None and head.seq > self._read.get(trip, 0)

    def trip(self, entity: str, record: str) -> str | None:
        row = self._row(entity, record)
        return str(row["trip"]) if row else None

    def text(self, entity: str, record: str, field: str) -> str:
        row = self._row(entity, record) or {}
        return str(row.get(field) or "")

    def _row(self, entity: str, record: str) -> dict[str, Any] | None:
        key = (entity, record)
        if key not in self._rows:
            kind = Exchange.of(self._session).registry.get(entity)
            found = None
            if kind is not None:
                query = kind.table.select().where(kind.table.c.id == record)
                found = self._session.execute(query).mappings().first()
            self._rows[key] = dict(found) if found else None
        return self._rows[key]


def _check_segments(session: Session) -> Iterator[Flaw]:
    media = dict(session.exec(select(Media.id, Media.trip)).all())
    transcripts = set(session.exec(select(Transcript.id)).all())
    for segment in session.exec(_undeleted(Segment, "segment")):
        name = f"segment {segment.id}"
        if media.get(segment.media) != segment.trip:
            yield Flaw("segment_broken", f"{name}: no recording {segment.media}")
        elif segment.transcript is not None and segment.transcript not in transcripts:
            yield Flaw(
                "segment_broken", f"{name}: its transcript {segment.transcript} is not there"
            )
        elif not 0 <= segment.start_ms <= segment.end_ms:
            yield Flaw("segment_broken", f"{name}: from {segment.start_ms} to {segment.end_ms} ms")


def _check_claims(session: Session, standing: _Standing) -> Iterator[Flaw]:
    for claim in session.exec(select(Claim)):
        if standing.will_be_read(claim.trip, claim.entity, claim.record):
            continue
        name = f"claim {claim.id} of {claim.entity} {claim.record}"
        if standing.trip(claim.entity, claim.record) != claim.trip:
            yield Flaw("claim_broken", f"{name}: that is not there")
            continue
        text = standing.text(claim.entity, claim.record, claim.field)
        if not 0 <= claim.start <= claim.end <= len(text):
            yield Flaw("claim_broken", f"{name}: {claim.start} to {claim.end} of {len(text)}")
    backed = exists().where(col(Claim.record) == col(ClaimTerm.record))
    for record in session.exec(select(ClaimTerm.record).where(~backed).distinct()):
        yield Flaw("term_without_claim", f"record {record}")


def _check_flags(session: Session, standing: _Standing) -> Iterator[Flaw]:
    for flag in session.exec(_undeleted(Contradiction, "contradiction")):
        for side in ("a", "b"):
            account = getattr(flag, side)
            entity, record = account["entity"], account["record"]
            name = f"contradiction {flag.id}, account {side}: {entity} {record}"
            if standing.trip(entity, record) != flag.trip:
                yield Flaw("flag_broken", f"{name} is not there")
                continue
            text = standing.text(entity, record, account["field"])
            quoted = text[account["start"] : account["end"]] == account["quote"]
            # What was ruled or withdrawn quotes what was said then.
            will_be_read = standing.will_be_read(flag.trip, entity, record)
            if flag.state == "open" and not quoted and not will_be_read:
                yield Flaw("flag_broken", f"{name} says something else now")


def _check_jobs(session: Session) -> Iterator[Flaw]:
    media = set(session.exec(select(Media.id)).all())
    for job in session.exec(select(Job).where(col(Job.state).in_(_OPEN))):
        wanted = job.payload.get("media")
        if wanted is not None and wanted not in media:
            yield Flaw("job_without_media", f"job {job.id} ({job.kind}) of media {wanted}")


def _undeleted(table: Any, entity: str) -> Any:
    return (
        select(table)
        .join(SyncHead, col(SyncHead.record) == table.id)
        .where(SyncHead.entity == entity, col(SyncHead.deleted).is_(False))
    )
