"""`suixing doctor`: says what is missing and how to mend it; `--data` checks the whole database."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperCommand

from cli._checkup import Finding, examine, schema_finding
from cli._progress import shown_progress
from cli._settings import settings_for
from services.bootstrap import build_house, safekeeping_place
from services.kernel.settings import Settings
from services.safekeeping import Flaw, check_data

DataOption = Annotated[
    Path | None,
    typer.Option(help="The folder of everything; without a folder the same as --check-data."),
]
CheckOption = Annotated[
    bool, typer.Option("--check-data", help="Compare all rows, the log and the bytes.")
]
QuickOption = Annotated[
    bool, typer.Option("--quick", help="With --check-data: do not read every file through.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")]
_COLOURS = {"ok": "green", "note": "yellow", "broken": "red"}


class _Command(TyperCommand):
    """Takes `--data` without a folder for `--check-data`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [*_spelled_out(args)])


def mount(app: typer.Typer) -> None:
    app.command("doctor", cls=_Command)(run_doctor)


def run_doctor(
    data: DataOption = None,
    check: CheckOption = False,
    quick: QuickOption = False,
    as_json: JsonOption = False,
) -> None:
    """Look at everything the server stands on; exit code 1 when something is broken."""
    settings = settings_for(data)
    if check:
        broken = _check_data(settings, quick=quick, as_json=as_json)
    else:
        broken = _examine(settings, as_json=as_json)
    if broken:
        raise typer.Exit(1)


def _examine(settings: Settings, *, as_json: bool) -> bool:
    console = Console(soft_wrap=True, highlight=False)
    findings = []
    for finding in examine(settings):
        findings.append(finding)
        if not as_json:
            _tell(console, finding)
    if as_json:
        typer.echo(json.dumps([vars(finding) for finding in findings], ensure_ascii=False))
    return any(finding.level == "broken" for finding in findings)


def _check_data(settings: Settings, *, quick: bool, as_json: bool) -> bool:
    """Read only: a database of another schema is not migrated but said to be."""
    other = schema_finding(settings)
    if other.level != "ok":
        _tell(Console(stderr=True, soft_wrap=True, highlight=False), other)
        return True
    house = build_house(settings)
    try:
        with shown_progress() as progress:
            flaws = list(check_data(safekeeping_place(house), quick=quick, progress=progress))
    finally:
        house.close()
    if as_json:
        typer.echo(json.dumps([_plain(flaw) for flaw in flaws], ensure_ascii=False))
    else:
        _tell_flaws(flaws, quick=quick)
    return bool(flaws)


def _plain(flaw: Flaw) -> dict[str, str]:
    return {"code": flaw.code, "about": flaw.about, "mend": flaw.mend}


def _tell_flaws(flaws: list[Flaw], *, quick: bool) -> None:
    for flaw in flaws:
        typer.echo(f"{flaw.code:<22}{flaw.about}\n{'':<22}-> {flaw.mend}")
    how = "rows, log and bytes" if not quick else "rows and log"
    typer.echo(f"{len(flaws)} findings" if flaws else f"{how} agree")


def _tell(console: Console, finding: Finding) -> None:
    console.print(f"{finding.level:<8}", end="", style=_COLOURS[finding.level])
    console.print(finding.what, markup=False)
    if finding.mend and finding.level != "ok":
        console.print(f"{'':8}-> {finding.mend}", markup=False)


def _spelled_out(args: Sequence[str]) -> list[str]:
    """`--data` that no folder follows, as `--check-data`."""
    following = [*args[1:], "--"]
    return [
        "--check-data" if word == "--data" and after.startswith("--") else word
        for word, after in zip(args, following, strict=True)
    ]
