"""What one device does in a row, without a pull in between, is one story: its last word stands."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.kernel.ids import new_id
from tests.support.devices import Key, Phone
from tests.support.faulty_wire import Site, catch_up, found_trip, new_phone

MINUTE = 60_000


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "data")
    yield made
    made.close()


class Two:
    """Two phones of one aide that both have one document."""

    def __init__(self, site: Site) -> None:
        self.site = site
        aide = site.new_person("小宋")
        self.wire, self.one = found_trip(site, aide)
        self.other = new_phone(site, aide, self.wire.trip)
        self.key: Key = ("document", new_id())
        self.one.write(self.key, {"title": "汇报"})
        self.sync(self.one, self.other)

    def sync(self, *phones: Phone) -> None:
        for phone in phones:
            catch_up(self.wire, phone)
        self.site.clock.advance(seconds=1)

    def send(self, phone: Phone) -> None:
        """A push whose answer comes, and no pull."""
        while self.wire.push(phone, 500):
            pass
        self.site.clock.advance(seconds=1)

    def contested(self) -> dict[str, list[object]]:
        self.sync(self.one, self.other)
        told = self.one.server[self.key].contested or {}
        return {name: [one["value"] for one in accounts] for name, accounts in told.items()}


@pytest.fixture
def two(site: Site) -> Two:
    return Two(site)


def test_a_deletion_after_ones_own_unpulled_edit_counts(two: Two) -> None:
    two.one.write(two.key, {"title": "纪要"})
    two.send(two.one)
    two.one.write(two.key, {}, deleted=True)
    two.sync(two.one, two.other)
    assert two.key not in two.other.shown()


def test_a_deletion_after_ones_own_edit_does_not_remove_what_another_wrote(two: Two) -> None:
    two.other.write(two.key, {"state": "review"})
    two.send(two.other)
    two.one.write(two.key, {"title": "纪要"})
    two.send(two.one)
    two.one.write(two.key, {}, deleted=True)
    two.sync(two.one, two.other)
    assert two.one.shown()[two.key]["state"] == "review"


def test_a_mark_stays_when_somebody_writes_who_had_not_seen_the_other_account(two: Two) -> None:
    late = Phone("phone_zzz", two.one.user, two.one.token, two.wire.trip, two.site.wall)
    two.sync(late)
    two.one.write(two.key, {"title": "乙"})
    two.site.clock.advance(seconds=1)
    two.other.write(two.key, {"title": "甲"})
    two.sync(two.other, late)  # 甲 stands, and the third has seen it
    two.send(two.one)  # 乙 is older by the clock: it loses, and both are accounts
    late.write(two.key, {"title": "丙"})
    two.send(late)
    assert set(two.contested()["title"]) >= {"乙", "丙"}


def test_the_present_value_is_among_the_accounts_after_one_wrote_on(two: Two) -> None:
    two.other.write(two.key, {"title": "甲"})
    two.one.write(two.key, {"title": "乙"})
    two.send(two.other)
    two.send(two.one)
    two.one.write(two.key, {"title": "丙"})
    two.send(two.one)
    assert set(two.contested()["title"]) == {"甲", "丙"}


def test_a_push_that_took_its_time_does_not_beat_its_own_devices_later_word(two: Two) -> None:
    two.one.write(two.key, {"title": "甲"})
    two.wire.push(two.one, 1, "late")
    two.site.clock.advance(minutes=1)
    two.one.write(two.key, {"title": "乙"})
    two.site.clock.advance(minutes=20)
    two.wire.deliver_late(0)
    two.site.clock.advance(minutes=1)
    two.sync(two.one, two.other)
    assert two.other.shown()[two.key]["title"] == "乙"


def test_an_edit_of_what_one_made_is_marked_when_another_wrote_before_its_answer_came(
    two: Two,
) -> None:
    key = ("document", new_id())
    two.one.write(key, {"title": "甲"})
    two.wire.push(two.one, 1, "answer lost")
    two.one.write(key, {"title": "乙"})
    two.sync(two.other)
    two.other.write(key, {"title": "丙"})
    two.send(two.other)
    two.sync(two.one, two.other)
    told = two.other.server[key].contested or {}
    assert {one["value"] for one in told["title"]} == {"乙", "丙"}


def test_what_one_made_and_deleted_before_the_answer_came_is_deleted(two: Two) -> None:
    key = ("document", new_id())
    two.one.write(key, {"title": "甲"})
    two.wire.push(two.one, 1, "answer lost")
    two.one.write(key, {}, deleted=True)
    two.sync(two.one, two.other)
    assert key not in two.other.shown()


def test_a_deletion_that_had_not_seen_the_same_words_of_another_removes_nothing(two: Two) -> None:
    two.one.write(two.key, {"title": "纪要"})
    two.send(two.one)
    # The other one writes the same without having seen it, and then deletes.
    two.other.write(two.key, {"title": "纪要"})
    two.other.write(two.key, {}, deleted=True)
    two.sync(two.other, two.one)
    assert not two.one.server[two.key].deleted


def test_who_said_the_same_unseen_has_an_account_when_the_other_says_something_else(
    two: Two,
) -> None:
    two.other.write(two.key, {"title": "纪要"})
    two.one.write(two.key, {"title": "纪要"})
    two.send(two.other)
    two.send(two.one)
    two.one.write(two.key, {"title": "讲话"})
    two.send(two.one)
    assert two.contested() == {"title": ["纪要", "讲话"]}


def test_who_said_the_same_and_has_seen_it_settles_it_alone(two: Two) -> None:
    two.other.write(two.key, {"title": "纪要"})
    two.one.write(two.key, {"title": "纪要"})
    two.send(two.other)
    two.sync(two.one)
    two.one.write(two.key, {"title": "讲话"})
    two.send(two.one)
    assert two.contested() == {}
