"""Who still holds what: the blobs each device announced, what came of them, what is unsent."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session, col, select

from services.identity import Device, User
from services.kernel.actor import Actor
from services.kernel.db import Database
from services.kernel.entity import Instant
from services.kernel.shapes import Answer
from services.media.arrivals import MediaBlob, Upload
from services.media.models import Media
from services.media.staging import Staging
from services.media.unsent import DeviceUnsent, UnsentShown, show_unsent
from services.sync import Exchange, SyncHead, View, subject_of

_STORED = frozenset({"stored", "ready", "failed"})


class BlobShown(Answer):
    """One announced blob; `sha256` and `size` are absent while a recording still grows.

    `received` is how many of its bytes the server has: a part of it while an upload is open.
    """

    media: str
    kind: str
    name: str
    captured_at: Instant | None
    sha256: str | None
    size: int | None
    received: int
    processing: str
    problem: str | None


class KindTally(Answer):
    """How many blobs of one kind, and their bytes; `partial` of the missing have begun to come.

    A growing recording counts with the bytes that have come.
    """

    kind: str
    expected: int = 0
    stored: int = 0
    missing: int = 0
    partial: int = 0
    expected_bytes: int = 0
    stored_bytes: int = 0
    received_bytes: int = 0


class DeviceCustody(Answer):
    """`expected` is all a device announced; each of it is in `stored` or in `missing`.

    `heard_at` is when the server last heard from it, `unsent` what it last said it still holds;
    both are absent when it never did.
    """

    device: str
    name: str
    user: str | None
    user_name: str
    heard_at: Instant | None
    expected: list[BlobShown]
    stored: list[BlobShown]
    missing: list[BlobShown]
    kinds: list[KindTally]
    unsent: UnsentShown | None


class Custody(Answer):
    """The blobs of one trip that the reader may see, by the device that announced them.

    `kinds` counts them over all devices. Devices that only reported what they hold are listed too.
    """

    devices: list[DeviceCustody]
    kinds: list[KindTally]


def read_custody(db: Database, staging: Staging, actor: Actor, trip: str) -> Custody:
    """NotFound when the trip is not the actor's. Opens its own session: the staging may be far."""
    with db.read() as session:
        view = Exchange.of(session).policy.view(session, actor, trip)
        heads = [pair for pair in _announced(session, trip) if _is_visible(view, pair[0])]
        uploads, sizes = _open_uploads(session, trip), _stored_sizes(session, trip)
        reports = {row.device: row for row in _reports(session, trip)}
        names = {head.stamps["kind"][2] for head, _ in heads} | reports.keys()
        known = _known_devices(session, names)
    blobs: dict[str, list[BlobShown]] = defaultdict(list)
    for head, media in heads:
        if media.processing != "expected":
            received = sizes.get((media.id, media.sha256), media.size or 0)
        else:
            received = staging.offset(uploads[media.id]) if media.id in uploads else 0
        blobs[head.stamps["kind"][2]].append(_show(media, received))
    devices = []
    for device in sorted(names):
        shown = _of_device(device, blobs[device])
        _add_owner(shown, known.get(device))
        _add_report(shown, reports.get(device))
        devices.append(shown)
    return Custody(devices=devices, kinds=_tally(blob for each in blobs.values() for blob in each))


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


def _open_uploads(session: Session, trip: str) -> dict[str, str]:
    """The unfinished upload of each media."""
    query = select(Upload).where(Upload.trip == trip, col(Upload.finished).is_(False))
    return {upload.media: upload.id for upload in session.exec(query)}


def _stored_sizes(session: Session, trip: str) -> dict[tuple[str, str | None], int]:
    """Bytes by media and hash, and by the media alone while its row has no hash."""
    sizes: dict[tuple[str, str | None], int] = {}
    for blob in session.exec(select(MediaBlob).where(MediaBlob.trip == trip)):
        sizes[blob.media, blob.sha256] = sizes[blob.media, None] = blob.size
    return sizes


def _reports(session: Session, trip: str) -> list[DeviceUnsent]:
    return list(session.exec(select(DeviceUnsent).where(DeviceUnsent.trip == trip)))


def _known_devices(session: Session, names: set[str]) -> dict[str, tuple[Device, User]]:
    query = select(Device, User).join(User, col(User.id) == Device.user)
    rows = session.exec(query.where(col(Device.id).in_(names)))
    return {device.id: (device, user) for device, user in rows}


def _show(media: Media, received: int) -> BlobShown:
    return BlobShown(
        media=media.id,
        kind=media.kind,
        name=media.name,
        captured_at=media.captured_at,
        sha256=media.sha256,
        size=media.size,
        received=received,
        processing=media.processing,
        problem=media.problem,
    )


def _of_device(device: str, blobs: list[BlobShown]) -> DeviceCustody:
    return DeviceCustody(
        device=device,
        name="",
        user=None,
        user_name="",
        heard_at=None,
        expected=blobs,
        stored=[blob for blob in blobs if blob.processing in _STORED],
        missing=[blob for blob in blobs if blob.processing not in _STORED],
        kinds=_tally(blobs),
        unsent=None,
    )


def _add_owner(shown: DeviceCustody, known: tuple[Device, User] | None) -> None:
    if known is not None:
        device, user = known
        shown.name, shown.heard_at = device.name, device.last_seen
        shown.user, shown.user_name = user.id, user.name


def _add_report(shown: DeviceCustody, report: DeviceUnsent | None) -> None:
    if report is not None:
        shown.unsent = show_unsent(report)
        shown.heard_at = max(filter(None, (shown.heard_at, report.at)))


def _tally(blobs: Iterable[BlobShown]) -> list[KindTally]:
    kinds: dict[str, KindTally] = {}
    for blob in blobs:
        tally = kinds.setdefault(blob.kind, KindTally(kind=blob.kind))
        is_stored = blob.processing in _STORED
        tally.expected += 1
        tally.stored += is_stored
        tally.missing += not is_stored
        tally.partial += not is_stored and blob.received > 0
        tally.expected_bytes += blob.received if blob.size is None else blob.size
        tally.stored_bytes += blob.received if is_stored else 0
        tally.received_bytes += blob.received
    return [kinds[kind] for kind in sorted(kinds)]
