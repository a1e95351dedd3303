"""`suixing demo`: a trip with notes, photos, sound and accounts that differ, made as by a phone."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from cli._demo_trip import DemoRecord, DemoTrip, read_demo
from cli._settings import settings_for
from services.bootstrap import House, build_house, migrate
from services.identity import NewUser, User, add_user, find_user, hash_password, list_users
from services.kernel import hlc
from services.kernel.actor import Actor
from services.kernel.clock import milliseconds
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.media import Intake, open_intake, tus
from services.sync import push, read_envelope

DEMO_EMAIL = "demo@example.org"

DataOption = Annotated[Path | None, typer.Option(help="The folder of everything.")]
UserOption = Annotated[
    str, typer.Option("--user", help="Whose trip it is; the first account when unset.")
]


def mount(app: typer.Typer) -> None:
    app.command("demo")(run_demo)


def run_demo(user: UserOption = "", data: DataOption = None) -> None:
    """Fill a new trip with notes, photos, sound and contradictions, in Chinese and English."""
    settings = settings_for(data)
    migrate(settings)
    with _open_house(settings) as house:
        account, password = _account(house, user)
        trip = read_demo(house.clock.now())
        device = f"demo_{secrets.token_hex(6)}"
        actor = Actor(user=account.id, name=account.name, admin=account.admin, device=device)
        _push(house, actor, trip)
        _send_bytes(house, actor, trip)
    typer.echo(f"{settings.public_url.rstrip('/')}/")
    if password:
        typer.echo(f"sign in as {account.email} with password {password}")
    typer.echo(_what_next(trip), err=True)


@contextmanager
def _open_house(settings: Settings) -> Iterator[House]:
    house = build_house(settings)
    try:
        yield house
    finally:
        house.close()


def _account(house: House, email: str) -> tuple[User, str]:
    """The account asked for, else the first one made, else a new one with its password."""
    with house.db.read() as session:
        everybody = sorted(list_users(session), key=lambda user: user.created_at)
        known = find_user(session, email) if email else next(iter(everybody), None)
    if known is not None:
        return known, ""
    if email:
        raise typer.BadParameter(f"there is no account {email}: suixing user add {email} --name …")
    password = secrets.token_urlsafe(12)
    made = NewUser(DEMO_EMAIL, "演示 Demo", hash_password(password), admin=True)
    with house.db.write() as session:
        return add_user(session, made), password


def _push(house: House, actor: Actor, trip: DemoTrip) -> None:
    """Push every record as one device would; a rejection is a fault of the demo and raises."""
    now = milliseconds(house.clock.now())
    stamp: hlc.Stamp | None = None
    changes: list[dict[str, Any]] = []
    for each in trip.records:
        stamp = hlc.tick(stamp, now, actor.device or "")
        changes.append(_change(each, stamp))
    body = {"schema": 1, "device": actor.device, "now": now, "changes": changes}
    with house.db.write() as session:
        answer = push(session, actor, trip.id, read_envelope(body))
    for record, result in zip(trip.records, answer.results, strict=True):
        if result.problem is not None:
            raise ValueError(f"{record.entity}: {result.problem}")


def _change(each: DemoRecord, stamp: hlc.Stamp) -> dict[str, Any]:
    change = {"id": new_id(), "entity": each.entity, "record": each.record, "hlc": str(stamp)}
    return change | {"fields": each.fields}


def _send_bytes(house: House, actor: Actor, trip: DemoTrip) -> None:
    intake = open_intake(house.settings, house.db, house.store, house.clock)
    for each in trip.records:
        if each.content is not None:
            _send(intake, actor, trip.id, each)


def _send(intake: Intake, actor: Actor, trip: str, each: DemoRecord) -> None:
    content = each.content or b""
    creation = tus.Creation(
        media=each.record, trip=trip, sha256=each.fields["sha256"], length=len(content)
    )
    upload, _ = intake.create(actor, creation)
    with intake.staging.claim(upload.id) as file:
        file.append(content)
        file.sync()
        intake.finish(upload.id, file)


def _what_next(trip: DemoTrip) -> str:
    counts = {name: sum(1 for each in trip.records if each.entity == name) for name in _SHOWN}
    made = ", ".join(f"{count} {name}" for name, count in counts.items())
    return (
        f"made a trip with {made}.\n"
        "While `suixing serve` runs, its worker reads the notes, makes thumbnails and, once there "
        "is a speech model (`suixing models download small`), transcribes the recordings."
    )


_SHOWN = ("stop", "person", "note", "media", "question", "matter")
