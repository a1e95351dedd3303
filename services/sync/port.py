"""What sync asks of the house above it: who may read and write which record of a scope.

Sync knows scopes (the text `trip` of every record), entities and fields; it knows no trip.
"""

from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from services.kernel.actor import Actor


@dataclass(frozen=True)
class Subject:
    """What a right depends on: a record's kind, id, author and sensitivity."""

    entity: str
    record: str
    author: str | None
    sensitivity: str


@dataclass(frozen=True)
class Refusal:
    """Why a change is not taken; `code` is the client's translation key."""

    code: str
    detail: str = ""
    errors: tuple[dict[str, str], ...] = ()


class View(Protocol):
    """One actor's rights in one scope, decided without further questions to the database."""

    @property
    def token(self) -> str:
        """Opaque text that changes whenever the reader's rights do."""

    def may_read(self, subject: Subject) -> bool: ...

    def refuse_write(
        self, subject: Subject, fields: frozenset[str], *, new: bool
    ) -> Refusal | None:
        """None when the actor may write these fields (empty for a bare deletion) of the subject.

        Asked with the subject as it stands and, when sensitivity changes, as it would become.
        """

    def quarantine(
        self, session: Session, change: dict[str, object], *, made_ms: int
    ) -> Refusal | None:
        """Set aside a change of somebody whose rights have ended; None when they have not.

        `made_ms`: when it was made, Unix milliseconds, corrected for the device's clock.
        """


class Policy(Protocol):
    """Opens views; raises NotFound or Forbidden for whoever has no business in the scope."""

    def view(self, session: Session, actor: Actor, scope: str) -> View: ...

    def writing_view(
        self, session: Session, actor: Actor, scope: str, *, is_founding: bool
    ) -> View:
        """As `view`, but for a push, and once for a scope that does not exist yet.

        `is_founding`: the scope is unknown and the first change makes it; the view then has the
        maker's rights. The device registers itself here.
        """

    def has_part(self, session: Session, scope: str, user: str) -> bool:
        """Whether this user belongs to the scope or did once."""

    def scope_founded(self, session: Session, actor: Actor, scope: str) -> None:
        """Called in the founding transaction, after the first change stands."""
