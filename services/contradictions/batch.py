"""Statements in, flags out: the engine without a database, for commands and for measuring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from services.contradictions.claims import Claim, Statement
from services.contradictions.corrections import places_of
from services.contradictions.index import Postings
from services.contradictions.judging import Finding, is_taken_back, judge_statements
from services.contradictions.reading import read_claims
from services.contradictions.reasons import reason
from services.contradictions.series import drop_series
from services.contradictions.values_shown import show_value


def statement_of(row: Mapping[str, Any]) -> Statement:
    """A statement of a row `{id, text, speaker?, said_on?, order?, place?}`; a bad date is none."""
    said_on = str(row.get("said_on") or "")
    try:
        day = date.fromisoformat(said_on[:10]) if said_on else None
    except ValueError:
        day = None
    return Statement(
        str(row["id"]),
        str(row["text"]),
        str(row.get("speaker") or ""),
        day,
        float(row.get("order") or 0),
        str(row.get("place") or ""),
    )


def side_of(claim: Claim, text: str) -> dict[str, Any]:
    """Quote, value and their spans as a flag shows them."""
    return {
        "quote": text[claim.quote_start : claim.quote_end],
        "start": claim.quote_start,
        "end": claim.quote_end,
        "value": text[claim.start : claim.end],
        "value_start": claim.start,
        "value_end": claim.end,
        "normalised": show_value(claim),
        "speaker": claim.speaker,
    }


def flag_of(finding: Finding, texts: Mapping[str, str]) -> dict[str, Any]:
    """One line of output."""
    first, second = finding.first, finding.second
    sides = side_of(first, texts[first.statement]), side_of(second, texts[second.statement])
    read = sides[0]["value"], sides[1]["value"]
    who = first.speaker, second.speaker
    return {
        "a": first.statement,
        "b": second.statement,
        "kind": finding.kind,
        "score": finding.confidence,
        "class": finding.cls,
        "rule": finding.rule,
        "a_side": sides[0],
        "b_side": sides[1],
        "reason": {"zh": reason(finding, read, "zh", who), "en": reason(finding, read, "en", who)},
    }


def flag_trip(statements: list[Statement]) -> Iterator[Finding]:
    """Findings among the statements of one trip, earlier statement first."""
    postings = Postings()
    found: list[Finding] = []
    taken_back: set[tuple[str, int, str]] = set()
    claims: dict[str, list[Claim]] = {}
    for statement in sorted(statements, key=lambda item: item.order):
        mine = read_claims(statement)
        if not mine:
            continue
        for other in postings.candidates(mine):
            found.extend(judge_statements(claims[other], mine))
            taken_back |= places_of(one for one in claims[other] if is_taken_back(one, mine))
        postings.add(statement.id, mine)
        claims[statement.id] = mine
    for finding in drop_series(found, _itself):
        if not taken_back & places_of((finding.first, finding.second)):
            yield finding


def _itself(finding: Finding) -> Finding:
    return finding


def _judge_pair(row: Mapping[str, Any]) -> dict[str, str]:
    pair = [Statement("a", str(row["a"]), order=0), Statement("b", str(row["b"]), order=1)]
    differs = any(True for _ in flag_trip(pair))
    return {"id": str(row["id"]), "label": "contradiction" if differs else "other"}


def flag_statements(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Flags for statements `{id, doc_id, text, ...}`, compared inside one doc_id only.

    Rows with `a` and `b` instead are sentence pairs, answered at once with `{id, label}`.
    """
    trips: dict[str, list[Statement]] = defaultdict(list)
    for row in rows:
        if "a" in row and "b" in row and "text" not in row:
            yield _judge_pair(row)
        else:
            trips[str(row.get("doc_id", ""))].append(statement_of(row))
    for statements in trips.values():
        texts = {statement.id: statement.text for statement in statements}
        for finding in flag_trip(statements):
            yield flag_of(finding, texts)
