"""Claims in the database: kept per record, found again by the rare words they share."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import BindParameter, bindparam, delete, func, insert
from sqlmodel import Session, col, select

from services.contradictions.claims import Claim
from services.contradictions.corrections import CORRECTS
from services.contradictions.index import COMMON, MOST_CANDIDATES, SMALL, index_keys
from services.contradictions.models import Claim as ClaimRow
from services.contradictions.models import ClaimTerm
from services.contradictions.sources import LONG, Key, Source
from services.kernel.ids import derive_id

_CONTENT = TypeAdapter(Claim)
_TERM_LIMIT = 80
# Built once: to build such a statement costs as much as to run it.
_AMONG: BindParameter[list[str]] = bindparam("records", expanding=True)
_CLAIMS = (
    select(ClaimRow.record, ClaimRow.content)
    .where(col(ClaimRow.record).in_(_AMONG))
    .order_by(col(ClaimRow.start))
)
_SMALL_ONES = (
    select(ClaimTerm.record)
    .where(col(ClaimTerm.record).in_(_AMONG), ClaimTerm.term != CORRECTS)
    .group_by(col(ClaimTerm.record))
    .having(func.count() <= SMALL)
)
_CORRECTIONS = select(ClaimTerm.entity, ClaimTerm.record).where(
    ClaimTerm.trip == bindparam("trip"), ClaimTerm.term == CORRECTS
)
_RECORDS = (
    select(ClaimTerm.entity, ClaimTerm.record)
    .where(ClaimTerm.trip == bindparam("trip"))
    .distinct()
    .order_by(col(ClaimTerm.record))
)
_HERE = (
    ClaimTerm.trip == bindparam("trip"),
    col(ClaimTerm.term).in_(bindparam("terms", expanding=True)),
)
_RARE_TERMS = (
    select(ClaimTerm.term)
    .where(*_HERE)
    .group_by(col(ClaimTerm.term))
    .having(func.count() <= COMMON)
)
_POSTINGS = select(ClaimTerm.term, ClaimTerm.entity, ClaimTerm.record).where(*_HERE)
_AT_ONCE = 500


def add_claims(session: Session, trip: str, read: Sequence[tuple[Source, Sequence[Claim]]]) -> None:
    """Store what was read from these records, which have no claims yet."""
    made = (_row(trip, source, claim) for source, claims in read for claim in claims)
    rows = list({row["id"]: row for row in made}.values())
    postings = [
        {"trip": trip, "term": term, "record": source.record, "entity": source.entity}
        for source, claims in read
        for term in sorted(_terms(claims) | _marks(claims))
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
    for part in _parts(sorted(records)):
        for record, content in session.execute(_CLAIMS, {"records": part}):
            claims[record].append(_CONTENT.validate_python(content))
    return claims


def records_with_claims(session: Session, trip: str) -> list[Key]:
    """Entity and record of all that claims of the trip were read from."""
    rows = session.execute(_RECORDS, {"trip": trip})
    return [(entity, record) for entity, record in rows]


def find_candidates(
    session: Session, trip: str, read: Mapping[Key, Sequence[Claim]]
) -> dict[Key, list[Key]]:
    """For each record the others of the trip worth comparing, most shared rare words first.

    One shared word is enough for papers, which are many statements, and for what has few words.
    """
    wanted = {key: _terms(claims) for key, claims in read.items()}
    postings = _rare(session, trip, sorted(set().union(*wanted.values())))
    shared = {
        key: Counter(other for term in terms for other in postings.get(term, ()) if other != key)
        for key, terms in wanted.items()
    }
    exempt = {key for key, terms in wanted.items() if key[0] in LONG or len(terms) <= SMALL}
    asking = (found for key, found in shared.items() if key not in exempt)
    small = _small(session, {other for found in asking for other in found if found[other] == 1})
    found: dict[Key, list[Key]] = {}
    for key, counts in shared.items():
        worth = sorted(
            (-count, other)
            for other, count in counts.items()
            if count > 1 or key in exempt or other[0] in LONG or other[1] in small
        )
        found[key] = [other for _, other in worth[:MOST_CANDIDATES]]
    return found


def _small(session: Session, keys: set[Key]) -> set[str]:
    """The records among these that stand in few postings."""
    small: set[str] = set()
    for part in _parts(sorted(name for entity, name in keys if entity not in LONG)):
        small |= set(session.execute(_SMALL_ONES, {"records": part}).scalars())
    return small


def _rare(session: Session, trip: str, terms: list[str]) -> dict[str, list[Key]]:
    """The postings of those terms that stand in few enough records to say something."""
    postings: dict[str, list[Key]] = defaultdict(list)
    for part in _parts(terms):
        rare = list(session.execute(_RARE_TERMS, {"trip": trip, "terms": part}).scalars())
        for name, entity, record in session.execute(_POSTINGS, {"trip": trip, "terms": rare}):
            postings[name].append((entity, record))
    return postings


def find_corrections(session: Session, trip: str) -> set[Key]:
    """The records of the trip in which somebody takes something back."""
    rows = session.execute(_CORRECTIONS, {"trip": trip})
    return {(entity, record) for entity, record in rows}


def _marks(claims: Iterable[Claim]) -> set[str]:
    # Stands among the words, but is none: no claim asks for it.
    return {CORRECTS} if any(CORRECTS in claim.extra for claim in claims) else set()


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
