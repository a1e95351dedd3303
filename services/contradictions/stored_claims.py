"""Claims in the database: replaced per record, found again by the rare words they share."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from services.contradictions.claims import Claim
from services.contradictions.index import COMMON, index_keys
from services.contradictions.models import Claim as ClaimRow
from services.contradictions.models import ClaimTerm
from services.contradictions.sources import Source
from services.kernel.entity import NAME_LIMIT
from services.kernel.ids import derive_id
from services.sync import ServerWrite, SyncHead, write_as_server

_CONTENT = TypeAdapter(Claim)
_TERM_LIMIT = 80
_MOST_RECORDS = 60
_AT_ONCE = 500


def replace_claims(session: Session, trip: str, source: Source, claims: list[Claim]) -> None:
    """Make the stored claims of the record exactly these; what stands already is left alone."""
    wanted = {_claim_id(source, claim): claim for claim in claims}
    standing = {row.id: row for row in _standing(session, source.entity, source.record)}
    fresh = {
        key: claim
        for key, claim in wanted.items()
        if key not in standing or standing[key].content != _content(claim)
    }
    gone = [key for key in standing if key not in wanted]
    writes = [ServerWrite("claim", key, _fields(source, claim)) for key, claim in fresh.items()]
    writes += [ServerWrite("claim", key, deleted=True) for key in gone]
    if not writes:
        return
    write_as_server(session, trip, writes)
    _replace_terms(session, trip, fresh, gone)


def forget_claims(session: Session, trip: str, entity: str, record: str) -> None:
    """Delete all claims of a record."""
    gone = [row.id for row in _standing(session, entity, record)]
    if gone:
        write_as_server(session, trip, [ServerWrite("claim", key, deleted=True) for key in gone])
        _replace_terms(session, trip, {}, gone)


def load_claims(session: Session, entity: str, record: str) -> list[Claim]:
    """The claims of a record, in order of the text."""
    rows = _standing(session, entity, record)
    return [
        _CONTENT.validate_python(row.content) for row in sorted(rows, key=lambda row: row.start)
    ]


def find_candidates(
    session: Session, trip: str, source: Source, claims: Iterable[Claim]
) -> list[tuple[str, str]]:
    """Other records of the trip sharing rare words with these claims, most shared first."""
    terms = [key[:_TERM_LIMIT] for key in index_keys(claims)]
    rare = _rare(session, trip, terms)
    shared: Counter[tuple[str, str]] = Counter()
    for part in _parts(rare):
        query = (
            select(ClaimRow.entity, ClaimRow.record, ClaimTerm.term)
            .join(ClaimRow, col(ClaimRow.id) == col(ClaimTerm.claim))
            .where(ClaimTerm.trip == trip, col(ClaimTerm.term).in_(part))
            .distinct()
        )
        for entity, record, _ in session.exec(query):
            shared[entity, record] += 1
    shared.pop((source.entity, source.record), None)
    return [key for key, _ in shared.most_common(_MOST_RECORDS)]


def _rare(session: Session, trip: str, terms: list[str]) -> list[str]:
    found: list[str] = []
    for part in _parts(terms):
        query = (
            select(ClaimTerm.term)
            .where(ClaimTerm.trip == trip, col(ClaimTerm.term).in_(part))
            .group_by(col(ClaimTerm.term))
            .having(func.count() <= COMMON)
        )
        found.extend(session.exec(query))
    return found


def _parts(values: list[str]) -> list[list[str]]:
    return [values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE)]


def _standing(session: Session, entity: str, record: str) -> list[ClaimRow]:
    query = (
        select(ClaimRow)
        .join(SyncHead, (col(SyncHead.record) == col(ClaimRow.id)) & (SyncHead.entity == "claim"))
        .where(
            ClaimRow.entity == entity, ClaimRow.record == record, col(SyncHead.deleted).is_(False)
        )
        .execution_options(populate_existing=True)
    )
    return list(session.exec(query))


def _claim_id(source: Source, claim: Claim) -> str:
    return derive_id("claim", source.key, source.field, claim.kind, claim.start, claim.end)


def _content(claim: Claim) -> dict[str, Any]:
    plain: dict[str, Any] = _CONTENT.dump_python(claim, mode="json")
    # Sets have no order; sorted, the same claim is the same content.
    return {
        key: sorted(value) if isinstance(value, list) else value for key, value in plain.items()
    }


def _fields(source: Source, claim: Claim) -> dict[str, Any]:
    return {
        "entity": source.entity,
        "record": source.record,
        "field": source.field,
        "start": claim.start,
        "end": claim.end,
        "quote": source.text[claim.start : claim.end][:NAME_LIMIT],
        "speaker": source.speaker,
        "content": _content(claim),
    }


def _replace_terms(
    session: Session, trip: str, fresh: dict[str, Claim], gone: Iterable[str]
) -> None:
    for part in _parts([*fresh, *gone]):
        session.execute(delete(ClaimTerm).where(col(ClaimTerm.claim).in_(part)))
    for key, claim in fresh.items():
        terms = {term[:_TERM_LIMIT] for term in index_keys([claim])}
        session.add_all(ClaimTerm(claim=key, term=term, trip=trip) for term in terms)
    session.flush()


def grouped(source: Source, claims: list[Claim]) -> list[list[Claim]]:
    """Claims by statement: the whole of a note or segment, each sentence of a paper."""
    if not source.is_long:
        return [claims] if claims else []
    sentences: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        sentences[claim.quote_start].append(claim)
    return list(sentences.values())
