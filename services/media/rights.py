"""Whether somebody may read or write the bytes of a media: the same as its row."""

from typing import Protocol

from sqlmodel import Session

from services.kernel.actor import Actor
from services.kernel.errors import Conflict, Forbidden, NotFound
from services.media.models import Media
from services.sync import Exchange, Subject, View

_BYTES = frozenset({"sha256"})


class Owned(Protocol):
    """What rights on a media depend on: the row, or these columns of it."""

    @property
    def id(self) -> str: ...

    @property
    def trip(self) -> str: ...

    @property
    def created_by(self) -> str | None: ...

    @property
    def sensitivity(self) -> str: ...


def find_readable(session: Session, actor: Actor, media_id: str) -> Media:
    """The row; the same NotFound when there is none and when it is not for this reader."""
    media = session.get(Media, media_id)
    if media is None or not _view(session, actor, media).may_read(_subject(media)):
        raise NotFound("media_unknown", "no such media, or not for you")
    return media


def find_writable(session: Session, actor: Actor, media_id: str, trip: str | None = None) -> Media:
    """The row whose bytes the actor may send, held until this transaction ends.

    Conflict `media_unknown` when the row has not been synced yet: the sender tries again later.
    """
    media = session.get(Media, media_id, with_for_update=True)
    if media is None or trip not in (None, media.trip):
        raise Conflict("media_unknown", "sync the media row first, then try again")
    check_writable(session, actor, media)
    return media


def check_writable(session: Session, actor: Actor, media: Owned) -> None:
    """NotFound or Forbidden unless the actor may write the row."""
    view, subject = _view(session, actor, media), _subject(media)
    if not view.may_read(subject):
        raise NotFound("media_unknown", "no such media, or not for you")
    refusal = view.refuse_write(subject, _BYTES, new=False)
    if refusal is not None:
        raise Forbidden(refusal.code, refusal.detail)


def _view(session: Session, actor: Actor, media: Owned) -> View:
    return Exchange.of(session).policy.view(session, actor, media.trip)


def _subject(media: Owned) -> Subject:
    return Subject("media", media.id, media.created_by, media.sensitivity)
