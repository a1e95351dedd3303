"""Devices: registered by their first push, bound to one user, revocable."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from services.identity.audit import write_audit
from services.identity.models import Audit, Device, UserSession
from services.kernel.actor import Actor
from services.kernel.errors import Forbidden, Invalid, NotFound
from services.kernel.hlc import DEVICE_FORM, SERVER_DEVICE

_SEEN_EVERY = timedelta(minutes=5)


def meet_device(session: Session, actor: Actor, *, now: datetime) -> Device | None:
    """The device that pushes, made known if it is new and tied to the browser's session.

    None when the actor names no device; `device_invalid`, `device_of_another`.
    """
    if actor.device is None:
        return None
    if not DEVICE_FORM.fullmatch(actor.device) or actor.device == SERVER_DEVICE:
        raise Invalid("device_invalid")
    name = _bind_browser(session, actor, actor.device)
    row = session.get(Device, actor.device)
    if row is None:
        row = Device(id=actor.device, user=actor.user, name=name, first_seen=now, last_seen=now)
        _add_device(session, row)
    if row.user != actor.user:
        raise Forbidden("device_of_another")
    if now - row.last_seen > _SEEN_EVERY:
        row.last_seen = now
        session.add(row)
    return row


def _add_device(session: Session, row: Device) -> None:
    session.add(row)
    session.flush()
    line = Audit(at=row.first_seen, actor=row.user, action="device_met", subject=row.id)
    write_audit(session, line)


def _bind_browser(session: Session, actor: Actor, device: str) -> str:
    """Tie the session to its device, so that revoking reaches it; returns the browser's name."""
    browser = session.get(UserSession, actor.session) if actor.session else None
    if browser is None:
        return ""
    if browser.device is None:
        browser.device = device
        session.add(browser)
    return browser.agent


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


def rename_device(session: Session, user: str, device: str, name: str) -> Device:
    """Call a device of the user by another name; `device_unknown`."""
    row = session.get(Device, device)
    if row is None or row.user != user:
        raise NotFound("device_unknown")
    row.name = name
    session.add(row)
    return row
