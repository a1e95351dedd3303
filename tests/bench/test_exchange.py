"""Push and pull over real HTTP against a real server, small store and large; the steady figure is
the server's processor seconds per 1,000 records.

BENCH_RECORDS and BENCH_STORED set the sizes (10,000 and 100,000).
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.fleet import Cost, Device, Fleet, open_fleet
from tests.bench.report import Report

RECORDS = int(os.environ.get("BENCH_RECORDS", "10000"))
STORED = int(os.environ.get("BENCH_STORED", "100000"))
DEVICES = 20
CHANGED = 100
# Processor seconds of the API per 1,000 records: a third and half of what PouchDB Server needs.
MOST_SECONDS = {"push": 0.19, "pull": 0.29}
MOST_PEAK_MB = 155
MOST_GROWTH = 1.2


def test_records_are_pushed_and_pulled(tmp_path: Path) -> None:
    report = Report("exchange", {"records": RECORDS, "stored": STORED})
    with open_fleet(tmp_path) as fleet:
        small = _tasks(fleet, report, "")
        device = fleet.device(900)
        fill = fleet.measure(lambda: device.push_notes(device.make_trip(), STORED))
        report.add(f"fill {STORED:,}", _per_1000(fill, STORED))
        large = _tasks(fleet, report, f", {STORED:,} stored")
        for name in small:
            report.bound(f"growth of {name}", large[name] / small[name], MOST_GROWTH)
        for name, most in MOST_SECONDS.items():
            report.bound(f"{name}, CPU s per 1,000", small[name], most)
        report.bound("peak MB", fleet.peak_bytes() / 2**20, MOST_PEAK_MB)
    report.write()
    report.check()


def _tasks(fleet: Fleet, report: Report, suffix: str) -> dict[str, float]:
    """Push by one, push by many, pull whole, pull a little; API seconds per 1,000 by task."""
    first = fleet.device(int(bool(suffix)) * 100)
    trip = first.make_trip()
    costs = {"push": fleet.measure(lambda: first.push_notes(trip, RECORDS))}
    pulled: list[tuple[int, int]] = []
    costs["pull"] = fleet.measure(lambda: pulled.append(first.pull(trip)))
    rows, cursor = pulled[0]
    assert rows >= RECORDS
    first.push_notes(trip, CHANGED)
    little = fleet.measure(lambda: first.pull(trip, cursor))
    many = [fleet.device(int(bool(suffix)) * 100 + 1 + number) for number in range(DEVICES)]
    costs["push by 20"] = fleet.measure(lambda: _push_together(many, many[0].make_trip()))
    for name, cost in costs.items():
        report.add(f"{name}{suffix}", _per_1000(cost, RECORDS))
    report.add(f"pull of {CHANGED} changes{suffix}", {"ms": round(little.wall * 1000)})
    return {name: cost.api / RECORDS * 1000 for name, cost in costs.items()}


def _push_together(devices: list[Device], trip: str) -> None:
    share = RECORDS // len(devices)
    with ThreadPoolExecutor(len(devices)) as pool:
        for done in [pool.submit(device.push_notes, trip, share) for device in devices]:
            done.result()


def _per_1000(cost: Cost, records: int) -> dict[str, float]:
    return {
        "api CPU s per 1,000": round(cost.api / records * 1000, 3),
        "worker CPU s per 1,000": round(cost.worker / records * 1000, 3),
        "records/s": round(records / cost.wall),
        "peak MB": round(cost.peak_bytes / 2**20),
    }
