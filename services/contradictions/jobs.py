"""From a changed record to its claims and flags: what is heard, and the job that does it."""

from sqlmodel import Session

from services.contradictions.claims import Claim, Statement
from services.contradictions.flagging import flags_of_record, settle_flags, withdraw_flags
from services.contradictions.reading import read_claims
from services.contradictions.sources import (
    FIELDS,
    WATCHED,
    Source,
    find_hidden,
    load_glossary,
    load_source,
)
from services.contradictions.stored_claims import forget_claims, load_claims, replace_claims
from services.jobs import JobRun, enqueue_all
from services.kernel.db import Database
from services.sync import RecordsChanged

READ_CLAIMS = "read_claims"


def follow_sources(session: Session, event: RecordsChanged) -> None:
    """Queue the reading of changed texts; what became private or was deleted is taken back now."""
    changes = [change for change in event.changes if change.entity in FIELDS]
    hidden = find_hidden(session, event.trip, [(one.entity, one.record) for one in changes])
    due = {}
    for change in changes:
        key = (change.entity, change.record)
        if key in hidden:
            forget_claims(session, event.trip, *key)
            withdraw_flags(session, event.trip, change.record, hidden[key])
        elif change.created or change.deleted or change.fields & WATCHED[change.entity]:
            due["/".join(key)] = {
                "trip": event.trip,
                "entity": change.entity,
                "record": change.record,
            }
    enqueue_all(session, READ_CLAIMS, due, trip=event.trip)


def run_read_claims(job: JobRun) -> None:
    """Read the claims of one record and settle its flags. Running it again changes nothing."""
    trip, entity, record = (str(job.payload[name]) for name in ("trip", "entity", "record"))
    source, claims = _read(job.db, trip, entity, record)
    with job.write() as session:
        if source is None or load_source(session, trip, entity, record) != source:
            # It changed while it was read, and that change has queued its own reading.
            if source is None:
                _clear(session, trip, entity, record)
            return
        replace_claims(session, trip, source, claims)
        settle_flags(session, trip, source, load_claims(session, entity, record))


def _read(
    database: Database, trip: str, entity: str, record: str
) -> tuple[Source | None, list[Claim]]:
    """The record as it stands and its claims; none when nothing may be read from it."""
    with database.read() as session:
        source = load_source(session, trip, entity, record)
        glossary = load_glossary(session, trip)
    if source is None or source.sensitivity != "normal":
        return None, []
    if not source.usable:
        return source, []
    statement = Statement(
        source.key, source.text, source.speaker or "", source.said_on, source.said_at.timestamp()
    )
    return source, read_claims(statement, glossary)


def _clear(session: Session, trip: str, entity: str, record: str) -> None:
    forget_claims(session, trip, entity, record)
    if flags_of_record(session, trip, record):
        source = load_source(session, trip, entity, record)
        withdraw_flags(session, trip, record, source.sensitivity if source else "normal")
