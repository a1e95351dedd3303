"""Two machines that share a database and an S3 store, no folder: an upload moves between them."""

import hashlib
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import update

from services.kernel.clock import SystemClock
from services.kernel.db import Database
from services.kernel.settings import Settings
from services.media.leases import UploadLease
from tests.support.phone import Phone, make_token
from tests.support.postgres import new_database
from tests.support.relay import Relay
from tests.support.s3 import new_bucket, running_s3
from tests.support.server import Server

MIB = 1024 * 1024
DATA = random.Random(4).randbytes(12 * MIB + 321)


@pytest.fixture(scope="module")
def database(postgres_server: str) -> Iterator[str]:
    with new_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="module")
def machines(
    tmp_path_factory: pytest.TempPathFactory, database: str
) -> Iterator[tuple[Server, Server]]:
    with running_s3() as endpoint:
        shared = {
            "SUIXING_DATABASE_URL": database,
            "SUIXING_STORAGE_URL": f"s3://{new_bucket(endpoint)}/house",
            "SUIXING_STORAGE_ENDPOINT": endpoint,
            "SUIXING_STORAGE_REGION": "us-east-1",
            "SUIXING_STORAGE_KEY_ID": "test",
            "SUIXING_STORAGE_SECRET": "test",
        }
        folder = tmp_path_factory.mktemp("machines")
        made = (Server(folder / "a", shared), Server(folder / "b", shared))
        for server in made:
            server.start()
        yield made
        for server in made:
            server.kill()


@pytest.fixture(scope="module")
def phones(machines: tuple[Server, Server], database: str) -> Iterator[tuple[Phone, Phone]]:
    """One phone, as it speaks to either machine."""
    a, b = machines
    token = make_token(Settings(data=a.data, database_url=database))
    at_a = Phone(a.url, token)
    at_b = Phone(b.url, token, trip=at_a.trip)
    yield at_a, at_b
    at_a.http.close()
    at_b.http.close()


def end_leases(url: str) -> None:
    """What the clock does by itself within 45 s of a machine's death."""
    db = Database(url)
    with db.write() as session:
        session.exec(update(UploadLease).values(until=SystemClock().now()))
    db.dispose()


def test_begun_at_one_and_cut_off_it_ends_at_the_other(
    machines: tuple[Server, Server], phones: tuple[Phone, Phone], database: str, tmp_path: Path
) -> None:
    (a, b), (at_a, at_b) = machines, phones
    media = at_a.announce(DATA)
    url = at_a.post(media, len(DATA))
    assert at_a.patch(url, 0, DATA[:MIB]).status_code == 204
    assert at_b.offset(url) == MIB, "what one machine took, the other has"
    assert at_b.patch(url, MIB, DATA[MIB : 2 * MIB]).status_code == 204

    path = tmp_path / "file"
    path.write_bytes(DATA)
    with Relay(a.port, hold_at=9 * MIB + MIB // 2) as relay:
        more = {"url": f"{relay.url}{url}", "chunk": 16 * MIB}
        client = at_a.begin_by_tus_js(relay.url, path, media, **more)
        assert relay.held.wait(120)
        # The first 8 MiB of this PATCH are a part in the store; the rest is in A's memory.
        await_offset(at_b, url, 10 * MIB)
        busy = at_b.patch(url, 10 * MIB, DATA[10 * MIB :])
        assert (busy.status_code, busy.json()["code"]) == (423, "upload_locked")
        a.kill()
        client.kill()
        client.communicate()
    end_leases(database)
    offset = at_b.offset(url)
    assert offset == 10 * MIB
    last = at_b.patch(url, offset, DATA[offset:])
    assert last.status_code == 204, last.text
    body = at_b.http.get(f"/api/v1/media/{media}/content").content
    assert hashlib.sha256(body).digest() == hashlib.sha256(DATA).digest()
    assert at_b.custody()["kinds"][0]["stored"] == 1
    a.start()
    assert at_a.offset(url) == len(DATA)
    for machine in (a, b):
        assert not (machine.data / "uploads").exists(), "no folder has a part in it"


def test_a_phone_that_drops_off_one_machine_goes_on_at_the_other_at_once(
    machines: tuple[Server, Server], phones: tuple[Phone, Phone], tmp_path: Path
) -> None:
    (a, _), (at_a, at_b) = machines, phones
    data = DATA[: 5 * MIB]
    media = at_a.announce(data)
    url = at_a.post(media, len(data))
    path = tmp_path / "file"
    path.write_bytes(data)
    with Relay(a.port, hold_at=3 * MIB) as relay:
        more = {"url": f"{relay.url}{url}", "chunk": 16 * MIB}
        client = at_a.begin_by_tus_js(relay.url, path, media, **more)
        assert relay.held.wait(120)
        client.kill()
        client.communicate()
        relay.cut()
        # A hears that the line is dead, puts what came, and gives the upload back.
        await_offset(at_b, url, 2 * MIB)
    end = time.monotonic() + 60
    while True:
        offset = at_b.offset(url)
        answer = at_b.patch(url, offset, data[offset:])
        if answer.status_code != 423:
            break
        assert time.monotonic() < end, "the upload was not given back"
        time.sleep(0.2)
    assert answer.status_code == 204, answer.text
    assert at_b.http.get(f"/api/v1/media/{media}/content").content == data


def await_offset(phone: Phone, url: str, at_least: int) -> None:
    end = time.monotonic() + 60
    while phone.offset(url) < at_least:
        assert time.monotonic() < end, "the bytes did not arrive"
        time.sleep(0.1)
