"""`suixing restore`: a backup in the place of what the settings name; the old is kept aside."""

from pathlib import Path
from typing import Annotated

import typer

from cli._progress import shown_progress
from cli._settings import settings_for
from services.bootstrap import migrate, safekeeping_ground
from services.kernel.clock import SystemClock
from services.kernel.errors import SuixingError
from services.safekeeping import Restored, open_backup, restore_backup

SourceArgument = Annotated[Path, typer.Argument(help="A folder or .tar of `suixing backup`.")]
DataOption = Annotated[Path | None, typer.Option(help="The folder of everything.")]
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="Where there is data already: keep it aside.")
]


def mount(app: typer.Typer) -> None:
    app.command("restore")(run_restore)


def run_restore(
    source: SourceArgument, data: DataOption = None, replace: ReplaceOption = False
) -> None:
    """Restore a backup after verifying all of it. Stop the server first."""
    settings = settings_for(data)
    try:
        with open_backup(source) as backup, shown_progress() as progress:
            done = restore_backup(
                safekeeping_ground(settings),
                backup,
                SystemClock().now(),
                replace=replace,
                progress=progress,
            )
        migrate(settings)
    except SuixingError as error:
        typer.echo(f"nothing was restored: {error.detail or error.code}", err=True)
        raise typer.Exit(2) from error
    _tell(done)


def _tell(done: Restored) -> None:
    made = done.manifest.made_at.strftime("%Y-%m-%d %H:%M UTC")
    typer.echo(
        f"restored the backup of {made}: {done.manifest.records} records, "
        f"{done.manifest.object_count} objects ({done.objects_written} written)"
    )
    if done.aside:
        typer.echo(f"what was there before is in {done.aside}")
    if done.without_bytes:
        typer.echo(
            f"{done.without_bytes} recordings or photos have no bytes here; "
            "phones that still have them will send them"
        )
    typer.echo("check it with `suixing doctor --data`, then start the server", err=True)
