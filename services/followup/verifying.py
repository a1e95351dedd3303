"""Two accounts and what became of them, for REST clients, reports and exports: all of it traceable.

Ranked as an aide works: what is to be done first, and of that what most hangs on.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from services.contradictions import GRAVEST, Contradiction, ContradictionState
from services.directory import Person
from services.followup.asking import flag_of, questions_of
from services.followup.models import Question
from services.followup.shapes import ContradictionShown, QuestionShown, RulingShown
from services.kernel.actor import Actor
from services.kernel.entity import Entity
from services.kernel.errors import NotFound
from services.sync import Subject, SyncChange, SyncHead
from services.trips import TripView, list_members, open_view

_AT_ONCE = 400
# `unresolved` was looked into and is still not known: it comes before what is settled.
_ORDER = ("open", "verifying", "unresolved", "ruled", "withdrawn")


@dataclass(frozen=True)
class _Reader:
    """Who asks, in which trip, and the names by which that trip knows its members."""

    session: Session
    actor: Actor
    trip: str
    view: TripView
    names: dict[str, str] = field(default_factory=dict)

    def may_read(self, entity: str, row: Entity) -> bool:
        return self.view.may_read(Subject(entity, row.id, row.created_by, row.sensitivity))


def list_contradictions(
    session: Session, actor: Actor, trip: str, states: Sequence[ContradictionState]
) -> list[ContradictionShown]:
    """The flags in these states that the actor may read, ranked; NotFound for strangers."""
    reader = _open(session, actor, trip)
    query = _living(trip).where(col(Contradiction.state).in_(states))
    rows = [row for row in session.exec(query) if reader.may_read("contradiction", row)]
    return _shown(reader, sorted(rows, key=_rank))


def show_contradiction(
    session: Session, actor: Actor, trip: str, record: str
) -> ContradictionShown:
    """One flag; NotFound `record_unknown` when it is not there or not for the actor."""
    reader = _open(session, actor, trip)
    row = session.exec(_living(trip).where(Contradiction.id == record)).first()
    if row is None or not reader.may_read("contradiction", row):
        raise NotFound("record_unknown", "no such record, or not for you")
    return _shown(reader, [row])[0]


def _open(session: Session, actor: Actor, trip: str) -> _Reader:
    view = open_view(session, actor, trip)
    names = {member.user: member.name for member in list_members(session, actor, trip)}
    return _Reader(session, actor, trip, view, names)


def _living(trip: str) -> SelectOfScalar[Contradiction]:
    return (
        select(Contradiction)
        .join(SyncHead, col(SyncHead.record) == col(Contradiction.id))
        .where(SyncHead.entity == "contradiction", SyncHead.scope == trip)
        .where(col(SyncHead.deleted).is_(False))
    )


def _rank(row: Contradiction) -> tuple[int, int, float, str]:
    state: str = row.state
    if state == "ruled" and row.ruling and row.ruling["verdict"] == "unresolved":
        state = "unresolved"
    sure = row.confidence or 0.0
    return _ORDER.index(state), GRAVEST.index(row.consequence), -sure, row.id


def _shown(reader: _Reader, rows: Sequence[Contradiction]) -> list[ContradictionShown]:
    ids = [row.id for row in rows]
    questions = _questions(reader, ids)
    rulings = _rulings(reader, ids)
    return [
        ContradictionShown(
            **row.model_dump(include=set(ContradictionShown.model_fields)),
            questions=questions[row.id],
            rulings=rulings[row.id],
        )
        for row in rows
    ]


def _questions(reader: _Reader, flags: Iterable[str]) -> dict[str, list[QuestionShown]]:
    told: dict[str, list[QuestionShown]] = defaultdict(list)
    rows = questions_of(reader.session, reader.trip, flags)
    rows = [row for row in rows if reader.may_read("question", row)]
    people = _people(reader, {row.person for row in rows if row.person})
    for row in rows:
        told[flag_of(row) or ""].append(_question(row, people.get(row.person or "", "")))
    return told


def _question(row: Question, person_name: str) -> QuestionShown:
    return QuestionShown(
        **row.model_dump(include=set(QuestionShown.model_fields)), person_name=person_name
    )


def _people(reader: _Reader, ids: set[str]) -> dict[str, str]:
    query = select(Person).where(col(Person.id).in_(sorted(ids)), Person.trip == reader.trip)
    rows = reader.session.exec(query) if ids else ()
    return {row.id: row.name for row in rows if reader.may_read("person", row)}


def _rulings(reader: _Reader, flags: Sequence[str]) -> dict[str, list[RulingShown]]:
    """Every ruling of these flags, as they came; those that came too late to stand as well."""
    told: dict[str, list[RulingShown]] = defaultdict(list)
    for at in range(0, len(flags), _AT_ONCE):
        query = (
            select(SyncChange)
            .where(SyncChange.entity == "contradiction")
            .where(col(SyncChange.record).in_(flags[at : at + _AT_ONCE]))
            .order_by(col(SyncChange.at), col(SyncChange.seq), col(SyncChange.hlc))
        )
        for change in reader.session.exec(query):
            if change.fields.get("ruling"):
                told[change.record].append(_ruling(reader, change))
    for rulings in told.values():
        last = max((one.seq or 0 for one in rulings if one.stands), default=0)
        rulings[:] = [
            one.model_copy(update={"stands": one.stands and one.seq == last}) for one in rulings
        ]
    return told


def _ruling(reader: _Reader, change: SyncChange) -> RulingShown:
    ruling = change.fields["ruling"]
    by = str(ruling.get("by") or change.by)
    return RulingShown(
        verdict=ruling["verdict"],
        reason=ruling.get("reason") or "",
        by=by,
        by_name=reader.names.get(by, ""),
        at=str(ruling.get("at") or ""),
        stands="ruling" in change.stood,
        seq=change.seq,
        change=change.id,
    )
