"""A second opinion on a flag: asked for by a job of its own, written as lower confidence at most.

The verdict stands behind the rule's id (`number.value ~ downgraded 0.93 by nli:folder`), when and
from what it was lowered in the log of sync. No opinion makes a flag, raises one or rules on it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from sqlalchemy import not_
from sqlmodel import Session, col, select

from services.adjudication import Adjudicator, Candidate, Opinion, Side, open_adjudicator
from services.contradictions.events import ContradictionFound
from services.contradictions.models import Contradiction
from services.contradictions.sources import load_sources
from services.jobs import Handler, JobRun, enqueue, enqueue_all
from services.kernel.entity import NAME_LIMIT
from services.kernel.log import get_logger
from services.kernel.settings import Settings
from services.sync import RecordsChanged, ServerWrite, write_as_server

ADJUDICATE = "adjudicate"
_MARK = " ~ "
_ACCOUNTS = {"a", "b"}


def queue_adjudication(session: Session, event: ContradictionFound) -> None:
    """Have a new or reopened flag looked at, beside the slow work: nothing waits for it."""
    _queue(session, event.trip, event.contradiction)


def queue_changed(session: Session, event: RecordsChanged) -> None:
    """An opinion on other words than the flag now shows is none: it is asked for again."""
    for change in event.changes:
        if change.entity == "contradiction" and change.fields & _ACCOUNTS and not change.created:
            _queue(session, event.trip, change.record)


def queue_unjudged(session: Session) -> None:
    """Queue the open flags that no adjudicator gave an opinion on, as when one was just set."""
    query = select(Contradiction.id, Contradiction.trip).where(
        Contradiction.state == "open", not_(col(Contradiction.rule).contains(_MARK))
    )
    by_trip: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for flag, trip in session.exec(query).all():
        by_trip[trip][flag] = {"trip": trip, "contradiction": flag}
    for trip, payloads in by_trip.items():
        enqueue_all(session, ADJUDICATE, payloads, lane="heavy", trip=trip)


def keep_opinion(fields: dict[str, Any], row: Contradiction | None) -> dict[str, Any]:
    """What the rules write, under the opinion that was given on these very words before."""
    if row is None or (row.a, row.b) != (fields["a"], fields["b"]):
        return fields
    if not row.rule.startswith(fields["rule"] + _MARK) or row.confidence is None:
        return fields
    sure = min(row.confidence, fields["confidence"])
    return fields | {"rule": row.rule, "confidence": sure}


def lowered(confidence: float, opinion: Opinion) -> float:
    """The confidence under an opinion: as it was, or half of it and less the surer the doubt."""
    if opinion.outcome == "confirmed":
        return confidence
    return round(confidence * min(0.5, 1.0 - opinion.sure), 3)


def marked(rule: str, opinion: Opinion, by: str) -> str:
    """The rule's id with the opinion behind it; a long name of a model loses its end."""
    return f"{rule}{_MARK}{opinion.outcome} {opinion.sure:.2f} by {by}"[:NAME_LIMIT]


def adjudicate_handler(settings: Settings) -> Handler:
    """The function that does `adjudicate` jobs; without an adjudicator they end at once."""

    @lru_cache(maxsize=1)
    def adjudicator() -> Adjudicator | None:
        return open_adjudicator(settings)

    return lambda job: _adjudicate(job, adjudicator)


def _queue(session: Session, trip: str, contradiction: str) -> None:
    payload = {"trip": trip, "contradiction": contradiction}
    enqueue(session, ADJUDICATE, payload, key=contradiction, lane="heavy", trip=trip)


def _adjudicate(job: JobRun, opened: Callable[[], Adjudicator | None]) -> None:
    """Ask once and write once; no transaction is open meanwhile, and running again is harmless."""
    adjudicator = opened()
    with job.db.read() as session:
        candidate = _candidate(session, job.payload)
    if adjudicator is None or candidate is None:
        return
    asked = f"ask {adjudicator.name} {_digest(candidate)}"
    opinion = Opinion(**job.step(asked, lambda: _ask(adjudicator, candidate, job.payload)))
    with job.write() as session:
        # Ruled on, edited or made private meanwhile: the opinion is of no use any more.
        if _candidate(session, job.payload) == candidate:
            _write_opinion(session, job.payload, opinion, adjudicator.name)


def _ask(
    adjudicator: Adjudicator, candidate: Candidate, payload: Mapping[str, Any]
) -> dict[str, Any]:
    log = get_logger("contradictions").bind(flag=payload["contradiction"], by=adjudicator.name)
    try:
        opinion = adjudicator.judge(candidate)
    except Exception as error:
        # The flag stays as the rules made it; the job is tried again, then failed and visible.
        log.warning("no opinion", why=str(error))
        raise
    log.info("opinion", outcome=opinion.outcome, sure=round(opinion.sure, 3))
    return asdict(opinion)


def _candidate(session: Session, payload: Mapping[str, Any]) -> Candidate | None:
    """What may be shown of a flag: None when people have it in hand, or a text is not open now."""
    row = session.get(Contradiction, payload["contradiction"], populate_existing=True)
    if row is None or row.trip != payload["trip"] or not _is_undecided(row):
        return None
    sides = [(side["entity"], side["record"]) for side in (row.a, row.b)]
    sources = load_sources(session, row.trip, sides)
    for key, side in zip(sides, (row.a, row.b), strict=True):
        source = sources.get(key)
        if source is None or not source.is_open:
            return None
        if source.text[side["start"] : side["end"]] != side["quote"]:
            return None
    first, second = (Side(side["quote"], side["value"]) for side in (row.a, row.b))
    return Candidate(row.kind, first, second)


def _is_undecided(row: Contradiction) -> bool:
    is_open = row.state == "open" and row.ruling is None and row.sensitivity == "normal"
    return is_open and _MARK not in row.rule


def _digest(candidate: Candidate) -> str:
    plain = json.dumps(asdict(candidate), sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def _write_opinion(
    session: Session, payload: Mapping[str, Any], opinion: Opinion, name: str
) -> None:
    row = session.get_one(Contradiction, payload["contradiction"])
    fields: dict[str, Any] = {"rule": marked(row.rule, opinion, name)}
    if row.confidence is not None:
        fields["confidence"] = lowered(row.confidence, opinion)
    write_as_server(session, row.trip, [ServerWrite("contradiction", row.id, fields)])
