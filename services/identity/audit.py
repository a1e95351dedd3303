"""The append-only log of who did what; rooms above write to it through this function only."""

from sqlmodel import Session, col, select

from services.identity.models import Audit


def write_audit(session: Session, line: Audit) -> None:
    """Add one line, in the transaction of the deed. `detail` never carries the text of a note."""
    session.add(line)


def read_audit(session: Session, *, trip: str, limit: int = 200) -> list[Audit]:
    """The latest lines about one trip, newest first."""
    query = select(Audit).where(Audit.trip == trip).order_by(col(Audit.id).desc()).limit(limit)
    return list(session.exec(query))
