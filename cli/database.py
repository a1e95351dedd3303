"""`suixing migrate`: bring the database to the newest schema."""

from pathlib import Path
from typing import Annotated

import typer

from cli._settings import settings_for
from services.bootstrap import migrate

DataOption = Annotated[Path | None, typer.Option(help="The folder of everything.")]


def mount(app: typer.Typer) -> None:
    app.command("migrate")(run_migrate)


def run_migrate(data: DataOption = None) -> None:
    """Bring the database to the newest schema."""
    settings = settings_for(data)
    migrate(settings)
    typer.echo(f"migrated {settings.data}", err=True)
