"""Readers of claims, one file per kind of value; each takes a clause view and yields claims."""

from __future__ import annotations

from services.contradictions.readers.labels import read_labels
from services.contradictions.readers.numbers import read_numbers
from services.contradictions.readers.people import read_people
from services.contradictions.readers.quantifiers import read_quantifier
from services.contradictions.readers.rare import read_rare
from services.contradictions.readers.sites import read_sites
from services.contradictions.readers.times import read_times

READERS = (
    read_numbers,
    read_times,
    read_labels,
    read_rare,
    read_quantifier,
    read_people,
    read_sites,
)

__all__ = ["READERS"]
