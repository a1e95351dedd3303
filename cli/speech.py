"""`suixing models …`: the Whisper model in the data folder, fetched, copied in or tried out."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)

from cli._settings import settings_for
from services.kernel.settings import Settings
from services.speech import (
    SIZES_MB,
    ModelError,
    ModelFolder,
    NotReady,
    SpeechError,
    download_model,
    fetch_from_hub,
    import_model,
    models_folder,
    try_engine,
)

DataOption = Annotated[Path | None, typer.Option(help="The folder of everything.")]
models = typer.Typer(help="The Whisper model in the data folder.", no_args_is_help=True)
_LOOK_EVERY_S = 0.3


def mount(app: typer.Typer) -> None:
    app.add_typer(models, name="models")


@models.command("download")
def run_download(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(SIZES_MB)}, …")],
    data: DataOption = None,
) -> None:
    """Fetch a model from the model hub; goes on where an earlier try broke off."""
    settings = settings_for(data)
    with quietly(), _watched(models_folder(settings.data) / f".{name}.partial", name):
        model = download_model(settings.data, name, fetch=fetch_from_hub)
    _say_where(settings, model)


@models.command("import")
def run_import(
    source: Annotated[Path, typer.Argument(help="A model's folder, or a zip of it.")],
    name: Annotated[str, typer.Option(help="What to call it; the folder's name if unset.")] = "",
    data: DataOption = None,
) -> None:
    """Copy in a model that was fetched elsewhere, and try it out."""
    settings = settings_for(data)
    with quietly():
        model = import_model(
            settings.data,
            source,
            name=name,
            check=lambda copy: try_engine(with_model(settings, str(copy))),
        )
    _say_where(settings, model)


@models.command("verify")
def run_verify(
    name: Annotated[str, typer.Argument(help="Which model; that of the settings if unset.")] = "",
    data: DataOption = None,
) -> None:
    """Load the model and let it hear one second of silence."""
    with quietly():
        status = try_engine(with_model(settings_for(data), name))
    typer.echo(f"{status.model} works", err=True)


def with_model(settings: Settings, name: str) -> Settings:
    """Settings with another local model: a folder, or a name in the data folder."""
    if not name:
        return settings
    model = str(Path(name).resolve()) if Path(name).is_dir() else name
    return settings.model_copy(update={"whisper_model": model, "whisper_engine": "faster-whisper"})


@contextmanager
def quietly() -> Iterator[None]:
    """One line and exit code 1 instead of a traceback; libraries' warnings are not the user's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except NotReady as error:
            typer.echo(f"{error.status.state}: {error.status.hint}", err=True)
            raise typer.Exit(2) from error
        except (ModelError, SpeechError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error


def _say_where(settings: Settings, model: ModelFolder) -> None:
    typer.echo(f"{model.name} is in {model.path}", err=True)
    if settings.whisper_model not in (model.name, str(model.path)):
        typer.echo(f"To use it, set SUIXING_WHISPER_MODEL={model.name}", err=True)


@contextmanager
def _watched(folder: Path, name: str) -> Iterator[None]:
    """A progress bar fed by the growing folder, for the library switches its own bar off."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    over = threading.Event()
    with Progress(*columns, TransferSpeedColumn(), console=console, transient=True) as bar:
        megabytes = SIZES_MB.get(name)
        task = bar.add_task(name, total=megabytes * 1_000_000 if megabytes else None)
        watcher = threading.Thread(target=_watch, args=(folder, over, bar, task), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()


def _watch(folder: Path, over: threading.Event, bar: Progress, task: TaskID) -> None:
    while not over.wait(_LOOK_EVERY_S):
        # A file may be moved into place while it is looked at.
        with suppress(OSError):
            files = (file for file in folder.rglob("*") if file.is_file())
            bar.update(task, completed=sum(file.stat().st_size for file in files))
