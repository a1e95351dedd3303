"""Postings of subject words: which statements of a trip share enough rare words to be compared.

Incremental: adding a statement touches the postings of its own words only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from services.contradictions.claims import Claim

# A word that more statements than this use says nothing about the subject.
COMMON = 400
_MOST_CANDIDATES = 60


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
        keys = index_keys(claims)
        scores: Counter[str] = Counter()
        for key in keys:
            rows = self._rows.get(key, [])
            if len(rows) > COMMON:
                continue
            for statement in rows:
                scores[statement] += 1
        return [
            statement
            for statement, shared in scores.most_common(_MOST_CANDIDATES)
            if shared >= 2 or shared * 2 >= min(len(keys), self._sizes[statement])
        ]
