"""Phones under any faults end up equal, with nothing lost and nothing hidden.

A few examples by default, always the same; `make test-sync N=10000` runs as many from a new seed,
which is printed and can be given again. See docs/reliability.md.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.faulty_wire import Site
from tests.support.sync_machine import machine_on

WANTED = os.environ.get("SYNC_EXAMPLES")
EXAMPLES = int(WANTED or 20)
# Every database is the same to the merge: PostgreSQL gets a slice.
ON_POSTGRESQL = max(3, EXAMPLES // 20)
STEPS = 30


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def postgres_site(tmp_path: Path, postgres_url: str) -> Iterator[Site]:
    made = Site(tmp_path / "data", postgres_url)
    yield made
    made.close()


def run(site: Site, examples: int) -> None:
    given = os.environ.get("SYNC_SEED")
    quick = WANTED is None and given is None
    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        derandomize=quick,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    machine = machine_on(site)
    if not quick:
        number = int(given) if given else secrets.randbits(32)
        print(f"\n{examples} examples of {STEPS} steps; SYNC_SEED={number}")  # noqa: T201
        machine = seed(number)(machine)
    run_state_machine_as_test(machine, settings=chosen)


def test_phones_converge_on_sqlite_whatever_happens_on_the_way(site: Site) -> None:
    run(site, EXAMPLES)


def test_phones_converge_on_postgresql_whatever_happens_on_the_way(postgres_site: Site) -> None:
    run(postgres_site, ON_POSTGRESQL)
