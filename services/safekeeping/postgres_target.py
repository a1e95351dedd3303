"""Putting a restored database in the place of a PostgreSQL one; the old one is kept aside.

The rows are loaded into a schema of their own; then one transaction gives the old schema another
name and the new one its name. So old or new stands at any moment, whatever ends the process.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text

from services.kernel.db import Database
from services.kernel.errors import Conflict
from services.safekeeping.snapshot import copy_rows

LOADING = "suixing_loading"
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


class PostgresTarget:
    """The schema `public` of the database of the settings."""

    def __init__(self, url: str, migrate: Callable[[str], None]) -> None:
        self._url = url
        self._migrate = migrate

    def holds_data(self) -> bool:
        """Whether anybody's account or trip is in it."""
        with self._connected() as connection:
            return any(_has_rows(connection, table) for table in ("user", "sync_scope"))

    def refuse_in_use(self) -> None:
        """Conflict `server_running` while anybody else is connected to the database."""
        with self._connected() as connection:
            _refuse_others(connection)

    def put(self, staged: Path, aside: Path) -> str | None:
        """Load the staged file and let its schema take the place of the old one."""
        self._load(staged)
        old: str | None = None
        with self._connected() as connection:
            _refuse_others(connection)
            if connection.execute(text(_TABLES)).scalar_one():
                old = aside.name.replace("-", "_").lower()
                connection.exec_driver_sql(f'ALTER SCHEMA public RENAME TO "{old}"')
            else:
                connection.exec_driver_sql("DROP SCHEMA IF EXISTS public")
            connection.exec_driver_sql(f"ALTER SCHEMA {LOADING} RENAME TO public")
            connection.exec_driver_sql("GRANT USAGE ON SCHEMA public TO PUBLIC")
        return f"schema {old}" if old else None

    def _load(self, staged: Path) -> None:
        with self._connected() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {LOADING} CASCADE")
            connection.exec_driver_sql(f"CREATE SCHEMA {LOADING}")
        url = make_url(self._url).update_query_dict({"options": f"-csearch_path={LOADING}"})
        inside = url.render_as_string(hide_password=False)
        self._migrate(inside)
        file = Database(f"sqlite:///{staged}")
        engine = _engine(inside)
        try:
            with file.engine.connect() as source, engine.begin() as target:
                copy_rows(source, target)
        finally:
            engine.dispose()
            file.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        engine = _engine(self._url)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


def _engine(url: str) -> Engine:
    return create_engine(url, hide_parameters=True, poolclass=NullPool)


def _has_rows(connection: Connection, table: str) -> bool:
    found = connection.execute(text("SELECT to_regclass(:name)"), {"name": f'public."{table}"'})
    if found.scalar_one() is None:
        return False
    return connection.execute(text(f'SELECT 1 FROM public."{table}" LIMIT 1')).first() is not None


def _refuse_others(connection: Connection) -> None:
    if connection.execute(text(_OTHERS)).scalar_one():
        detail = "somebody is connected to this database: stop server and workers first"
        raise Conflict("server_running", detail)
