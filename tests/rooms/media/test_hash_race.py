"""On PostgreSQL a row's hash and its bytes may arrive in the same moment: the media is stored."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from services.bootstrap import House
from tests.support.house import Caller, new_caller, open_house
from tests.support.tus import Tus, sha256

DATA = bytes(range(256)) * 4
ROUNDS = 8


@pytest.fixture
def house(tmp_path: Path, postgres_url: str) -> Iterator[House]:
    with open_house(tmp_path, postgres_url) as made:
        yield made


@pytest.fixture
def aide(house: House) -> Iterator[Caller]:
    with TestClient(create_app(house=house)) as client:
        yield new_caller(house, client)


def test_the_hash_and_the_last_byte_together_make_it_stored(aide: Caller) -> None:
    tus, trip = Tus(aide), aide.make_trip()
    for _ in range(ROUNDS):
        media = tus.announce(trip, DATA, sha256=None)
        url = tus.post(media, len(DATA), DATA[:10]).headers["location"]
        change = aide.change("media", media, {"sha256": sha256(DATA)})
        threads = [
            threading.Thread(target=tus.patch, args=(url, 10, DATA[10:])),
            threading.Thread(target=aide.push, args=(trip, change)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert tus.row(trip, media)["processing"] == "stored"
