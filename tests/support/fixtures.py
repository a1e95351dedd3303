"""Fixtures that need the whole house; folders that use them import them in their conftest.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from services.bootstrap import House
from tests.support.house import Caller, new_caller, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A fresh house on SQLite."""
    with open_house(tmp_path) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def any_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A fresh house, on each database in turn."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    with open_house(tmp_path, url) as made:
        yield made


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """The real application on that house, without a network."""
    app = create_app(house=house)
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def aide(house: House, client: TestClient) -> Caller:
    """A user who makes trips, and is their aide."""
    return new_caller(house, client)


@pytest.fixture
def stranger(house: House, client: TestClient) -> Caller:
    """A signed-in user who belongs to no trip of the aide."""
    return new_caller(house, client, "路人")


__all__ = ["aide", "any_house", "client", "house", "stranger"]
