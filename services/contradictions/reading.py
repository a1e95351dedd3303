"""Claims of a statement: sentences, clauses, readers. Pure; needs no session and no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.contradictions.claims import Claim, Statement
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
    return [
        replace(claim, statement=statement.id, speaker=statement.speaker)
        for claim in found
        if claim.subject
    ]
