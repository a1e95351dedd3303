"""Two devices edit 200 records without network: 400 edits, none lost, exactly 100 marked."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.kernel.ids import new_id
from tests.support.convergence import check_history, check_log, read_server
from tests.support.devices import Json, Key, Phone
from tests.support.faulty_wire import Person, Site, Wire, catch_up, found_trip, new_phone

RECORDS = 200
Edit = Callable[[int], Json]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "data")
    yield made
    made.close()


class Offline:
    """An aide's phone and tablet, both with the same records; then the network goes."""

    def __init__(self, site: Site, entity: str, fields: Json) -> None:
        self.site = site
        self.aide: Person = site.new_person("小宋")
        self.wire: Wire
        self.wire, self.phone = found_trip(site, self.aide)
        self.tablet = new_phone(site, self.aide, self.wire.trip)
        self.keys: list[Key] = [(entity, new_id()) for _ in range(RECORDS)]
        for key in self.keys:
            self.phone.write(key, fields)
        self.sync()

    def sync(self) -> None:
        for device in (self.phone, self.tablet, self.phone):
            catch_up(self.wire, device)

    def edit(self, device: Phone, edits: Edit) -> None:
        for number, key in enumerate(self.keys):
            self.site.clock.advance(seconds=7)
            device.write(key, edits(number))

    def marked(self) -> set[Key]:
        """The records that the phone shows as contested."""
        return {key for key in self.keys if self.phone.server[key].contested}

    def check_nothing_lost(self) -> None:
        """Every edit is in log and history, and both devices show what the server has."""
        state = read_server(self.wire)
        check_log(self.wire, state)
        edits = [one for one in self.wire.ledger.arrivals if one.seen[""]]
        assert len(edits) == 2 * RECORDS
        assert len({one.id for one in edits}) == 2 * RECORDS
        check_history(self.wire, self.aide, state, self.keys)
        for device in (self.phone, self.tablet):
            shown = device.shown()
            assert not device.outbox
            assert {key: shown[key] for key in self.keys} == {
                key: state.rows[key] for key in self.keys
            }


def is_same(number: int) -> bool:
    """The first hundred are edited by both in one place, the others in different ones."""
    return number < RECORDS // 2


def test_fields_that_both_wrote_are_marked_and_no_others(site: Site) -> None:
    two = Offline(site, "document", {"title": "报告", "state": "draft"})
    two.edit(two.phone, lambda n: {"title": f"手机 {n}"})
    two.edit(two.tablet, lambda n: {"title": f"平板 {n}"} if is_same(n) else {"state": "review"})
    two.sync()
    two.check_nothing_lost()
    assert two.marked() == set(two.keys[: RECORDS // 2])
    for number, key in enumerate(two.keys):
        known = two.phone.server[key]
        assert known.row is not None
        if is_same(number):
            accounts = (known.contested or {})["title"]
            assert {one["value"] for one in accounts} == {f"手机 {number}", f"平板 {number}"}
        else:
            assert (known.row["title"], known.row["state"]) == (f"手机 {number}", "review")


def test_paragraphs_that_both_wrote_are_marked_and_no_others(site: Site) -> None:
    lines = ["一、水源", "二、管网", "三、水价"]
    two = Offline(site, "note", {"kind": "minute", "text": "\n".join(lines)})

    def text(number: int, place: int, word: str) -> Json:
        return {"text": "\n".join([*lines[:place], f"{word} {number}", *lines[place + 1 :]])}

    two.edit(two.phone, lambda n: text(n, 1, "手机"))
    two.edit(two.tablet, lambda n: text(n, 1 if is_same(n) else 2, "平板"))
    two.sync()
    two.check_nothing_lost()
    assert two.marked() == set(two.keys[: RECORDS // 2])
    for number, key in enumerate(two.keys):
        known = two.phone.server[key]
        assert known.row is not None
        mine, other = f"手机 {number}", f"平板 {number}"
        if is_same(number):
            assert sorted(known.row["text"].split("\n")[1:3]) == sorted([mine, other])
            assert len((known.contested or {})["text"]) == 2
        else:
            assert known.row["text"] == "\n".join([lines[0], mine, other])
