"""`suixing transcribe`: speech alone, files in and lines out, without a house around it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from cli._settings import settings_for
from cli.speech import DataOption, quietly, with_model
from services.speech import engine_status

if TYPE_CHECKING:
    from services.transcription import FileListener, Heard

NO_ENGINE = 2


def mount(app: typer.Typer) -> None:
    app.command("transcribe")(run_transcribe)


def run_transcribe(
    files: Annotated[list[Path], typer.Argument(help="Recordings of any format.")],
    model: Annotated[str, typer.Option(help="Name of a model, or its folder.")] = "",
    language: Annotated[str, typer.Option(help="Languages that may occur, as zh,en.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    data: DataOption = None,
) -> None:
    """Print what is said; exit code 1 when a file cannot be heard, 2 when there is no model."""
    from services.transcription import file_listener

    settings = with_model(settings_for(data), model)
    status = engine_status(settings)
    if not status.ready:
        typer.echo(f"{status.state}: {status.hint}", err=True)
        raise typer.Exit(NO_ENGINE)
    languages = tuple(code.strip() for code in language.split(",") if code.strip())
    with quietly(), file_listener(settings, languages) as listener:
        heard = [_print_file(listener, file, as_json=as_json) for file in files]
    raise typer.Exit(0 if all(heard) else 1)


def _print_file(listener: "FileListener", file: Path, *, as_json: bool) -> bool:
    from services.transcription import Unreadable

    try:
        _print_steps(listener, file, as_json=as_json)
    except Unreadable as error:
        typer.echo(f"{file}: {error.code}", err=True)
        return False
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}", err=True)
        return False
    return True


def _print_steps(listener: "FileListener", file: Path, *, as_json: bool) -> None:
    bar = Progress(console=Console(stderr=True), transient=True)
    with listener.open(file) as run, bar:
        task = bar.add_task(file.name, total=run.duration_ms)
        for step in run.steps:
            bar.update(task, completed=step.cursor_ms)
            if step.heard is not None:
                typer.echo(_json(file, step.heard) if as_json else _line(step.heard))


def _line(heard: "Heard") -> str:
    start = heard.start_ms / 1000
    doubt = "" if heard.reliable else "  (?)"
    return f"{int(start // 60):02d}:{start % 60:04.1f}  {heard.text}{doubt}"


def _json(file: Path, heard: "Heard") -> str:
    told = {
        "file": str(file),
        "start": heard.start_ms / 1000,
        "end": heard.end_ms / 1000,
        "text": heard.text,
        "language": heard.language,
        "confidence": heard.confidence,
        "reliable": heard.reliable,
    }
    return json.dumps(told, ensure_ascii=False)
