"""Kinds of claim that few clauses make, behind one search: most hold none of their words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from services.contradictions.claims import Claim
from services.contradictions.clause_view import ClauseView
from services.contradictions.readers.contractors import bodies_gate, read_contractors
from services.contradictions.readers.traits import read_traits, traits_gate
from services.language import Finder


@cache
def _gate() -> Finder:
    return Finder.of_all((bodies_gate(), traits_gate()))


def read_rare(view: ClauseView) -> Iterator[Claim]:
    """What sort a thing is of, and which body does a work."""
    if _gate().search(view.text):
        yield from read_traits(view)
        yield from read_contractors(view)
