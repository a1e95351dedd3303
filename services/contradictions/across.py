"""Two trips held against each other: asked for, found now, stored nowhere.

What was said on a trip stays in that trip; who may read both may see where they differ.
"""

from collections.abc import Iterator

from sqlmodel import Session

from services.contradictions.explained import MOST_VALUES
from services.contradictions.flagging import flags_between
from services.contradictions.flags import Flag
from services.contradictions.judging import Finding
from services.contradictions.series import drop_series
from services.contradictions.sources import Key, load_sources
from services.contradictions.stored_claims import find_candidates, load_claims, records_with_claims
from services.contradictions.taken_back import drop_taken_back


def compare_trips(session: Session, trip: str, other: str) -> list[Flag]:
    """Where texts of the two trips differ, and what is another figure because time went by.

    Restricted and off-record texts take no part. Costs the words that the trips share.
    """
    found = list(_differences(session, trip, other))
    real = drop_series([flag for flag in found if flag.is_real], _finding_of)
    moved = [flag for flag in found if flag.finding.cls == "changed"]
    kept = [*real, *drop_series(moved, _finding_of, MOST_VALUES)]
    return drop_taken_back(session, trip, drop_taken_back(session, other, kept))


def _differences(session: Session, trip: str, other: str) -> Iterator[Flag]:
    mine = load_sources(session, trip, records_with_claims(session, trip))
    open_ones = [key for key, source in mine.items() if source.is_open]
    claims = load_claims(session, [record for _, record in open_ones])
    read = {key: claims[key[1]] for key in open_ones}
    candidates = find_candidates(session, other, read)
    named: set[Key] = {key for others in candidates.values() for key in others}
    theirs = load_sources(session, other, named)
    said = load_claims(session, [record for _, record in named])
    for key, others in candidates.items():
        for source in (theirs[one] for one in others if one in theirs):
            if source.is_open:
                yield from flags_between((mine[key], read[key]), (source, said[source.record]))


def _finding_of(flag: Flag) -> Finding:
    return flag.finding
