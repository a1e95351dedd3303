"""Claims of a statement: sentences, clauses, readers. Pure; needs no session and no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from services.contradictions.claims import Claim, DateValue, NumberValue, Statement
from services.contradictions.clause_view import view_clauses
from services.contradictions.corrections import drop_corrected
from services.contradictions.homes import NOWHERE, Home, home_of
from services.contradictions.readers import READERS
from services.language import Clause, Sentence, fold, split_sentences

_LEAD = re.compile(r"(?:in|on|at|during)\s+", re.IGNORECASE)


def read_claims(statement: Statement, glossary: Mapping[str, str] | None = None) -> list[Claim]:
    """All claims of the statement. Text that asks or supposes makes none."""
    folded = fold(statement.text)
    found: list[Claim] = []
    home = home_of(statement.place, glossary) if statement.place else NOWHERE
    for sentence in split_sentences(statement.text):
        found.extend(_read_sentence(folded, sentence, statement, glossary, home))
    return drop_corrected(folded, found) if found else found


def _read_sentence(
    folded: str,
    sentence: Sentence,
    statement: Statement,
    glossary: Mapping[str, str] | None,
    home: Home,
) -> list[Claim]:
    """The claims of one sentence, read by itself: a long paper costs no more per sentence."""
    shift = sentence.start
    own = folded[sentence.start : sentence.end]
    said: list[Claim] = []
    if sentence.asks:
        return said
    for view in view_clauses(own, _moved(sentence, -shift), statement.said_on, glossary):
        read = (_with_us(claim, home) for reader in READERS for claim in reader(view))
        made = [claim for claim in read if claim.subject]
        if made and view.cues.modality not in {"asked", "supposed"}:
            said.extend(made)
    return [
        replace(
            claim,
            start=_value_start(claim, own) + shift,
            end=claim.end + shift,
            quote_start=claim.quote_start + shift,
            quote_end=claim.quote_end + shift,
            statement=statement.id,
            speaker=statement.speaker,
            ordinal=_ordinal(claim, said),
            home=home[0],
            sorts=home[1],
        )
        for claim in said
    ]


# Of what "we" opened, finished or lead; what we have is counted by its own noun.
_OF_US = frozenset({"date", "status", "polarity", "person", "place"})
_NAMES = 1.0


def _with_us(claim: Claim, home: Home) -> Claim:
    """The claim; where its subject is only "we", about the place that the speaker speaks for."""
    if claim.own != "group" or home is NOWHERE or claim.kind not in _OF_US:
        return claim
    if any(weight >= _NAMES for weight in claim.subject.values()):
        return claim
    place = {key: _NAMES for part in home for key in part}
    return replace(claim, subject={**place, **claim.subject})


def _moved(sentence: Sentence, by: int) -> Sentence:
    clauses = tuple(Clause(clause.start + by, clause.end + by) for clause in sentence.clauses)
    return Sentence(sentence.start + by, sentence.end + by, clauses, sentence.asks)


def _value_start(claim: Claim, text: str) -> int:
    """Where the value begins: of "in 2019" it is 2019, the preposition is the sentence's."""
    lead = _LEAD.match(text, claim.start, claim.end) if isinstance(claim.value, DateValue) else None
    return lead.end() if lead else claim.start


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
