"""Which engine stands behind the port; the libraries of one are loaded only where it is used."""

import importlib
from types import ModuleType
from typing import Literal

from services.jobs.claims import Claimant
from services.jobs.local import LocalEngine
from services.jobs.port import JobEngine, JobHandlers
from services.kernel.db import Database
from services.kernel.errors import Invalid

EngineName = Literal["local", "procrastinate"]


def open_engine(name: EngineName, db: Database, handlers: JobHandlers, who: Claimant) -> JobEngine:
    """The engine by its name in the settings."""
    if name == "local":
        return LocalEngine(db, handlers, who)
    engine: JobEngine = _distributed().ProcrastinateEngine(db, handlers, who)
    return engine


def prepare_engine(name: EngineName, database_url: str) -> None:
    """Make what the engine needs in the database beside the job tables; part of every migration."""
    if name == "local":
        return
    if not database_url.startswith("postgresql"):
        raise Invalid("jobs_need_postgresql", "SUIXING_JOBS=procrastinate runs on PostgreSQL only")
    _distributed().prepare(database_url)


def _distributed() -> ModuleType:
    return importlib.import_module("services.jobs.distributed")
