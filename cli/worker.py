"""`suixing worker`: does the jobs; the light ones here, the heavy ones in a child of its own."""

import os
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli._children import Child, end_with_parent, stop_on_signals
from cli._settings import settings_for
from services.adjudication import has_adjudicator
from services.bootstrap import House, build_house, migrate
from services.contradictions import queue_unjudged, queue_unread
from services.jobs import Claimant, Lane, clear_finished, open_engine, release_worker
from services.kernel.ids import new_id
from services.kernel.log import get_logger

HEAVY_NICENESS = 10
LETTING_GO_S = 5.0
KEEP_FINISHED = timedelta(days=7)

DataOption = Annotated[Path | None, typer.Option(help="The folder of everything.")]
LaneOption = Annotated[
    Lane | None, typer.Option(help="Only this lane: light, or heavy (speech); both by default.")
]
NameOption = Annotated[str, typer.Option(hidden=True, help="Whose unfinished jobs to take over.")]
ParentOption = Annotated[int, typer.Option(hidden=True, help="The process to end with.")]


def mount(app: typer.Typer) -> None:
    app.command("worker")(run_worker)


def run_worker(
    data: DataOption = None,
    lane: LaneOption = None,
    name: NameOption = "",
    parent: ParentOption = 0,
) -> None:
    """Do the jobs of the server; start as many as there are machines to help."""
    stop = stop_on_signals()
    settings = settings_for(data)
    if parent:
        end_with_parent(parent, stop)
    else:
        migrate(settings)
    name = name or f"{socket.gethostname()}:{new_id()}"
    heavy = None
    if lane is None:
        heavy = Child("worker", *_data_words(data), "--lane", "heavy", "--name", f"{name}/heavy")
        heavy.start()
    house = build_house(settings)
    done = _work(house, lane or "light", name, stop)
    if heavy is not None:
        heavy.end()
    _leave(house, name, clean=done)


def _work(house: House, lane: Lane, name: str, stop: threading.Event) -> bool:
    """Run the lane's engine until told to stop; True when it let go of every job in time."""
    if lane == "heavy":
        os.nice(HEAVY_NICENESS)
    engine = open_engine(house.settings.resolved_jobs, house.db, house.jobs, Claimant(name))
    _take_over(house, name)
    thread = threading.Thread(target=engine.work, args=(lane, stop), daemon=True)
    thread.start()
    get_logger("cli").info("worker ready", lane=lane, name=name)
    stop.wait()
    thread.join(LETTING_GO_S)
    return not thread.is_alive()


def _take_over(house: House, name: str) -> None:
    """A worker of this name was here before and is dead: its jobs need not wait for their lease."""
    now = house.clock.now()
    with house.db.write() as session:
        release_worker(session, name, now)
        clear_finished(session, now - KEEP_FINISHED)
        queue_unread(session)
        if has_adjudicator(house.settings):
            queue_unjudged(session)


def _leave(house: House, name: str, *, clean: bool) -> None:
    if clean:
        house.close()
        return
    with house.db.write() as session:
        release_worker(session, name, house.clock.now())
    # A handler deep in native code cannot be waited for; its lease is given up, it may go.
    os._exit(0)


def _data_words(data: Path | None) -> tuple[str, ...]:
    return () if data is None else ("--data", str(data))
