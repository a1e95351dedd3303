"""`suixing backup`: database and bytes of one moment into a folder or a .tar, while serving."""

from pathlib import Path
from typing import Annotated

import typer

from cli._progress import shown_progress, sized
from cli._settings import settings_for
from services.bootstrap import safekeeping_ground
from services.kernel.clock import SystemClock
from services.kernel.errors import SuixingError
from services.safekeeping import Manifest, make_backup

TargetArgument = Annotated[Path, typer.Argument(help="A folder, or a file that ends in .tar.")]
DataOption = Annotated[Path | None, typer.Option(help="The folder of everything.")]


def mount(app: typer.Typer) -> None:
    app.command("backup")(run_backup)


def run_backup(to: TargetArgument, data: DataOption = None) -> None:
    """Back up database and bytes; may run while serving. Exit code 1 when bytes were missing."""
    settings = settings_for(data)
    try:
        with shown_progress() as progress:
            ground = safekeeping_ground(settings)
            manifest = make_backup(ground, to, SystemClock().now(), progress)
    except SuixingError as error:
        typer.echo(f"no backup was made: {error.detail or error.code}", err=True)
        raise typer.Exit(2) from error
    _tell(to, manifest)
    if manifest.lost:
        raise typer.Exit(1)


def _tell(to: Path, manifest: Manifest) -> None:
    typer.echo(
        f"{to}: {manifest.records} records, {manifest.object_count} objects "
        f"({sized(manifest.object_bytes)}), schema {manifest.revision}"
    )
    for lost in manifest.lost:
        typer.echo(f"{lost.key} is {lost.why} in the store and not in the backup", err=True)
