"""What a user may keep: refused beyond the limit with the figures, and nothing there is touched."""

from typing import Any

import pytest

from services.bootstrap import House
from services.media import set_quota
from tests.support.house import Caller
from tests.support.tus import Tus, is_problem

DATA = bytes(range(256)) * 40
SIZE = len(DATA)


@pytest.fixture
def tus(aide: Caller) -> Tus:
    return Tus(aide)


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip()


def limit(house: House, caller: Caller, size: int | None) -> None:
    with house.db.write() as session:
        set_quota(session, caller.user, size)


def figures(response: Any) -> tuple[int, int, int]:
    assert is_problem(response, 507, "quota_exceeded")
    body = response.json()
    return body["limit"], body["used"], body["needed"]


def announce(tus: Tus, trip: str, number: int) -> tuple[str, bytes]:
    """A file with other bytes than the next, of the same size."""
    data = bytes([number]) + DATA[1:]
    return tus.announce(trip, data, kind="file"), data


def test_without_a_limit_everything_is_taken(tus: Tus, trip: str) -> None:
    for number in range(3):
        media, data = announce(tus, trip, number)
        assert tus.post(media, SIZE, data).status_code == 201


def test_beyond_the_limit_it_says_the_figures_and_the_stored_stays(
    house: House, aide: Caller, tus: Tus, trip: str
) -> None:
    limit(house, aide, 2 * SIZE + 100)
    kept = []
    for number in range(2):
        media, data = announce(tus, trip, number)
        assert tus.post(media, SIZE, data).status_code == 201
        kept.append((media, data))
    media, data = announce(tus, trip, 9)
    assert figures(tus.post(media, SIZE, data)) == (2 * SIZE + 100, 2 * SIZE, SIZE)
    assert [tus.get(one).content for one, _ in kept] == [content for _, content in kept]
    assert tus.row(trip, media)["processing"] == "expected"
    limit(house, aide, 3 * SIZE)
    assert tus.post(media, SIZE, data).status_code == 201, "room was made"


def test_what_is_announced_counts_and_goes_on_to_its_end(
    house: House, aide: Caller, tus: Tus, trip: str
) -> None:
    limit(house, aide, SIZE)
    media, data = announce(tus, trip, 1)
    url = tus.post(media, SIZE, data[:10]).headers["location"]
    other, more = announce(tus, trip, 2)
    assert figures(tus.post(other, SIZE, more)) == (SIZE, SIZE, SIZE)
    assert tus.post(media, SIZE).headers["location"] == url, "asking again for the same is no more"
    assert tus.patch(url, 10, data[10:]).status_code == 204
    assert tus.get(media).content == data
    again = tus.post(media, SIZE)
    assert again.headers["upload-offset"] == str(SIZE), "what is stored is answered, not refused"


def test_a_given_up_or_expired_upload_counts_no_longer(
    house: House, aide: Caller, tus: Tus, trip: str
) -> None:
    limit(house, aide, SIZE)
    first, second, third = (announce(tus, trip, number) for number in range(3))
    url = tus.post(first[0], SIZE, first[1][:10]).headers["location"]
    tus.delete(url)
    assert tus.post(second[0], SIZE, second[1][:10]).status_code == 201
    aide.clock.advance(days=15)
    assert tus.post(third[0], SIZE, third[1]).status_code == 201


def test_a_growing_recording_goes_on_until_the_limit_and_keeps_what_came(
    house: House, aide: Caller, tus: Tus, trip: str
) -> None:
    limit(house, aide, 1000)
    media = tus.announce(trip, DATA, kind="audio", mime="audio/webm", sha256=None, size=None)
    url = tus.post(media, None, DATA[:400]).headers["location"]
    assert tus.patch(url, 400, DATA[400:900]).status_code == 204
    assert figures(tus.patch(url, 900, DATA[900:1100])) == (1000, 900, 200)
    assert tus.offset(url) == 900
    length = str(len(DATA))
    refused = tus.patch(url, 900, b"", Upload_Length=length)
    assert figures(refused) == (1000, 900, len(DATA) - 900)
    assert figures(tus.post(media, len(DATA))) == (1000, 0, len(DATA)), "nor by another way"
    limit(house, aide, len(DATA))
    assert tus.patch(url, 900, DATA[900:], Upload_Length=length).status_code == 204
    assert tus.row(trip, media)["processing"] == "received"


def test_growing_recordings_count_for_other_uploads(
    house: House, aide: Caller, tus: Tus, trip: str
) -> None:
    limit(house, aide, SIZE + 100)
    growing = tus.announce(trip, DATA, kind="audio", mime="audio/webm", sha256=None, size=None)
    tus.post(growing, None, DATA[:400])
    media, data = announce(tus, trip, 1)
    assert figures(tus.post(media, SIZE, data)) == (SIZE + 100, 400, SIZE)


def test_one_users_limit_is_not_anothers(
    house: House, aide: Caller, stranger: Caller, tus: Tus, trip: str
) -> None:
    limit(house, aide, 10)
    media, data = announce(tus, trip, 1)
    assert figures(tus.post(media, SIZE, data)) == (10, 0, SIZE)
    other = Tus(stranger)
    their_media, their_data = announce(other, stranger.make_trip(), 2)
    assert other.post(their_media, SIZE, their_data).status_code == 201


def test_the_setting_holds_for_all_who_have_no_limit_of_their_own(
    house: House, aide: Caller, tus: Tus, trip: str
) -> None:
    house.settings.user_quota_bytes = 10
    media, data = announce(tus, trip, 1)
    assert figures(tus.post(media, SIZE, data)) == (10, 0, SIZE)
    limit(house, aide, 0)
    assert tus.post(media, SIZE, data).status_code == 201
    limit(house, aide, None)
    media, data = announce(tus, trip, 2)
    assert figures(tus.post(media, SIZE, data)) == (10, SIZE, SIZE)
