"""Identifiers: time-ordered UUIDs for records and changes, and the check of their form."""

import os
import re
import time
import uuid

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """Return a UUIDv7 as text (RFC 9562 sections 5.7 and 6.2, method 3), in order of making.

    Unix milliseconds in 48 bits, their fraction in 12 (steps of 244 ns), then 62 random bits.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    tail = int.from_bytes(os.urandom(8), "big") & (2**62 - 1)
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | tail
    return str(uuid.UUID(int=value))


def is_id(text: object) -> bool:
    """True when `text` has the form of a lower-case UUID of any version."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def derive_id(*parts: object) -> str:
    """Return the UUIDv5 of the parts: the same parts give the same id on every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts))))
