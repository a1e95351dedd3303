"""A file whose bytes come whole with their announcement: one flush, one transaction, one answer."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from sqlmodel import Session

from services.kernel.actor import Actor
from services.kernel.errors import Busy, Full, Mismatch, SuixingError
from services.media.announced import Admitted, Kept, admit_whole, receive_whole
from services.media.intake import Appending, Intake
from services.media.keeping import keep_data
from services.media.storing import HASH_MISMATCH, hold_media, mark_mismatch
from services.media.tus import Creation
from services.media.uploads import GrowingUnknown, Terms

Told = TypeVar("Told")
Growing = Mapping[str, int] | None


@dataclass(frozen=True)
class Whole:
    """One request that announces a file and brings it. Methods block, as those of Intake.

    Nothing is staged, and no row is written before all bytes are durable: until then nobody was
    told that any of them is here.
    """

    intake: Intake
    actor: Actor
    creation: Creation

    def admit(self, session: Session) -> Admitted | None:
        """What the bytes must be; None when they must go the usual way.

        Asked before one of them is read, in the session that found who asks; errors as
        `open_upload`.
        """
        return self._with_growing(
            lambda growing: admit_whole(session, self.actor, self.creation, self._terms(growing))
        )

    def keep(self, data: bytes, admitted: Admitted) -> Kept:
        """All bytes; on return verified, durable and receipted. Mismatch when they are others."""
        if hashlib.sha256(data).hexdigest() != admitted.sha256:
            self._refuse(admitted.trip)
        try:
            keep_data(self.intake.store, data, admitted.sha256)
            kept = self._with_growing(lambda growing: self._receive(admitted, growing))
        except (Full, Busy):
            self.keep_part(data)
            raise
        if kept.replaced is not None:
            self.intake.discard(kept.replaced)
        return kept

    def keep_part(self, data: bytes) -> None:
        """Have what came wait as of any upload: the connection broke, or there was no room."""
        with suppress(SuixingError):
            upload, offset = self.intake.create(self.actor, self.creation)
            if upload.finished or offset > 0 or not data:
                return
            with self.intake.claim(upload.id, Appending(0)).file as file:
                try:
                    file.append(data)
                finally:
                    file.sync()

    def _receive(self, admitted: Admitted, growing: Growing) -> Kept:
        terms = self._terms(growing, admitted.sha256)
        with self.intake.db.write() as session:
            return receive_whole(session, self.actor, self.creation, terms, admitted)

    def _terms(self, growing: Growing, arrived: str | None = None) -> Terms:
        now = self.intake.clock.now()
        return Terms(now, now + self.intake.keep, self.intake.quota, growing, arrived)

    def _with_growing(self, ask: Callable[[Growing], Told]) -> Told:
        """Look how much came of growing uploads only where there is a limit."""
        try:
            return ask(None)
        except GrowingUnknown:
            return ask(self.intake.growing(self.actor.user))

    def _refuse(self, trip: str) -> NoReturn:
        with self.intake.db.write() as session:
            media = hold_media(session, self.creation.media, trip)
            if media is not None:
                mark_mismatch(session, media)
        raise Mismatch(HASH_MISMATCH, "the bytes have another SHA-256; keep them, begin again")
