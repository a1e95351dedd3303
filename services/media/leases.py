"""A lock on an upload that machines without a common file system share: a row with an end."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import String, delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col

from services.kernel.clock import Clock, SystemClock
from services.kernel.db import Database
from services.kernel.entity import UtcDateTime
from services.kernel.errors import Locked
from services.kernel.ids import new_id

# Longer than a connection may be silent (receiving.IDLE_SECONDS); as long as an upload stays
# locked after its machine died.
SPAN = timedelta(seconds=45)
_ASK_AGAIN_SECONDS = 2


class UploadLease(SQLModel, table=True):
    """Who writes an upload, until when. `token` names one claim; parts written under it bear it."""

    __tablename__ = "upload_lease"

    upload: str = Field(primary_key=True, sa_type=String(36))
    token: str = Field(sa_type=String(36))
    until: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True)
class Leases:
    """Takes, keeps and gives back leases, each in a short transaction of its own.

    The machines' clocks must agree to within the span, as they must for jobs.
    """

    db: Database
    span: timedelta = SPAN
    clock: Clock = field(default_factory=SystemClock)

    def take(self, upload: str) -> "Lease":
        """A lease of this caller alone; Locked while another's has not ended."""
        now, token = self.clock.now(), new_id()
        try:
            with self.db.write() as session:
                self._take(session, upload, token, now)
        except IntegrityError as error:
            # Two took the first lease of an upload in the same moment.
            raise _locked() from error
        return Lease(self, upload, token, now)

    def extend(self, lease: "Lease", until: datetime) -> bool:
        """Set the end of a lease; False when it is another's by now."""
        mine = (col(UploadLease.upload) == lease.upload, col(UploadLease.token) == lease.token)
        with self.db.write() as session:
            found = session.exec(update(UploadLease).where(*mine).values(until=until))
            return found.rowcount == 1

    def forget(self, upload: str) -> None:
        with self.db.write() as session:
            session.exec(delete(UploadLease).where(col(UploadLease.upload) == upload))

    def _take(self, session: Session, upload: str, token: str, now: datetime) -> None:
        row = session.get(UploadLease, upload, with_for_update=True)
        if row is not None and row.until > now:
            raise _locked()
        row = row or UploadLease(upload=upload, token=token, until=now)
        row.token, row.until = token, now + self.span
        session.add(row)


class Lease:
    """One claim on one upload. It must be renewed now and then, or another may take it."""

    def __init__(self, leases: Leases, upload: str, token: str, taken: datetime) -> None:
        self.upload, self.token = upload, token
        self._leases, self._renewed = leases, taken

    def renew(self) -> None:
        """Keep it for another span, when a quarter of this one is over; Locked when it is lost."""
        now = self._leases.clock.now()
        if now - self._renewed < self._leases.span / 4:
            return
        if not self._leases.extend(self, now + self._leases.span):
            raise _locked()
        self._renewed = now

    def release(self) -> None:
        """Give it back; the row stays for the next claim."""
        self._leases.extend(self, self._leases.clock.now())


def _locked() -> Locked:
    return Locked("upload_locked", retry_after=_ASK_AGAIN_SECONDS)
