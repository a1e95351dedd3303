"""Flags in the database: written, moved with their text, withdrawn when the text no longer says it.

A flag that a person ruled on is never touched, and a pair found false stays silent for ever.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, select

from services.contradictions.adjudicating import keep_opinion
from services.contradictions.claims import Claim
from services.contradictions.consequences import consequence
from services.contradictions.events import ContradictionFound
from services.contradictions.index import index_keys
from services.contradictions.judging import Finding, judge_statements
from services.contradictions.models import Contradiction
from services.contradictions.reasons import reason
from services.contradictions.series import drop_series
from services.contradictions.sources import Key, Source, load_sources, strictest
from services.contradictions.stored_claims import find_candidates, grouped, load_claims
from services.contradictions.values_shown import normalised_value
from services.kernel.events import publish
from services.kernel.ids import derive_id
from services.sync import ServerWrite, write_as_server

Side = tuple[Source, Sequence[Claim]]


@dataclass(frozen=True)
class Flag:
    """A finding with the two records it stands on, the earlier-said first."""

    finding: Finding
    a: Source
    b: Source

    @property
    def id(self) -> str:
        """The same two values of the same subject give the same id, wherever they stand."""
        sides = sorted(
            f"{source.key} {_identity(claim)}"
            for source, claim in ((self.a, self.finding.first), (self.b, self.finding.second))
        )
        return derive_id("contradiction", self.finding.kind, *sides)


def find_flags(session: Session, trip: str, read: Mapping[Key, Sequence[Claim]]) -> list[Flag]:
    """What the stored claims of these records give now; it may take long and writes nothing."""
    standing = flags_of_records(session, trip, [record for _, record in read])
    return drop_series(_find(session, trip, read, standing), lambda flag: flag.finding)


def settle_flags(session: Session, trip: str, keys: Iterable[Key], flags: Iterable[Flag]) -> None:
    """Make the open flags of these records exactly the ones found.

    A flag whose record changed since it was found is left out: that change is read by itself.
    """
    standing = flags_of_records(session, trip, [record for _, record in keys])
    by_id = {row.id: row for row in standing}
    found = {flag.id: flag for flag in _unchanged(session, trip, list(flags))}
    writes = [
        ServerWrite("contradiction", key, keep_opinion(_fields(flag), by_id.get(key)))
        for key, flag in found.items()
        if not _is_settled(by_id.get(key)) and not _is_silenced(flag, standing)
    ]
    writes += [
        ServerWrite("contradiction", row.id, {"state": "withdrawn"})
        for row in standing
        if row.id not in found and row.state == "open" and row.ruling is None
    ]
    _write(session, trip, writes, by_id)


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
        if row.state == "open" and row.ruling is None:
            fields["state"] = "withdrawn"
        if any(getattr(row, name) != value for name, value in fields.items()):
            writes.append(ServerWrite("contradiction", row.id, fields))
    _write(session, trip, writes, {})


def flags_of_records(session: Session, trip: str, records: Iterable[str]) -> list[Contradiction]:
    """All flags, in whatever state, in which one of the records is one of the two accounts."""
    named = set(records)
    query = select(Contradiction).where(Contradiction.trip == trip)
    rows = session.exec(query.execution_options(populate_existing=True))
    return [row for row in rows if named & {row.a["record"], row.b["record"]}]


def _write(
    session: Session, trip: str, writes: list[ServerWrite], before: dict[str, Contradiction]
) -> None:
    # A row that stands as it should makes no change: devices are told of news only.
    news = [write for write in writes if _is_news(write, before.get(write.record))]
    found = [
        ContradictionFound(trip, write.record, write.fields["kind"])
        for write in news
        if "kind" in write.fields
        and (write.record not in before or before[write.record].state == "withdrawn")
    ]
    if news:
        write_as_server(session, trip, news)
    for event in found:
        publish(session, event)


def _is_news(write: ServerWrite, row: Contradiction | None) -> bool:
    return row is None or any(getattr(row, name) != value for name, value in write.fields.items())


def _is_settled(row: Contradiction | None) -> bool:
    """True for flags that people have in hand: their state is theirs."""
    return row is not None and (row.ruling is not None or row.state in {"ruled", "verifying"})


def _is_silenced(flag: Flag, standing: Iterable[Contradiction]) -> bool:
    """True when a person dismissed a flag of this kind between these two texts."""
    for row in standing:
        if not row.ruling or row.ruling["verdict"] != "dismissed" or row.kind != flag.finding.kind:
            continue
        accounts = {row.a["record"]: row.a, row.b["record"]: row.b}
        if accounts.keys() == {flag.a.record, flag.b.record} and _same_quotes(flag, accounts):
            return True
    return False


def _same_quotes(flag: Flag, accounts: dict[str, Any]) -> bool:
    """In a paper only the very sentence that was dismissed stays silent."""
    sides = ((flag.a, flag.finding.first), (flag.b, flag.finding.second))
    return all(
        not source.is_long or accounts[source.record]["quote"] == _quote(source, claim)
        for source, claim in sides
    )


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
            for finding in judge_statements(mine, theirs):
                yield Flag(finding, first[0], second[0])


def _identity(claim: Claim) -> str:
    value = sorted((name, str(item)) for name, item in asdict(claim.value).items())
    return f"{value} {sorted(claim.subject)}"


def _quote(source: Source, claim: Claim) -> str:
    return source.text[claim.quote_start : claim.quote_end]


def _account(source: Source, claim: Claim) -> dict[str, Any]:
    account = {
        "entity": source.entity,
        "record": source.record,
        "field": source.field,
        "quote": _quote(source, claim),
        "start": claim.quote_start,
        "end": claim.quote_end,
        "value": source.text[claim.start : claim.end],
        "normalised": normalised_value(claim),
    }
    more = {"speaker": source.speaker, "media": source.media, "at_ms": source.at_ms}
    return account | {name: value for name, value in more.items() if value is not None}


def _fields(flag: Flag) -> dict[str, Any]:
    a, b = _account(flag.a, flag.finding.first), _account(flag.b, flag.finding.second)
    read = a["value"], b["value"]
    who = flag.a.speaker_name, flag.b.speaker_name
    return {
        "kind": flag.finding.kind,
        "difference": flag.finding.cls,
        "consequence": consequence(flag.finding),
        "a": a,
        "b": b,
        "reason": {lang: reason(flag.finding, read, lang, who) for lang in ("zh", "en")},
        "rule": flag.finding.rule,
        "confidence": flag.finding.confidence,
        "state": "open",
        "sensitivity": strictest([flag.a.sensitivity, flag.b.sensitivity]),
    }
