"""What routes ask for: the house, a session, whoever is signed in. The edge of the transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from api.auth import signed_in_by_request, signed_in_within, touch_if_stale
from services.bootstrap import House
from services.identity import SignedIn
from services.kernel.actor import Actor
from services.kernel.errors import Forbidden, Unauthenticated


def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


# What only looks something up is `async def`: FastAPI calls a plain `def` in a thread, and the way
# there and back costs more than the look.
async def _house(request: Request) -> House:
    return house_of(request)


def _read_session(request: Request) -> Iterator[Session]:
    with house_of(request).db.read() as session:
        yield session


def _write_session(request: Request) -> Iterator[Session]:
    with house_of(request).db.write() as session:
        yield session


def get_signed_in(request: Request) -> SignedIn:
    """Who asks; Unauthenticated for nobody, Forbidden for a revoked device."""
    return _required(find_signed_in(request))


def find_signed_in(request: Request) -> SignedIn | None:
    """Who asks, or None; for routes that also serve the anonymous."""
    return signed_in_by_request(request, house_of(request))


@contextmanager
def asking(request: Request) -> Iterator[tuple[Session, Actor]]:
    """A read session with whoever asks, as ActorDep finds them: for what is asked besides.

    It blocks. One way into a thread and one session instead of two.
    """
    house = house_of(request)
    with house.db.read() as session:
        signed_in = _required(signed_in_within(session, request, house))
        yield session, _unrevoked(signed_in)
    touch_if_stale(house, signed_in)


def _required(signed_in: SignedIn | None) -> SignedIn:
    if signed_in is None:
        raise Unauthenticated("signed_out", "sign in, or send a token")
    return signed_in


def _unrevoked(signed_in: SignedIn) -> Actor:
    if signed_in.device_revoked:
        raise Forbidden("device_revoked", "this device was revoked", erase=signed_in.erase)
    return signed_in.actor


async def _actor(signed_in: Annotated[SignedIn, Depends(get_signed_in)]) -> Actor:
    return _unrevoked(signed_in)


async def _pushing_actor(signed_in: Annotated[SignedIn, Depends(get_signed_in)]) -> Actor:
    """A revoked device may push once more, into quarantine; the policy decides."""
    return signed_in.actor


HouseDep = Annotated[House, Depends(_house)]
# scope="function": committed before the answer leaves, so that no receipt is given too early.
ReadDep = Annotated[Session, Depends(_read_session, scope="function")]
WriteDep = Annotated[Session, Depends(_write_session, scope="function")]
SignedInDep = Annotated[SignedIn, Depends(get_signed_in)]
MaybeSignedInDep = Annotated[SignedIn | None, Depends(find_signed_in)]
ActorDep = Annotated[Actor, Depends(_actor)]
PushingActorDep = Annotated[Actor, Depends(_pushing_actor)]
