"""Claims in the database: kept per record, found again by the rare words they share."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, func, insert
from sqlmodel import Session, col, select

from services.contradictions.claims import Claim
from services.contradictions.index import COMMON, index_keys
from services.contradictions.models import Claim as ClaimRow
from services.contradictions.models import ClaimTerm
from services.contradictions.sources import Key, Source
from services.kernel.ids import derive_id

_CONTENT = TypeAdapter(Claim)
_TERM_LIMIT = 80
_MOST_RECORDS = 60
_AT_ONCE = 500


def add_claims(session: Session, trip: str, read: Sequence[tuple[Source, Sequence[Claim]]]) -> None:
    """Store what was read from these records, which have no claims yet."""
    made = (_row(trip, source, claim) for source, claims in read for claim in claims)
    rows = list({row["id"]: row for row in made}.values())
    postings = [
        {"trip": trip, "term": term, "record": source.record, "entity": source.entity}
        for source, claims in read
        for term in sorted(_terms(claims))
    ]
    if rows:
        session.execute(insert(ClaimRow), rows)
    if postings:
        session.execute(insert(ClaimTerm), postings)


def forget_claims(session: Session, records: Iterable[str]) -> None:
    """Delete all claims of these records."""
    for part in _parts(list(records)):
        session.execute(delete(ClaimRow).where(col(ClaimRow.record).in_(part)))
        session.execute(delete(ClaimTerm).where(col(ClaimTerm.record).in_(part)))


def load_claims(session: Session, records: Iterable[str]) -> dict[str, list[Claim]]:
    """The claims of each record, in order of the text."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    columns = (col(ClaimRow.record), col(ClaimRow.content))
    for part in _parts(sorted(records)):
        query = select(*columns).where(col(ClaimRow.record).in_(part))
        for record, content in session.execute(query.order_by(col(ClaimRow.start))):
            claims[record].append(_CONTENT.validate_python(content))
    return claims


def find_candidates(
    session: Session, trip: str, read: Mapping[Key, Sequence[Claim]]
) -> dict[Key, list[Key]]:
    """For each record the others of the trip sharing rare words with it, most shared first."""
    wanted = {key: _terms(claims) for key, claims in read.items()}
    postings = _rare(session, trip, sorted(set().union(*wanted.values())))
    found: dict[Key, list[Key]] = {}
    for key, terms in wanted.items():
        shared = Counter(other for term in terms for other in postings.get(term, ()))
        shared.pop(key, None)
        found[key] = [other for other, _ in shared.most_common(_MOST_RECORDS)]
    return found


def _rare(session: Session, trip: str, terms: list[str]) -> dict[str, list[Key]]:
    """The postings of those terms that stand in few enough records to say something."""
    postings: dict[str, list[Key]] = defaultdict(list)
    term, here = col(ClaimTerm.term), col(ClaimTerm.trip) == trip
    for part in _parts(terms):
        few = select(term).where(here, term.in_(part)).group_by(term)
        rare = list(session.execute(few.having(func.count() <= COMMON)).scalars())
        query = select(term, col(ClaimTerm.entity), col(ClaimTerm.record))
        for name, entity, record in session.execute(query.where(here, term.in_(rare))):
            postings[name].append((entity, record))
    return postings


def _terms(claims: Iterable[Claim]) -> set[str]:
    return {term[:_TERM_LIMIT] for term in index_keys(claims)}


def _parts(values: list[str]) -> list[list[str]]:
    return [values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE)]


def _row(trip: str, source: Source, claim: Claim) -> dict[str, Any]:
    return {
        "id": derive_id("claim", source.key, source.field, claim.kind, claim.start, claim.end),
        "trip": trip,
        "entity": source.entity,
        "record": source.record,
        "field": source.field,
        "start": claim.start,
        "end": claim.end,
        "content": _content(claim),
    }


def _content(claim: Claim) -> dict[str, Any]:
    plain: dict[str, Any] = _CONTENT.dump_python(claim, mode="json")
    # Sets have no order; sorted, the same claim is the same content.
    return {
        key: sorted(value) if isinstance(value, list) else value for key, value in plain.items()
    }


def grouped(source: Source, claims: Sequence[Claim]) -> list[list[Claim]]:
    """Claims by statement: the whole of a note or segment, each sentence of a paper."""
    if not source.is_long:
        return [list(claims)] if claims else []
    sentences: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        sentences[claim.quote_start].append(claim)
    return list(sentences.values())
