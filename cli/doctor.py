"""`suixing doctor`: says what is missing and how to mend it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli._checkup import Finding, examine
from cli._settings import settings_for

DataOption = Annotated[Path | None, typer.Option(help="The folder of everything.")]
_COLOURS = {"ok": "green", "note": "yellow", "broken": "red"}


def mount(app: typer.Typer) -> None:
    app.command("doctor")(run_doctor)


def run_doctor(data: DataOption = None) -> None:
    """Look at everything the server stands on; exit code 1 when something is broken."""
    settings = settings_for(data)
    console = Console(soft_wrap=True, highlight=False)
    broken = False
    for finding in examine(settings):
        _tell(console, finding)
        broken = broken or finding.level == "broken"
    if broken:
        raise typer.Exit(1)


def _tell(console: Console, finding: Finding) -> None:
    console.print(f"{finding.level:<8}", end="", style=_COLOURS[finding.level])
    console.print(finding.what, markup=False)
    if finding.mend and finding.level != "ok":
        console.print(f"{'':8}-> {finding.mend}", markup=False)
