"""Flags in the database: written, moved with their text, withdrawn when the text no longer says it.

A flag that a person ruled on is never touched, and a pair found false stays silent for ever.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from services.contradictions.adjudicating import keep_opinion
from services.contradictions.claims import Claim
from services.contradictions.events import ContradictionFound
from services.contradictions.flags import Flag, fields_of
from services.contradictions.index import index_keys
from services.contradictions.judging import judge_statements
from services.contradictions.models import Contradiction
from services.contradictions.series import drop_series
from services.contradictions.silence import is_silenced, ruled_flags
from services.contradictions.sources import Key, Source, load_sources, strictest
from services.contradictions.stored_claims import find_candidates, grouped, load_claims
from services.kernel.events import publish
from services.sync import ServerWrite, write_as_server

Side = tuple[Source, Sequence[Claim]]
# What the texts no longer say; of a difference that was explained nothing is left to tell.
_GONE = {"state": "withdrawn", "difference": "differ"}
_A, _B = col(Contradiction.a), col(Contradiction.b)


def find_flags(session: Session, trip: str, read: Mapping[Key, Sequence[Claim]]) -> list[Flag]:
    """What the stored claims of these records give now; it may take long and writes nothing."""
    standing = flags_of_records(session, trip, [record for _, record in read])
    return drop_series(_find(session, trip, read, standing), lambda flag: flag.finding)


def settle_flags(session: Session, trip: str, keys: Iterable[Key], flags: Iterable[Flag]) -> None:
    """Make the flags of these records that nobody has in hand exactly the ones found.

    A flag whose record changed since it was found is left out: that change is read by itself.
    """
    standing = flags_of_records(session, trip, [record for _, record in keys])
    ruled = ruled_flags(session, trip)
    settled = {row.id for row in ruled}
    by_id = {row.id: row for row in standing}
    found = {flag.id: flag for flag in _unchanged(session, trip, list(flags))}
    writes = [
        ServerWrite("contradiction", key, _written(flag, by_id.get(key)))
        for key, flag in found.items()
        if key not in settled and not is_silenced(flag, ruled)
    ]
    writes += [
        ServerWrite("contradiction", row.id, dict(_GONE))
        for row in standing
        if row.id not in found and not _is_in_hand(row)
    ]
    _write(session, trip, writes, by_id)


def _written(flag: Flag, row: Contradiction | None) -> dict[str, Any]:
    """The fields of a flag as found; while it is being verified its state is people's."""
    fields = keep_opinion(fields_of(flag), row)
    if row is not None and _is_in_hand(row):
        del fields["state"]
    return fields


def _unchanged(session: Session, trip: str, flags: list[Flag]) -> Iterator[Flag]:
    now = load_sources(session, trip, {side.id for flag in flags for side in (flag.a, flag.b)})
    for flag in flags:
        if now.get(flag.a.id) == flag.a and now.get(flag.b.id) == flag.b:
            yield flag


def withdraw_flags(session: Session, trip: str, record: str, sensitivity: str) -> None:
    """Take back the open flags of a record, and hide all quotes as strictly as the record."""
    writes = []
    for row in flags_of_records(session, trip, [record]):
        fields = {"sensitivity": strictest([row.sensitivity, sensitivity])}
        if not _is_in_hand(row):
            fields |= _GONE
        if any(getattr(row, name) != value for name, value in fields.items()):
            writes.append(ServerWrite("contradiction", row.id, fields))
    _write(session, trip, writes, {})


def flags_of_records(session: Session, trip: str, records: Iterable[str]) -> list[Contradiction]:
    """All flags, in whatever state, in which one of the records is one of the two accounts."""
    named = list(records)
    sides = (account["record"].as_string().in_(named) for account in (_A, _B))
    query = select(Contradiction).where(Contradiction.trip == trip, or_(*sides))
    return list(session.exec(query.execution_options(populate_existing=True)))


def _write(
    session: Session, trip: str, writes: list[ServerWrite], before: dict[str, Contradiction]
) -> None:
    # A row that stands as it should makes no change: devices are told of news only.
    news = [write for write in writes if _is_news(write, before.get(write.record))]
    found = [
        ContradictionFound(trip, write.record, write.fields["kind"])
        for write in news
        if "kind" in write.fields
        and write.fields.get("state") == "open"
        and (write.record not in before or before[write.record].state == "withdrawn")
    ]
    if news:
        write_as_server(session, trip, news)
    for event in found:
        publish(session, event)


def _is_news(write: ServerWrite, row: Contradiction | None) -> bool:
    return row is None or any(getattr(row, name) != value for name, value in write.fields.items())


def _is_in_hand(row: Contradiction) -> bool:
    """True for flags that people ask about or ruled on: their state is theirs."""
    return row.ruling is not None or row.state in {"ruled", "verifying"}


def _find(
    session: Session,
    trip: str,
    read: Mapping[Key, Sequence[Claim]],
    standing: Iterable[Contradiction],
) -> Iterator[Flag]:
    """The flags between these records and whatever they may be about, each pair judged once."""
    candidates = find_candidates(session, trip, read)
    pairs = {frozenset((key, other)) for key, others in candidates.items() for other in others}
    pairs |= {frozenset(_accounts(row)) for row in standing}
    named = {key for pair in pairs for key in pair}
    sources = load_sources(session, trip, named)
    claims = load_claims(session, [record for _, record in named])
    for pair in sorted(tuple(sorted(pair)) for pair in pairs if len(pair) == 2):
        sides = [source for key in pair if (source := sources.get(key)) and source.is_open]
        if len(sides) == 2:
            one, two = ((source, claims.get(source.record, [])) for source in sides)
            yield from _between(one, two)


def _accounts(row: Contradiction) -> Iterator[Key]:
    for side in (row.a, row.b):
        yield side["entity"], side["record"]


def _between(one: Side, two: Side) -> Iterator[Flag]:
    first, second = sorted((one, two), key=lambda side: (side[0].said_at, side[0].record))
    theirs_keyed = [(group, index_keys(group)) for group in grouped(*second)]
    for mine in grouped(*first):
        keys = index_keys(mine)
        # Sentences without a word in common are not worth judging; papers have thousands.
        for theirs in (group for group, others in theirs_keyed if keys & others):
            for finding in judge_statements(mine, theirs, explained=True):
                yield Flag(finding, first[0], second[0])
