"""Postings of subject words: which statements of a trip share enough rare words to be compared.

Incremental: adding a statement touches the postings of its own words only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain

from services.contradictions.claims import Claim

# A word that more statements than this use says nothing about the subject.
COMMON = 400
MOST_CANDIDATES = 60
# With this few words one shared word is half of what a statement says of its subject.
SMALL = 2


def index_keys(claims: Iterable[Claim]) -> set[str]:
    """The postings a statement stands in: kind of claim and word."""
    keys: set[str] = set()
    for claim in claims:
        words = claim.terms() or list(claim.subject)
        keys.update(f"{claim.kind}:{word}" for word in words)
    return keys


class Postings:
    """Postings of one trip in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, list[str]] = defaultdict(list)
        self._sizes: dict[str, int] = {}

    def add(self, statement: str, claims: Iterable[Claim]) -> None:
        """Enter a statement."""
        keys = index_keys(claims)
        self._sizes[statement] = len(keys)
        for key in keys:
            self._rows[key].append(statement)

    def candidates(self, claims: Iterable[Claim]) -> list[str]:
        """Statements worth comparing: those sharing most of the rarer words, best first."""
        keys = sorted(index_keys(claims))
        rows = (self._rows.get(key, ()) for key in keys)
        scores = Counter(chain.from_iterable(row for row in rows if len(row) <= COMMON))
        few, sizes = len(keys) <= SMALL, self._sizes
        worth = [
            (-shared, statement)
            for statement, shared in scores.items()
            if shared > 1 or few or sizes[statement] <= SMALL
        ]
        return [statement for _, statement in sorted(worth)[:MOST_CANDIDATES]]
