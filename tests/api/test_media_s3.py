"""One whole way of a photo with an S3 store behind the server, and with PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlmodel import SQLModel

from api.app import create_app
from services.bootstrap import House, build_house
from services.kernel.settings import Settings
from tests.support.house import TestClock, new_caller
from tests.support.pictures import jpeg
from tests.support.s3 import new_bucket, running_s3
from tests.support.tus import Tus, run_jobs


@pytest.fixture
def house(tmp_path: Path, postgres_url: str) -> Iterator[House]:
    with running_s3() as endpoint:
        settings = Settings(
            data=tmp_path,
            database_url=postgres_url,
            storage_url=f"s3://{new_bucket(endpoint)}/house",
            storage_endpoint=endpoint,
            storage_region="us-east-1",
            storage_key_id="test",
            storage_secret=SecretStr("test"),
        )
        made = build_house(settings, clock=TestClock())
        SQLModel.metadata.create_all(made.db.engine)
        yield made
        made.close()


def test_a_photo_is_uploaded_derived_and_read_in_parts(house: House) -> None:
    data = jpeg()
    with TestClient(create_app(house=house)) as client:
        aide = new_caller(house, client)
        tus, trip = Tus(aide), aide.make_trip()
        media = tus.announce(trip, data)
        url = tus.post(media, len(data), data[:5000]).headers["location"]
        assert tus.post(media, len(data)).headers["location"] == url
        assert tus.patch(url, 5000, data[5000:]).status_code == 204
        assert tus.row(trip, media)["processing"] == "stored"
        assert run_jobs(house) == ["derive_media"]
        assert tus.row(trip, media)["processing"] == "ready"
        assert tus.get(media).content == data
        assert tus.get(media, Range="bytes=100-199").content == data[100:200]
        assert tus.get(media, "thumbnail").headers["content-type"] == "image/webp"
        assert tus.get(media, "playable").json()["code"] == "not_ready"
        assert not list(house.store.entries(".staging/"))
        assert not (house.settings.data / "uploads").exists(), "machines share no folder"


def test_a_photo_is_uploaded_in_one_request(house: House) -> None:
    data = jpeg()
    with TestClient(create_app(house=house)) as client:
        aide = new_caller(house, client)
        tus, trip = Tus(aide), aide.make_trip()
        media = tus.announce(trip, data)
        made = [tus.post(media, len(data), data) for _ in range(2)]
        assert {one.headers["upload-offset"] for one in made} == {str(len(data))}
        assert len({one.headers["location"] for one in made}) == 1
        assert tus.row(trip, media)["processing"] == "stored"
        assert tus.get(media).content == data
        wrong = tus.announce(trip, data[1:])
        assert tus.post(wrong, len(data) - 1, data[:-1]).status_code == 460
        assert len(list(house.store.entries(""))) == 1
