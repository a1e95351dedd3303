"""Passwords (argon2id) and random secrets; no session, no table."""

import hashlib
import secrets
import threading
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from services.kernel.errors import Busy

# One argon2id hash takes 64 MB: more than this many at once would starve the small machine.
_AT_ONCE = 2
_WAIT_SECONDS = 15
_slots = threading.BoundedSemaphore(_AT_ONCE)
_hashing = PasswordHash((Argon2Hasher(),))
TOKEN_PREFIX = "sx_"


def hash_password(plain: str) -> str:
    """argon2id with a fresh salt; slow on purpose, so call it outside a transaction."""
    with _Slot():
        return _hashing.hash(plain)


def password_fits(plain: str, hashed: str) -> bool:
    """Whether `plain` has this hash; an absent hash takes as long to refuse as a wrong one."""
    with _Slot():
        try:
            fits = _hashing.verify(plain, hashed or _nobodys_hash())
        except UnknownHashError:
            return False
    return fits and bool(hashed)


def new_secret(prefix: str = "") -> str:
    """256 random bits, safe in URLs, cookies and headers."""
    return prefix + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """What is kept of a random secret; it has entropy enough that one SHA-256 suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_of(session_secret: str) -> str:
    """The header that unsafe requests by cookie must carry; only the cookie yields it."""
    return hashlib.sha256(b"csrf:" + session_secret.encode()).hexdigest()[:43]


def same_secret(one: str, other: str) -> bool:
    """Compare without telling by time where they differ."""
    return secrets.compare_digest(one.encode(), other.encode())


@cache
def _nobodys_hash() -> str:
    return _hashing.hash(secrets.token_urlsafe(16))


class _Slot:
    """Waits for one of the few places in which hashing may happen."""

    def __enter__(self) -> None:
        if not _slots.acquire(timeout=_WAIT_SECONDS):
            raise Busy("sign_in_busy", retry_after=2)

    def __exit__(self, *_error: object) -> None:
        _slots.release()
