"""Fixtures that every folder of tests may use."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import new_database, running_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One PostgreSQL for the whole session."""
    with running_server() as socket:
        yield socket


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    with new_database(postgres_server) as url:
        yield url
