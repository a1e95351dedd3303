"""The migrations make the very tables that the rooms declare, on both databases, and go back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import alembic.command
import alembic.config
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

import services.bootstrap
from services.kernel.settings import Settings
from tests.support.tree import ROOT

VERSIONS = ROOT / "alembic" / "versions"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("postgres_url"))


def test_upgrading_an_empty_database_makes_every_declared_table(url: str) -> None:
    alembic.command.upgrade(_config(url), "head")
    with _inspected(url) as found:
        assert set(SQLModel.metadata.tables) <= found


def test_the_migrations_leave_nothing_that_the_tables_do_not_say(url: str) -> None:
    alembic.command.upgrade(_config(url), "head")
    alembic.command.check(_config(url))


def test_upgrading_twice_changes_nothing(url: str) -> None:
    alembic.command.upgrade(_config(url), "head")
    alembic.command.upgrade(_config(url), "head")
    alembic.command.check(_config(url))


def test_going_back_to_the_beginning_leaves_no_table(url: str) -> None:
    alembic.command.upgrade(_config(url), "head")
    alembic.command.downgrade(_config(url), "base")
    with _inspected(url) as found:
        assert found & set(SQLModel.metadata.tables) == set()


def test_the_product_migrates_by_itself(url: str, tmp_path: Path) -> None:
    services.bootstrap.migrate(Settings(data=tmp_path / "data", database_url=url))
    alembic.command.check(_config(url))


def test_the_migrations_are_one_line_without_branches() -> None:
    script = ScriptDirectory.from_config(_config("sqlite://"))
    assert len(script.get_heads()) == 1
    assert len(list(script.walk_revisions())) == len(list(VERSIONS.glob("*.py")))


def test_no_migration_imports_the_project() -> None:
    for path in VERSIONS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "services" not in text, path.name
        assert "import api" not in text, path.name


def _config(url: str) -> alembic.config.Config:
    config = alembic.config.Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = url
    return config


@contextmanager
def _inspected(url: str) -> Iterator[set[str]]:
    engine = create_engine(url)
    yield set(inspect(engine).get_table_names())
    engine.dispose()
