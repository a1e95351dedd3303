"""The job `derive_media`: from stored bytes to thumbnails, playable sound, and what they tell."""

import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session

from services.decoding import Claimed, Report, decode
from services.jobs import Handler, JobRun
from services.kernel.db import Database
from services.kernel.entity import write_instant
from services.media.arrivals import MediaBlob
from services.media.blobs import blob_key, derived_key, find_blob
from services.media.models import Media
from services.media.storing import hold_media, write_media
from services.storage import MissingObject, ObjectStore
from services.trips import Trip

OBJECT_MISSING = "object_missing"


def derive_handler(store: ObjectStore) -> Handler:
    """The job `derive_media`: it ends with the row `ready`, or `failed` and the problem."""
    return lambda job: _derive_media(job, store)


def _derive_media(job: JobRun, store: ObjectStore) -> None:
    found = _find(job.db, job.payload["media"])
    if found is None:
        return
    media, blob = found
    told = job.step(f"decode {blob.sha256}", lambda: _derive(job, store, media, blob))
    if told is None:
        return
    report = Report(**told)
    with job.write() as session:
        _write_report(session, media, blob.sha256, report)


def _find(db: Database, media_id: str) -> tuple[Media, MediaBlob] | None:
    with db.read() as session:
        media = session.get(Media, media_id)
        blob = find_blob(session, media) if media else None
        return (media, blob) if media and blob else None


def _derive(
    job: JobRun, store: ObjectStore, media: Media, blob: MediaBlob
) -> dict[str, Any] | None:
    """Decode and keep the derivatives; None when the job was cancelled.

    Equal bytes of another media are decoded again: what they tell belongs on this row, too.
    """
    claimed = Claimed(media.kind, media.mime, media.duration_ms)
    with tempfile.TemporaryDirectory(prefix="suixing-derive-") as name:
        try:
            with store.local_copy(blob_key(blob.sha256)) as path:
                report = decode(path, claimed, Path(name), job.cancelled)
        except MissingObject:
            # The store was emptied or restored without it: whoever has a copy must hear of it.
            report = Report(problem=OBJECT_MISSING)
        if report is None:
            return None
        for output, file in report.outputs.items():
            store.put_file(derived_key(blob.sha256, output), Path(file))
    report.outputs = dict.fromkeys(report.outputs, "")
    return asdict(report)


def _write_report(session: Session, seen: Media, sha256: str, report: Report) -> None:
    media = hold_media(session, seen.id, seen.trip)
    if media is None or media.sha256 != sha256 or media.processing == "expected":
        # The row's hash changed meanwhile: these are other bytes than those it means now.
        return
    if report.problem == OBJECT_MISSING:
        recall_bytes(session, media)
        return
    fields: dict[str, Any] = {
        "processing": "failed" if report.problem else "ready",
        "problem": report.problem,
    }
    for name in ("width", "height"):
        if getattr(report, name) is not None:
            fields[name] = getattr(report, name)
    # Read from the bytes only what the device did not say itself.
    if media.duration_ms is None and report.duration_ms is not None:
        fields["duration_ms"] = report.duration_ms
    if media.lat is None and media.lon is None and report.lat is not None:
        fields |= {"lat": report.lat, "lon": report.lon}
    moment = _moment(session, media.trip, report)
    if media.captured_at is None and moment is not None:
        fields["captured_at"] = moment
    if not media.mime and report.mime is not None:
        fields["mime"] = report.mime
    write_media(session, media, fields)


def recall_bytes(session: Session, media: Media) -> None:
    """Take the receipt back: the bytes are expected again, and a new upload for them is taken.

    Also for bytes that never came, so that a phone with an earlier receipt sends them again.
    """
    blob = find_blob(session, media)
    if blob is not None:
        session.delete(blob)
    fields = {"processing": "expected", "problem": OBJECT_MISSING, "stored_at": None}
    write_media(session, media, fields)


def _moment(session: Session, trip_id: str, report: Report) -> str | None:
    """When the photo was taken, UTC; a camera without a zone shows the trip's local time."""
    if report.taken_at is None:
        return None
    try:
        moment = datetime.fromisoformat(report.taken_at + (report.taken_at_offset or ""))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(session, trip_id))
    try:
        return write_instant(moment)
    except OverflowError:
        return None


def _zone(session: Session, trip_id: str) -> ZoneInfo:
    trip = session.get(Trip, trip_id)
    try:
        return ZoneInfo(trip.timezone if trip else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
