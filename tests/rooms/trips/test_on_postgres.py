"""Access to trips on PostgreSQL, where two may really act at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.bootstrap import House
from services.identity import SignedIn
from services.kernel.actor import Actor
from services.kernel.errors import SuixingError
from services.trips import Deed, LinkWanted, join_signed_in, make_link, remove_member
from tests.rooms.identity.test_accounts import TestFirstAccount, TestSessions, user
from tests.rooms.trips.test_policy import TestEndedAccess, companion, join, trip
from tests.support.house import Caller, new_caller, open_house

# The classes run here a second time, on the house below.
__all__ = [
    "TestEndedAccess",
    "TestFirstAccount",
    "TestSessions",
    "companion",
    "trip",
    "user",
]


@pytest.fixture
def house(tmp_path: Path, postgres_url: str) -> Iterator[House]:
    with open_house(tmp_path, postgres_url) as made:
        yield made


def deed(house: House, caller: Caller, trip: str) -> Deed:
    return Deed(Actor(caller.user), trip, house.clock.now())


class TestAtOnce:
    def test_the_last_use_of_a_link_is_given_once(self, house: House, aide: Caller) -> None:
        place = aide.make_trip()
        with house.db.write() as session:
            wanted = LinkWanted(role="companion", max_uses=1)
            secret, _ = make_link(session, deed(house, aide, place), wanted)
        people = [new_caller(house, aide.client) for _ in range(6)]

        def join_as(caller: Caller) -> str:
            signed_in = SignedIn(Actor(caller.user), "token", "")
            try:
                member, _ = join_signed_in(house.db, signed_in, secret, now=house.clock.now())
            except SuixingError as error:
                return error.code
            return member.role

        with ThreadPoolExecutor(len(people)) as pool:
            answers = sorted(pool.map(join_as, people))
        assert answers == ["companion"] + ["invitation_over"] * 5

    def test_two_keepers_who_leave_together_cannot_both_go(
        self, house: House, aide: Caller
    ) -> None:
        place, other = aide.make_trip(), new_caller(house, aide.client)
        join(aide, place, other, "principal")

        def leave(caller: Caller) -> str:
            try:
                with house.db.write() as session:
                    remove_member(session, deed(house, caller, place), caller.user)
            except SuixingError as error:
                return error.code
            return "gone"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(leave, (aide, other))) == ["gone", "last_keeper"]
