"""One person's rights in one trip, ready to be asked without further questions to the database."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from services.kernel.clock import from_milliseconds
from services.sync import Refusal, Subject
from services.trips.access import Quarantined
from services.trips.models import Role
from services.trips.rights import KEEPERS, RULES_VERSION, guard_forbids, may_read, may_write

# What somebody without rights may still leave behind on one trip: ten full pushes.
QUARANTINE_LIMIT = 5_000


@dataclass(frozen=True)
class TripView:
    """A member's rights; implements services.sync's View."""

    trip: str
    user: str
    role: Role

    @property
    def token(self) -> str:
        text = f"{RULES_VERSION}/{self.trip}/{self.user}/{self.role}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def is_keeper(self) -> bool:
        """Whether this is an aide or the principal, who answer for the trip."""
        return self.role in KEEPERS

    def may_read(self, subject: Subject) -> bool:
        own = subject.author == self.user
        return may_read(self.role, is_author=own, sensitivity=subject.sensitivity)

    def refuse_write(
        self, subject: Subject, fields: frozenset[str], *, new: bool
    ) -> Refusal | None:
        if subject.entity == "trip" and subject.record != self.trip:
            return Refusal("record_elsewhere", "this is another trip")
        if guard_forbids(subject.entity, fields, is_new=new):
            return Refusal("server_made", "only the server writes this")
        own = subject.author == self.user
        allowed = self.may_read(subject) and may_write(
            self.role, subject.entity, fields, is_author=own, is_new=new
        )
        return None if allowed else Refusal("not_allowed", "your role on this trip forbids it")

    def quarantine(
        self, session: Session, change: dict[str, object], *, made_ms: int
    ) -> Refusal | None:
        del session, change, made_ms
        return None


@dataclass(frozen=True)
class EndedView:
    """What is left to somebody removed, or to a revoked device: handing in what was made before."""

    trip: str
    user: str
    device: str
    ended_at: datetime
    now: datetime

    @property
    def token(self) -> str:
        return "ended"

    def may_read(self, subject: Subject) -> bool:
        del subject
        return False

    def refuse_write(
        self, subject: Subject, fields: frozenset[str], *, new: bool
    ) -> Refusal | None:
        del subject, fields, new
        return Refusal("access_ended", "your access to this trip has ended")

    def quarantine(
        self, session: Session, change: dict[str, object], *, made_ms: int
    ) -> Refusal | None:
        """Keep a change that was made before the end; anything later is refused and not kept."""
        if from_milliseconds(made_ms) > self.ended_at:
            return Refusal("access_ended", "your access to this trip has ended")
        change_id = str(change["id"])
        if session.get(Quarantined, change_id) is None:
            if self._is_full(session):
                return Refusal("quarantine_full", "no more is kept for this trip")
            session.add(self._row(change_id, change))
            session.flush()
        return Refusal("quarantined", "kept aside for the aide and the principal")

    def _row(self, change_id: str, change: dict[str, object]) -> Quarantined:
        return Quarantined(
            id=change_id,
            trip=self.trip,
            user=self.user,
            device=self.device,
            at=self.now,
            change=change,
        )

    def _is_full(self, session: Session) -> bool:
        mine = select(func.count(col(Quarantined.id))).where(
            Quarantined.trip == self.trip, Quarantined.user == self.user
        )
        return session.exec(mine).one() >= QUARANTINE_LIMIT
