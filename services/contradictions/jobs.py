"""From changed records to their claims and flags: what is heard, and the job that does it.

The log of sync is the queue: a trip's job reads what changed after its cursor, many records at a
time, so that a push leaves one job behind however many notes it carried.
"""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from services.contradictions.claims import Claim, Statement
from services.contradictions.flagging import find_flags, settle_flags, withdraw_flags
from services.contradictions.models import ClaimCursor
from services.contradictions.reading import read_claims
from services.contradictions.sources import (
    FIELDS,
    WATCHED,
    Key,
    Source,
    find_hidden,
    load_glossary,
    load_sources,
)
from services.contradictions.stops import find_places
from services.contradictions.stored_claims import add_claims, forget_claims, load_claims
from services.contradictions.taken_back import find_corrected
from services.jobs import JobRun, enqueue
from services.kernel.log import get_logger
from services.sync import RecordsChanged, SyncHead, SyncScope

READ_CLAIMS = "read_claims"
_RECORDS_AT_ONCE = 100

Claims = Mapping[Key, Sequence[Claim]]


def follow_sources(session: Session, event: RecordsChanged) -> None:
    """Queue the reading of changed texts; what became private or was deleted is taken back now."""
    changes = [change for change in event.changes if change.entity in FIELDS]
    if not changes:
        return
    # Nothing was read yet from what is new, so there is nothing to take back.
    known = [(one.entity, one.record) for one in changes if not one.created]
    hidden = find_hidden(session, event.trip, known)
    if hidden:
        for entity, record in find_corrected(session, event.trip, hidden) - set(hidden):
            _queue_one(session, event.trip, (entity, record))
        forget_claims(session, [record for _, record in hidden])
    for (_, record), sensitivity in hidden.items():
        withdraw_flags(session, event.trip, record, sensitivity)
    if any(
        change.created or change.fields & WATCHED[change.entity]
        for change in changes
        if (change.entity, change.record) not in hidden
    ):
        queue_reading(session, event.trip)


def queue_reading(session: Session, trip: str) -> None:
    """Have everything read that changed in the trip since it was last read."""
    enqueue(session, READ_CLAIMS, {"trip": trip}, key=trip, trip=trip)


def _queue_one(session: Session, trip: str, key: Key) -> None:
    payload = {"trip": trip, "entity": key[0], "record": key[1]}
    enqueue(session, READ_CLAIMS, payload, key="/".join(key), trip=trip)


def queue_unread(session: Session) -> None:
    """Queue every trip whose changes were not all read, as after an upgrade."""
    behind = (
        select(SyncScope.id)
        .outerjoin(ClaimCursor, col(ClaimCursor.trip) == col(SyncScope.id))
        .where(col(ClaimCursor.seq).is_(None) | (col(ClaimCursor.seq) < col(SyncScope.seq)))
    )
    for trip in session.exec(behind).all():
        queue_reading(session, trip)


def run_read_claims(job: JobRun) -> None:
    """Read what changed in a trip, or one record by itself. Running it again changes nothing."""
    trip, record = str(job.payload["trip"]), job.payload.get("record")
    if record is not None:
        _read_records(job, trip, [(str(job.payload["entity"]), str(record))])
        return
    while _read_records(job, trip, None) == _RECORDS_AT_ONCE:
        pass


def _due(session: Session, trip: str) -> tuple[list[Key], int]:
    """The records that changed after the cursor, in order, and where it stands then."""
    cursor = session.get(ClaimCursor, trip)
    scope = session.get(SyncScope, trip)
    query = (
        select(SyncHead.entity, SyncHead.record, SyncHead.seq)
        .where(
            col(SyncHead.scope) == trip,
            col(SyncHead.seq) > (cursor.seq if cursor else 0),
            col(SyncHead.entity).in_(FIELDS),
        )
        .order_by(col(SyncHead.seq))
        .limit(_RECORDS_AT_ONCE)
    )
    rows = session.exec(query).all()
    end = scope.seq if scope else 0
    upto = rows[-1][2] if len(rows) == _RECORDS_AT_ONCE else end
    return [(entity, record) for entity, record, _ in rows], upto


def _read_records(job: JobRun, trip: str, named: Sequence[Key] | None) -> int:
    """Read these records, or those due next; returns their number."""
    with job.db.read() as session:
        keys, upto = _due(session, trip) if named is None else (named, None)
        sources = load_sources(session, trip, keys)
        glossary = load_glossary(session, trip)
        places = find_places(session, sources)
    # A single record that cannot be read fails its own job, for somebody to see.
    statements = {key: _statement(one, places.get(key, "")) for key, one in sources.items()}
    claims, broken = _claims_of(sources, statements, glossary, alone=upto is None)

    with job.write() as session:
        read = _store(session, trip, sources, (keys, claims))
    # Never under the lock of a writer: one long text against another can take minutes.
    with job.db.read() as session:
        flags = find_flags(session, trip, read)
    with job.write() as session:
        settle_flags(session, trip, list(read), flags)
        for key in broken:
            _queue_one(session, trip, key)
        if upto is not None:
            _move_cursor(session, trip, upto)
    return len(keys)


def _store(
    session: Session, trip: str, sources: Mapping[Key, Source], found: tuple[Sequence[Key], Claims]
) -> Claims:
    """Replace the claims of the records that are as they were read; those gone have none.

    Returned with those of records that they correct.
    """
    keys, claims = found
    now = load_sources(session, trip, keys)
    # What changed while it was read has a later seq and is read again.
    read = {key: claims[key] for key in claims if now.get(key) == sources[key]}
    gone: Claims = {key: [] for key in keys if key not in now}
    corrected = find_corrected(session, trip, keys)
    forget_claims(session, [record for _, record in (*read, *gone)])
    add_claims(session, trip, [(sources[key], each) for key, each in read.items()])
    # What was or is taken back by these records differs from others no longer, or again.
    corrected |= find_corrected(session, trip, keys)
    again = load_claims(session, [record for _, record in corrected])
    return {key: again.get(key[1], []) for key in corrected} | {**read, **gone}


def _move_cursor(session: Session, trip: str, upto: int) -> None:
    cursor = session.get(ClaimCursor, trip)
    if cursor is None:
        session.add(ClaimCursor(trip=trip, seq=upto))
    elif cursor.seq != upto:
        cursor.seq = upto


def _claims_of(
    sources: Mapping[Key, Source],
    statements: Mapping[Key, Statement],
    glossary: Mapping[str, str],
    *,
    alone: bool,
) -> tuple[Claims, list[Key]]:
    """The claims of each text, none where nothing may be read; and the texts that broke reading."""
    claims: dict[Key, list[Claim]] = {}
    broken: list[Key] = []
    for key, source in sources.items():
        try:
            claims[key] = read_claims(statements[key], glossary) if source.is_open else []
        except Exception as error:
            if alone:
                raise
            get_logger("contradictions").error("unreadable", record=key[1], why=type(error))
            broken.append(key)
    return claims, broken


def _statement(source: Source, place: str) -> Statement:
    said = source.said_at.timestamp()
    return Statement(source.key, source.text, source.speaker or "", source.said_on, said, place)
