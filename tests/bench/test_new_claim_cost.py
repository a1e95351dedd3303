"""What a new claim costs in a store of 1,000 and of 100,000: read, paired and settled in SQLite."""

import random
import statistics
import time
from datetime import UTC, date, datetime
from pathlib import Path

from services.contradictions.claims import Statement
from services.contradictions.reading import read_claims
from services.contradictions.sources import Source
from services.contradictions.stored_claims import add_claims
from services.kernel.ids import new_id
from tests.bench.report import Report
from tests.bench.test_pairing_speed import sentence
from tests.rooms.contradictions.conftest import Table
from tests.support.listening import open_desk

SMALL, LARGE, TRIP = 1_000, 100_000, 2_000
NEW = 40
MOST_MS, MOST_GROWTH = 20.0, 1.5
DAY = datetime(2026, 11, 18, tzinfo=UTC)


def fill_other_trips(table: Table, draw: random.Random, claims: int) -> None:
    """So many claims of other trips, stored as the reading of a note stores them."""
    texts = [sentence(draw) for _ in range(TRIP)]
    read = [read_claims(Statement("s", text)) for text in texts]
    for _ in range(claims // TRIP):
        rows = []
        for text, found in zip(texts, read, strict=True):
            about = (new_id(), "text", text, "normal", True, None, "")
            rows.append((Source("note", *about, DAY, date(2026, 11, 18)), found))
        with table.desk.house.db.write() as session:
            add_claims(session, new_id(), rows)


def cost_of_new_claims(table: Table, draw: random.Random) -> float:
    """Milliseconds of processor time for one new claim, the median of NEW."""
    spent = []
    for _ in range(NEW):
        table.note(sentence(draw))
        begun = time.process_time()
        table.read()
        spent.append(1000 * (time.process_time() - begun))
    return statistics.median(spent)


def test_a_new_claim_costs_its_own_postings_only(tmp_path: Path) -> None:
    draw = random.Random(5)
    report = Report("new-claim", {"small": SMALL, "large": LARGE, "new": NEW})
    with open_desk(tmp_path / "data") as desk:
        table = Table(desk)
        for _ in range(SMALL):
            table.note(sentence(draw))
        table.read()
        small = cost_of_new_claims(table, draw)
        fill_other_trips(table, draw, LARGE - SMALL)
        large = cost_of_new_claims(table, draw)
    report.add("new claim", {"ms at 1,000": round(small, 2), "ms at 100,000": round(large, 2)})
    report.bound("ms for a new claim in 100,000", large, MOST_MS)
    report.bound("growth from 1,000 to 100,000", large / small, MOST_GROWTH)
    report.write()
    report.check()
