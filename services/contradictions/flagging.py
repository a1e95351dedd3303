"""Flags in the database: written, moved with their text, withdrawn when the text no longer says it.

A flag that a person ruled on is never touched, and a pair found false stays silent for ever.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from services.contradictions.adjudicating import keep_opinion
from services.contradictions.claims import Claim
from services.contradictions.events import ContradictionFound
from services.contradictions.explained import keep_few
from services.contradictions.flags import Flag, fields_of
from services.contradictions.index import index_keys
from services.contradictions.judging import Finding, judge_statements
from services.contradictions.series import drop_series
from services.contradictions.silence import is_silenced
from services.contradictions.sources import Key, Source, load_sources, strictest
from services.contradictions.standing import Standing, find_twin, flags_at, is_still_said
from services.contradictions.stored_claims import find_candidates, grouped, load_claims
from services.contradictions.taken_back import drop_taken_back
from services.kernel.events import publish
from services.sync import ServerWrite, write_as_server

Side = tuple[Source, Sequence[Claim]]


def find_flags(session: Session, trip: str, read: Mapping[Key, Sequence[Claim]]) -> list[Flag]:
    """What the stored claims of these records give now; it may take long and writes nothing.

    Those that another scope or time explains are among them, few of each.
    """
    standing = flags_at(session, trip, [record for _, record in read])
    found = drop_taken_back(session, trip, list(_find(session, trip, read, standing.values())))
    real = [flag for flag in found if flag.is_real]
    explained = [flag for flag in found if not flag.is_real]
    return [*drop_series(real, _finding_of), *keep_few(explained, _finding_of)]


def settle_flags(session: Session, trip: str, keys: Iterable[Key], flags: Iterable[Flag]) -> None:
    """Make the flags of these records exactly the ones found; what was ruled on stays as it is.

    A flag whose record changed since it was found is left as it stands: that change is read by
    itself.
    """
    named, found = {record for _, record in keys}, {flag.id: flag for flag in flags}
    standing = flags_at(session, trip, named | _places_of(found.values()), found)
    ruled = [one.row for one in standing.values() if one.is_ruled]
    held, writes = set(found), []
    for flag in _unchanged(session, trip, list(found.values())):
        if is_silenced(flag, ruled):
            continue
        others = [one for key, one in standing.items() if key not in held]
        one = standing.get(flag.id) or find_twin(session, trip, flag, others)
        held.add(one.row.id if one else flag.id)
        if one is None or not one.is_ruled:
            writes.append(_told(flag, one))
    writes += [
        # It follows from a later deed, the change of the text: also over a person's `verifying`.
        ServerWrite("contradiction", key, _taken_back(session, one), base=one.seq)
        for key, one in standing.items()
        if key not in held and any(record in named for _, record in one.keys)
    ]
    _write(session, trip, writes, standing)


def _told(flag: Flag, one: Standing | None) -> ServerWrite:
    """A flag as it is found now; a state that people have in hand stays theirs."""
    fields = keep_opinion(fields_of(flag), one.row if one else None)
    if one is not None and (one.by_person or one.row.state == "verifying"):
        del fields["state"]
    return ServerWrite("contradiction", one.row.id if one else flag.id, fields)


def _taken_back(session: Session, one: Standing) -> dict[str, Any]:
    """What becomes of a flag that is not found any more; nothing where it stays as it is."""
    if one.row.state == "withdrawn":
        # Of a difference that was explained nothing is left to tell.
        return {"difference": "differ"} if one.is_explained and not one.by_person else {}
    if one.is_ruled or _is_kept_open(session, one):
        return {}
    return {"state": "withdrawn"} | ({"difference": "differ"} if one.is_explained else {})


def _is_kept_open(session: Session, one: Standing) -> bool:
    """True for a flag that is explained, but that a person wants to see, while it is said."""
    return one.is_explained and one.by_person and is_still_said(session, one)


def _unchanged(session: Session, trip: str, flags: list[Flag]) -> Iterator[Flag]:
    now = load_sources(session, trip, {side.id for flag in flags for side in (flag.a, flag.b)})
    for flag in flags:
        if now.get(flag.a.id) == flag.a and now.get(flag.b.id) == flag.b:
            yield flag


def withdraw_flags(session: Session, trip: str, record: str, sensitivity: str) -> None:
    """Take back the flags of a record, and hide all quotes as strictly as the record."""
    standing = flags_at(session, trip, [record])
    writes = []
    for one in standing.values():
        fields = {"sensitivity": strictest([one.row.sensitivity, sensitivity])}
        fields |= _taken_back(session, one)
        writes.append(ServerWrite("contradiction", one.row.id, fields, base=one.seq))
    _write(session, trip, writes, standing)


def _places_of(flags: Iterable[Flag]) -> set[str]:
    sources = [source for flag in flags for source in (flag.a, flag.b)]
    named = {source.record for source in sources} | {source.media for source in sources}
    return {place for place in named if place}


def _finding_of(flag: Flag) -> Finding:
    return flag.finding


def _write(
    session: Session, trip: str, writes: list[ServerWrite], before: Mapping[str, Standing]
) -> None:
    # A row that stands as it should makes no change: devices are told of news only.
    news = [write for write in writes if _is_news(write, before.get(write.record))]
    found = [
        ContradictionFound(trip, write.record, write.fields["kind"])
        for write in news
        if write.fields.get("kind")
        and write.fields.get("state") == "open"
        and (write.record not in before or before[write.record].row.state == "withdrawn")
    ]
    if news:
        write_as_server(session, trip, news)
    for event in found:
        publish(session, event)


def _is_news(write: ServerWrite, one: Standing | None) -> bool:
    if one is None:
        return True
    return any(getattr(one.row, name) != value for name, value in write.fields.items())


def _find(
    session: Session,
    trip: str,
    read: Mapping[Key, Sequence[Claim]],
    standing: Iterable[Standing],
) -> Iterator[Flag]:
    """The flags between these records and whatever they may be about, each pair judged once."""
    candidates = find_candidates(session, trip, read)
    pairs = {frozenset((key, other)) for key, others in candidates.items() for other in others}
    pairs |= {frozenset(one.keys) for one in standing}
    named = {key for pair in pairs for key in pair}
    sources = load_sources(session, trip, named)
    claims = load_claims(session, [record for _, record in named])
    for pair in sorted(tuple(sorted(pair)) for pair in pairs if len(pair) == 2):
        sides = [source for key in pair if (source := sources.get(key)) and source.is_open]
        if len(sides) == 2:
            one, two = ((source, claims.get(source.record, [])) for source in sides)
            yield from flags_between(one, two)


def flags_between(one: Side, two: Side) -> Iterator[Flag]:
    """What the claims of two records give, those that time or scope explains among them."""
    first, second = sorted((one, two), key=lambda side: (side[0].said_at, side[0].record))
    theirs_keyed = [(group, index_keys(group)) for group in grouped(*second)]
    for mine in grouped(*first):
        keys = index_keys(mine)
        # Sentences without a word in common are not worth judging; papers have thousands.
        for theirs in (group for group, others in theirs_keyed if keys & others):
            for finding in judge_statements(mine, theirs, explained=True):
                yield Flag(finding, first[0], second[0])
