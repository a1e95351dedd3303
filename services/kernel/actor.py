"""Who acts: the one shape by which rooms know a person, without knowing identity."""

from dataclasses import dataclass

from services.kernel.hlc import SERVER_DEVICE


@dataclass(frozen=True)
class Actor:
    """A signed-in user, the device it speaks from, and whether it administers the server.

    `session` is the signed-in browser, for those who came by cookie.
    """

    user: str
    name: str = ""
    admin: bool = False
    device: str | None = None
    session: str | None = None


SERVER = Actor(user="server", name="server", admin=True, device=SERVER_DEVICE)
