"""Devices: registered by their first push, bound to one user, revocable."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from services.identity.audit import write_audit
from services.identity.models import Audit, Device, UserSession
from services.kernel.actor import Actor
from services.kernel.errors import Forbidden, Invalid, NotFound
from services.kernel.hlc import DEVICE_FORM, SERVER_DEVICE

_SEEN_EVERY = timedelta(minutes=5)
# In this order: most browsers also claim to be Safari, and Edge and WeChat to be Chrome.
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def meet_device(session: Session, actor: Actor, *, now: datetime) -> Device | None:
    """The device that pushes, made known if it is new and tied to the browser's session.

    None when the actor names no device; `device_invalid`, `device_of_another`. A browser whose
    device was revoked stays that device, whatever name it gives now.
    """
    if actor.device is None:
        return None
    if not DEVICE_FORM.fullmatch(actor.device) or actor.device == SERVER_DEVICE:
        raise Invalid("device_invalid")
    browser = session.get(UserSession, actor.session) if actor.session else None
    bound = _bound_device(session, browser)
    if bound is not None and bound.revoked_at is not None:
        return bound
    row = session.get(Device, actor.device)
    if row is None:
        name = name_of_agent(browser.agent) if browser else ""
        row = Device(id=actor.device, user=actor.user, name=name, first_seen=now, last_seen=now)
        _add_device(session, row)
    if row.user != actor.user:
        raise Forbidden("device_of_another")
    if browser is not None and bound is None:
        browser.device = row.id
        session.add(browser)
    if now - row.last_seen > _SEEN_EVERY:
        row.last_seen = now
        session.add(row)
    return row


def name_of_agent(agent: str) -> str:
    """A short name for a browser, from its User-Agent: enough to tell one's devices apart."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (browser, system))) or agent.partition("/")[0][:40]


def _bound_device(session: Session, browser: UserSession | None) -> Device | None:
    """The user's device that this browser is; one of somebody else's does not count."""
    device = session.get(Device, browser.device) if browser and browser.device else None
    return device if device is not None and browser and device.user == browser.user else None


def _add_device(session: Session, row: Device) -> None:
    session.add(row)
    session.flush()
    line = Audit(at=row.first_seen, actor=row.user, action="device_met", subject=row.id)
    write_audit(session, line)


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
