"""`suixing user …` and `suixing token …`: accounts and tokens, made by whoever runs the server."""

import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cli._settings import settings_for
from services import identity, media
from services.bootstrap import migrate
from services.kernel.clock import SystemClock
from services.kernel.db import Database
from services.kernel.errors import SuixingError
from services.storage import open_store

DataOption = Annotated[Path | None, typer.Option(help="The folder of everything.")]
NameOption = Annotated[str, typer.Option(help="The name that others see.")]
TokenNameOption = Annotated[str, typer.Option(help="What the token is for.")]
PasswordOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


def mount(app: typer.Typer) -> None:
    users = typer.Typer(help="Accounts.", no_args_is_help=True)
    users.command("add")(add_user)
    users.command("reset-password")(reset_password)
    users.command("disable")(disable_user)
    users.command("enable")(enable_user)
    users.command("list")(list_users)
    users.command("quota")(set_quota)
    app.add_typer(users, name="user")
    tokens = typer.Typer(help="Tokens of REST clients.", no_args_is_help=True)
    tokens.callback()(_keep_subcommands)
    tokens.command("create")(create_token)
    app.add_typer(tokens, name="token")


def add_user(
    email: str,
    name: NameOption,
    admin: Annotated[bool, typer.Option(help="May administer the server.")] = False,
    password_stdin: PasswordOption = False,
    data: DataOption = None,
) -> None:
    """Make an account; without --password-stdin a password is made up and printed."""
    password, is_made_up = _password(password_stdin)
    hashed = identity.hash_password(password)
    with _database(data) as db, db.write() as session:
        identity.add_user(session, identity.NewUser(email, name, hashed, admin))
    typer.echo(f"added {identity.normalise_email(email)}", err=True)
    _tell(password, is_made_up)


def reset_password(
    email: str, password_stdin: PasswordOption = False, data: DataOption = None
) -> None:
    """Give an account a new password and sign out all its browsers; tokens go on working."""
    password, is_made_up = _password(password_stdin)
    hashed = identity.hash_password(password)
    with _database(data) as db, db.write() as session:
        user = identity.user_by_email(session, email)
        identity.set_password(session, user.id, hashed, now=SystemClock().now())
    typer.echo(f"reset the password of {identity.normalise_email(email)}", err=True)
    _tell(password, is_made_up)


def disable_user(email: str, data: DataOption = None) -> None:
    """Shut an account out at once: browsers, devices and tokens."""
    _set_disabled(email, data, disabled=True)


def enable_user(email: str, data: DataOption = None) -> None:
    """Let a disabled account in again."""
    _set_disabled(email, data, disabled=False)


def list_users(data: DataOption = None) -> None:
    """Print every account: address, name, and whether it administers or is disabled."""
    with _database(data) as db, db.read() as session:
        for user in identity.list_users(session):
            marks = [word for word, on in _marks(user) if on]
            print("\t".join([user.email, user.name, ",".join(marks)]))


def set_quota(
    email: str,
    limit: Annotated[
        str, typer.Argument(help="Bytes, as 5000000, 500M or 20G; 0 = no limit; default = setting.")
    ] = "",
    data: DataOption = None,
) -> None:
    """Limit what a user may keep here; prints the limit and what is used, in bytes."""
    settings = settings_for(data)
    wanted = _read_size(limit)
    with _database(data) as db:
        with db.write() as session:
            user = identity.user_by_email(session, email)
            if limit:
                media.set_quota(session, user.id, wanted)
        usage = media.open_intake(settings, db, open_store(settings), SystemClock()).usage(user.id)
    print(f"{usage.limit}\t{usage.used}")


def create_token(email: str, name: TokenNameOption, data: DataOption = None) -> None:
    """Print a new token of an account, alone on standard output."""
    with _database(data) as db, db.write() as session:
        user = identity.user_by_email(session, email)
        token, _ = identity.create_token(session, user.id, name=name)
    print(token)


def _read_size(text: str) -> int | None:
    """Bytes; None for `default` and for nothing given."""
    found = re.fullmatch(r"(\d{1,15})([KMGT]?)", text.upper())
    if found is None:
        if text not in ("", "default"):
            typer.echo("a size is 5000000, 500M, 20G, 0 or default", err=True)
            raise typer.Exit(2)
        return None
    factor: int = 1024 ** " KMGT".index(found[2] or " ")
    return int(found[1]) * factor


def _keep_subcommands() -> None:
    # Without a callback typer would fold the only command into its group.
    return


def _set_disabled(email: str, data: Path | None, *, disabled: bool) -> None:
    with _database(data) as db, db.write() as session:
        user = identity.user_by_email(session, email)
        now = SystemClock().now()
        identity.set_disabled(session, user.id, disabled=disabled, now=now)


def _marks(user: identity.User) -> list[tuple[str, bool]]:
    return [("admin", user.admin), ("disabled", user.disabled_at is not None)]


@contextmanager
def _database(data: Path | None) -> Iterator[Database]:
    settings = settings_for(data)
    migrate(settings)
    db = Database(settings.resolved_database_url)
    try:
        yield db
    except SuixingError as error:
        typer.echo(error.detail or error.code, err=True)
        raise typer.Exit(1) from error
    finally:
        db.dispose()


def _password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made up here."""
    if not from_stdin:
        return secrets.token_urlsafe(12), True
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        typer.echo("no password on standard input", err=True)
        raise typer.Exit(2)
    return password, False


def _tell(password: str, is_made_up: bool) -> None:
    if is_made_up:
        typer.echo("its password:", err=True)
        print(password)
