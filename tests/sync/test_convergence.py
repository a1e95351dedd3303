"""Any number of phones under any faults end up equal, with nothing lost and nothing hidden.

Forty derandomized examples by default; `make test-sync N=10000` runs as many from a new seed,
which is printed. See docs/reliability.md.
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

WANTED = os.environ.get("SUIXING_SYNC_EXAMPLES")
EXAMPLES = int(WANTED or 40)
STEPS = 40


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "data")
    yield made
    made.close()


def run(site: Site, examples: int) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        derandomize=WANTED is None and "SUIXING_SYNC_SEED" not in os.environ,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    machine = machine_on(site)
    if not chosen.derandomize:
        number = int(os.environ.get("SUIXING_SYNC_SEED") or secrets.randbits(32))
        print(f"\n{examples} examples of {STEPS} steps; again with SUIXING_SYNC_SEED={number}")  # noqa: T201
        machine = seed(number)(machine)
    run_state_machine_as_test(machine, settings=chosen)


def test_phones_converge_on_sqlite_whatever_happens_on_the_way(site: Site) -> None:
    run(site, EXAMPLES)
