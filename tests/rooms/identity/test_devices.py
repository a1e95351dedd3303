"""Devices: whom they belong to, which browser they are, what they are called."""

import pytest

from services.bootstrap import House
from services.identity import (
    NewUser,
    User,
    UserSession,
    actor_by_session,
    add_user,
    list_devices,
    meet_device,
    revoke_device,
)
from services.identity.devices import name_of_agent
from services.identity.sessions import start_session
from services.kernel.actor import Actor
from services.kernel.errors import Forbidden, Invalid
from services.kernel.hlc import SERVER_DEVICE


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/130.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0",
            "WeChat · Android",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Firefox/132.0", "Firefox · Windows"),
        ("curl/8.5.0", "curl"),
        ("", ""),
    ],
)
def test_a_device_is_called_after_its_browser_and_system(agent: str, name: str) -> None:
    assert name_of_agent(agent) == name


@pytest.fixture
def two(house: House) -> tuple[User, User]:
    with house.db.write() as session:
        first = add_user(session, NewUser("song@example.org", "宋岚"))
        return first, add_user(session, NewUser("he@example.org", "何晓"))


@pytest.mark.parametrize(
    "device", ["short", "has space", SERVER_DEVICE, "x" * 65, "设备名称八个字"]
)
def test_a_name_that_is_none_is_refused(house: House, two: tuple[User, User], device: str) -> None:
    actor = Actor(two[0].id, device=device)
    with pytest.raises(Invalid, match="device_invalid"), house.db.write() as session:
        meet_device(session, actor, now=house.clock.now())


def test_a_device_stays_with_the_first_who_pushed_from_it(
    house: House, two: tuple[User, User]
) -> None:
    now = house.clock.now()
    with house.db.write() as session:
        meet_device(session, Actor(two[0].id, device="tablet_01"), now=now)
    with pytest.raises(Forbidden, match="device_of_another"), house.db.write() as session:
        meet_device(session, Actor(two[1].id, device="tablet_01"), now=now)
    with house.db.read() as session:
        assert [device.id for device in list_devices(session, two[0].id)] == ["tablet_01"]
        assert list_devices(session, two[1].id) == []


def test_the_next_user_of_a_tablet_is_not_shut_out_with_the_first(
    house: House, two: tuple[User, User]
) -> None:
    now = house.clock.now()
    with house.db.write() as session:
        meet_device(session, Actor(two[0].id, device="tablet_01"), now=now)
        secret, row = start_session(session, two[1], now=now, device="tablet_01", agent="curl/8")
        revoke_device(session, two[0].id, "tablet_01", erase=True, now=now)
        found = actor_by_session(session, secret, now)
        assert found is not None
        assert not found.device_revoked
        meet_device(session, Actor(two[1].id, device="tablet_02", session=row.id), now=now)
        assert session.get_one(UserSession, row.id).device == "tablet_02"
        revoke_device(session, two[1].id, "tablet_02", erase=False, now=now)
        after = actor_by_session(session, secret, now)
        assert after is not None
        assert (after.device_revoked, after.erase) == (True, False)
