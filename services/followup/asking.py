"""A flag is being verified while somebody is asked about it: its questions move its state.

Here and not on the phone, so that what a REST client drops, or a colleague deletes, counts too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from services.contradictions import Contradiction, ContradictionFound
from services.followup.models import Question
from services.kernel import hlc
from services.kernel.actor import SERVER, Actor
from services.sync import RecordsChanged, ServerWrite, SyncChange, SyncHead, write_as_server

_AT_ONCE = 400


@dataclass(frozen=True)
class Asked:
    """A flag whose questions changed: when, as hlc (empty: no question did), and by whom."""

    trip: str
    flag: str
    at: str
    by: Actor


def follow_questions(session: Session, event: RecordsChanged) -> None:
    """Ask, drop, delete or restore a question of a flag: the flag follows in the same breath."""
    moved = [change.record for change in event.changes if change.entity == "question"]
    rows = session.exec(select(Question).where(col(Question.id).in_(moved))) if moved else ()
    sources = {flag: row.id for row in rows if (flag := flag_of(row)) is not None}
    for flag, question in sources.items():
        asked = _stamp_of(session, question)
        _settle(session, Asked(event.trip, flag, asked, event.actor))


def follow_found(session: Session, event: ContradictionFound) -> None:
    """A flag that comes back while a question of it is live is being verified still."""
    if questions_of(session, event.trip, [event.contradiction]):
        _settle(session, Asked(event.trip, event.contradiction, "", SERVER))


def questions_of(session: Session, trip: str, flags: Iterable[str]) -> list[Question]:
    """All questions of these flags that are not deleted, oldest first."""
    source, found = col(Question.source), list[Question]()
    query = (
        select(Question)
        .join(SyncHead, col(SyncHead.record) == col(Question.id))
        .where(SyncHead.entity == "question", col(SyncHead.deleted).is_(False))
        .where(Question.trip == trip, source["entity"].as_string() == "contradiction")
        .order_by(col(Question.created_at), col(Question.id))
        .execution_options(populate_existing=True)
    )
    named = sorted(set(flags))
    for at in range(0, len(named), _AT_ONCE):
        part = source["record"].as_string().in_(named[at : at + _AT_ONCE])
        found += session.exec(query.where(part))
    return found


def flag_of(question: Question) -> str | None:
    """The flag that a question was made from."""
    source = question.source
    return source["record"] if source and source["entity"] == "contradiction" else None


def _settle(session: Session, asked: Asked) -> None:
    """Bring `open` and `verifying` in step with the questions; what people wrote later stands."""
    head = session.get(SyncHead, ("contradiction", asked.flag), populate_existing=True)
    row = session.get(Contradiction, asked.flag, populate_existing=True)
    if row is None or head is None or head.deleted or head.scope != asked.trip:
        return
    wanted = _wanted(session, row)
    if wanted == row.state or _wrote_later(head.stamps.get("state"), asked.at):
        return
    # It follows from a later deed of a person, so it may take the place of what people wrote.
    base = head.seq if asked.at else None
    write = ServerWrite("contradiction", asked.flag, {"state": wanted}, base=base)
    write_as_server(session, asked.trip, [write], actor=asked.by)


def _wanted(session: Session, row: Contradiction) -> str:
    if row.state not in ("open", "verifying"):
        return row.state
    questions = questions_of(session, row.trip, [row.id])
    if any(question.state != "dropped" for question in questions):
        return "verifying"
    return "open" if row.state == "open" else _state_before(session, row)


def _state_before(session: Session, row: Contradiction) -> str:
    """What a flag was before it was asked about: `ruled` where a ruling was being doubted."""
    query = (
        select(SyncChange.fields, SyncChange.stood)
        .where(SyncChange.entity == "contradiction", SyncChange.record == row.id)
        .where(col(SyncChange.seq).is_not(None))
        .order_by(col(SyncChange.seq).desc())
    )
    states = (fields["state"] for fields, stood in session.exec(query) if "state" in stood)
    before = next((state for state in states if state != "verifying"), "open")
    return "ruled" if before == "ruled" and row.ruling else "open"


def _wrote_later(stamp: list[object] | None, asked: str) -> bool:
    if not stamp or stamp[2] == hlc.SERVER_DEVICE or not asked:
        return False
    return str(stamp[0]) > asked


def _stamp_of(session: Session, question: str) -> str:
    """The hlc of the last change of a question that counted."""
    query = (
        select(SyncChange.hlc)
        .where(SyncChange.entity == "question", SyncChange.record == question)
        .where(col(SyncChange.seq).is_not(None))
        .order_by(col(SyncChange.seq).desc())
        .limit(1)
    )
    return session.exec(query).one()
