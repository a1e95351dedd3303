"""Claims in the database that their own speaker took back: nobody differs from them any longer.

A correction may come from another note than the claim, and may be heard, changed or deleted after
a third person's account was flagged against it.
"""

from collections.abc import Iterable, Sequence

from sqlmodel import Session

from services.contradictions.claims import Claim
from services.contradictions.corrections import CORRECTS
from services.contradictions.flags import Flag
from services.contradictions.judging import is_taken_back
from services.contradictions.sources import Key, Source, load_sources
from services.contradictions.stored_claims import (
    find_candidates,
    find_corrections,
    load_claims,
)

Corrections = Sequence[tuple[Source, Sequence[Claim]]]


def drop_taken_back(session: Session, trip: str, flags: Sequence[Flag]) -> list[Flag]:
    """The flags of which neither account was taken back."""
    corrections = _standing(session, trip) if flags else ()
    return [
        flag
        for flag in flags
        if not _is_corrected(flag.a, flag.finding.first, corrections)
        and not _is_corrected(flag.b, flag.finding.second, corrections)
    ]


def find_corrected(session: Session, trip: str, keys: Iterable[Key]) -> set[Key]:
    """The records that the stored corrections of these records may take something back of.

    Whatever became of these: a correction that was deleted or made private lets the old account
    stand again.
    """
    marked = find_corrections(session, trip) & set(keys)
    if not marked:
        return set()
    stored = load_claims(session, [record for _, record in marked])
    said = {key: [one for one in stored[key[1]] if CORRECTS in one.extra] for key in marked}
    candidates = find_candidates(session, trip, said)
    old = load_claims(session, {record for others in candidates.values() for _, record in others})
    return {
        other
        for key, others in candidates.items()
        for other in others
        if any(is_taken_back(claim, said[key]) for claim in old[other[1]])
    }


def _standing(session: Session, trip: str) -> Corrections:
    """The corrections of the trip that may be read."""
    sources = load_sources(session, trip, find_corrections(session, trip))
    claims = load_claims(session, [record for _, record in sources])
    return [(source, claims[key[1]]) for key, source in sources.items() if source.is_open]


def _is_corrected(source: Source, claim: Claim, corrections: Corrections) -> bool:
    return any(
        correction.id != source.id
        and correction.said_at >= source.said_at
        and is_taken_back(claim, later)
        for correction, later in corrections
    )
