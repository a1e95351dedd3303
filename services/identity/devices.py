"""Devices: registered by their first push, bound to one user, revocable."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from services.identity.audit import write_audit
from services.identity.models import Audit, Device
from services.kernel.errors import Forbidden, Invalid, NotFound
from services.kernel.hlc import DEVICE_FORM, SERVER_DEVICE

_SEEN_EVERY = timedelta(minutes=5)


def meet_device(
    session: Session, user: str, device: str, *, now: datetime, name: str = ""
) -> Device:
    """The device that pushes, made known if it is new; `device_invalid`, `device_of_another`."""
    if not DEVICE_FORM.fullmatch(device) or device == SERVER_DEVICE:
        raise Invalid("device_invalid")
    row = session.get(Device, device)
    if row is None:
        row = Device(id=device, user=user, name=name, first_seen=now, last_seen=now)
        session.add(row)
        session.flush()
        write_audit(session, Audit(at=now, actor=user, action="device_met", subject=device))
    if row.user != user:
        raise Forbidden("device_of_another")
    if now - row.last_seen > _SEEN_EVERY:
        row.last_seen = now
        session.add(row)
    return row


def list_devices(session: Session, user: str) -> list[Device]:
    """The user's devices, latest use first; revoked ones stay listed."""
    query = select(Device).where(Device.user == user).order_by(col(Device.last_seen).desc())
    return list(session.exec(query))


def revoke_device(
    session: Session, user: str, device: str, *, erase: bool, now: datetime
) -> Device:
    """Shut a device of the user out, and tell it to erase itself if asked; `device_unknown`."""
    row = session.get(Device, device)
    if row is None or row.user != user:
        raise NotFound("device_unknown")
    row.revoked_at = row.revoked_at or now
    row.erase_requested = row.erase_requested or erase
    session.add(row)
    detail = {"erase": erase}
    line = Audit(at=now, actor=user, action="device_revoked", subject=device, detail=detail)
    write_audit(session, line)
    return row
