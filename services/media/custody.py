"""Who still holds what: the blobs each device announced, and which of them the server has."""

from collections import defaultdict

from pydantic import BaseModel
from sqlmodel import Session, col, select

from services.kernel.actor import Actor
from services.media.models import Media
from services.sync import Exchange, SyncHead, View, subject_of

_STORED = frozenset({"stored", "ready", "failed"})


class BlobShown(BaseModel):
    """One announced blob; `sha256` is absent while a recording still grows."""

    media: str
    kind: str
    sha256: str | None
    size: int | None
    processing: str
    problem: str | None


class DeviceCustody(BaseModel):
    """`expected` is all a device announced; each of it is in `stored` or in `missing`."""

    device: str
    expected: list[BlobShown]
    stored: list[BlobShown]
    missing: list[BlobShown]


class Custody(BaseModel):
    """The blobs of one trip that the reader may see, by the device that announced them."""

    devices: list[DeviceCustody]


def read_custody(session: Session, actor: Actor, trip: str) -> Custody:
    """NotFound when the trip is not the actor's."""
    view = Exchange.of(session).policy.view(session, actor, trip)
    blobs: dict[str, list[BlobShown]] = defaultdict(list)
    for head, media in _announced(session, trip):
        if _is_visible(view, head):
            blobs[head.stamps["kind"][2]].append(_show(media))
    return Custody(devices=[_of_device(device, blobs[device]) for device in sorted(blobs)])


def _announced(session: Session, trip: str) -> list[tuple[SyncHead, Media]]:
    query = (
        select(SyncHead, Media)
        .join(Media, col(Media.id) == SyncHead.record)
        .where(SyncHead.entity == "media", SyncHead.scope == trip)
        .where(col(SyncHead.deleted).is_(False))
        .order_by(col(Media.created_at), col(Media.id))
    )
    return list(session.exec(query))


def _is_visible(view: View, head: SyncHead) -> bool:
    return view.may_read(subject_of(head.model_dump()))


def _show(media: Media) -> BlobShown:
    return BlobShown(
        media=media.id,
        kind=media.kind,
        sha256=media.sha256,
        size=media.size,
        processing=media.processing,
        problem=media.problem,
    )


def _of_device(device: str, blobs: list[BlobShown]) -> DeviceCustody:
    return DeviceCustody(
        device=device,
        expected=blobs,
        stored=[blob for blob in blobs if blob.processing in _STORED],
        missing=[blob for blob in blobs if blob.processing not in _STORED],
    )
