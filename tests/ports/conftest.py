"""The job queue in each of its forms: every contract test of it runs on all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.job_house import JobHouse, job_house


@pytest.fixture(params=["local_sqlite", "local_postgres", "procrastinate"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JobHouse]:
    if request.param == "local_sqlite":
        url = f"sqlite:///{tmp_path / 'jobs.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    with job_house(url, "procrastinate" if request.param == "procrastinate" else "local") as made:
        yield made
