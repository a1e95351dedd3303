"""A data folder with the whole demo in it, worked off, made once and copied for each test."""

import io
import shutil
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from sqlmodel import select

from cli import backup, doctor, restore
from cli.demo import run_demo
from services.bootstrap import House, build_house
from services.jobs import Claimant
from services.jobs.claims import claim
from services.jobs.run import Run, execute
from services.kernel.clock import SystemClock
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.media import Media
from services.sync import ServerWrite, write_as_server


@pytest.fixture(scope="session")
def worked_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with thumbnails, claims, flags and a transcript."""
    data = tmp_path_factory.mktemp("safekeeping") / "data"
    with redirect_stdout(io.StringIO()):
        run_demo(data=data)
    house = build_house(Settings(data=data))
    try:
        _transcribe(house)
        _work_off(house)
    finally:
        house.close()
    return data


@pytest.fixture
def data(worked_demo: Path, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    copy = tmp_path / "data"
    shutil.copytree(worked_demo, copy)
    return copy


@pytest.fixture
def suixing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a command in this process; its exit code."""
    app = typer.Typer(pretty_exceptions_enable=False)
    for module in (backup, doctor, restore):
        module.mount(app)

    def call(*words: str, environment_data: Path | None = None) -> int:
        if environment_data is not None:
            monkeypatch.setenv("SUIXING_DATA", str(environment_data))
        try:
            app(list(words), standalone_mode=True)
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    return call


def _transcribe(house: House) -> None:
    """What the worker writes of one recording, without a model."""
    with house.db.write() as session:
        media = session.exec(select(Media).where(Media.kind == "audio")).first()
        assert media is not None
        transcript, segment = new_id(), new_id()
        said = {"media": media.id, "state": "done", "cursor_ms": 4000}
        heard = {"media": media.id, "transcript": transcript, "start_ms": 0, "end_ms": 4000}
        heard |= {"text": "这条路是2019年修好的。", "machine_text": "这条路是2019年修好的。"}
        writes = [ServerWrite("transcript", transcript, said)]
        write_as_server(session, media.trip, [*writes, ServerWrite("segment", segment, heard)])


def _work_off(house: House) -> None:
    who = Claimant("test", timedelta(minutes=5), SystemClock())
    while True:
        with house.db.write() as session:
            job = claim(session, who, "light", ("derive_media", "read_claims"))
        if job is None:
            return
        execute(Run(house.db, job, who, threading.Event()), house.jobs.of(job.kind))
