"""Claims of a statement: sentences, clauses, readers. Pure; needs no session and no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.contradictions.claims import Claim, NumberValue, Statement
from services.contradictions.clause_view import view_clauses
from services.contradictions.readers import READERS
from services.language import fold, split_sentences


def read_claims(statement: Statement, glossary: Mapping[str, str] | None = None) -> list[Claim]:
    """All claims of the statement. Text that asks or supposes makes none."""
    folded = fold(statement.text)
    found: list[Claim] = []
    for sentence in split_sentences(statement.text):
        for view in view_clauses(folded, sentence, statement.said_on, glossary):
            if view.cues.modality in {"asked", "supposed"}:
                continue
            for reader in READERS:
                found.extend(reader(view))
    said = [claim for claim in found if claim.subject]
    return [
        replace(
            claim, statement=statement.id, speaker=statement.speaker, ordinal=_ordinal(claim, said)
        )
        for claim in said
    ]


def _ordinal(claim: Claim, claims: list[Claim]) -> int:
    """The how-manieth number of its dimension in its sentence a claim is."""
    value = claim.value
    if not isinstance(value, NumberValue):
        return 0
    return sum(
        1
        for other in claims
        if isinstance(other.value, NumberValue)
        and other.value.dimension == value.dimension
        and other.quote_start == claim.quote_start
        and other.start < claim.start
    )
