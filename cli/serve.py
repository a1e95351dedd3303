"""`suixing serve`: the API with one worker child, in one process group."""

import gc
import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from cli._children import Child, stop_on_signals
from cli._memory import done_apart, limit_arenas
from cli._settings import settings_for
from services.bootstrap import House, build_house, migrate
from services.identity import ensure_setup_link

STREAMS_END_S = 3
# Allocations between two searches for dead cycles. Python's 700 finds a push of 500 changes alive,
# over and over: a quarter of its processor time.
GARBAGE_THRESHOLD = 50_000

DataOption = Annotated[Path | None, typer.Option(help="The folder of everything.")]
HostOption = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 opens it.")]
PortOption = Annotated[int, typer.Option(help="The port to listen on.")]
WorkerOption = Annotated[
    bool, typer.Option("--worker/--no-worker", help="Whether to do the jobs here, too.")
]


def mount(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    data: DataOption = None,
    worker: WorkerOption = True,
) -> None:
    """Serve the app, and do its jobs in a child process."""
    # uvicorn ends by raising the signal it was ended by: it must find somebody who listens.
    stop = stop_on_signals()
    settings = settings_for(data)
    if "public_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"public_url": f"http://localhost:{port}"})
    if not done_apart(lambda: migrate(settings)):
        raise typer.Exit(1)
    house = build_house(settings)
    _greet(house)
    child = Child(
        # The same name after a crash, so that the next worker takes over its jobs at once.
        *("worker", "--name", f"{socket.gethostname()}:{port}"),
        *(() if data is None else ("--data", str(data))),
    )
    config = uvicorn.Config(
        create_app(house=house),
        host=host,
        port=port,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STREAMS_END_S,
    )
    limit_arenas()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    try:
        if worker:
            child.start()
        if not stop.is_set():
            uvicorn.Server(config).run()
    finally:
        if worker:
            child.end()


def _greet(house: House) -> None:
    """Say how the first account is made, as long as there is none."""
    with house.db.write() as session:
        link = ensure_setup_link(session, house.settings.public_url)
    if link:
        typer.echo(f"Make the first account here: {link}", err=True)
