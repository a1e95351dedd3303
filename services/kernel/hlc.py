"""Hybrid logical clock stamps: `<13-digit ms>-<4-hex counter>-<device>`, compared as text.

After Kulkarni et al. 2014, "Logical Physical Clocks": physical time, a counter for events within
one millisecond, and the device as the tie-break.
"""

import re
from typing import NamedTuple

_FORM = re.compile(r"(\d{13})-([0-9a-f]{4})-([A-Za-z0-9_]{1,64})")
DEVICE_FORM = re.compile(r"[A-Za-z0-9_]{8,64}")
# Shorter than any device may be called, so no phone can pass for the server.
SERVER_DEVICE = "server"
# In the place of the device: a state of a history that a restore left behind, handed in again.
RESENT = "resent"
MAX_COUNTER = 0xFFFF


class Stamp(NamedTuple):
    """One instant of one device: Unix milliseconds, counter within it, device."""

    ms: int
    counter: int
    device: str

    def __str__(self) -> str:
        return f"{self.ms:013d}-{self.counter:04x}-{self.device}"


def parse(text: str) -> Stamp:
    """Read a stamp; ValueError when it has another form."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("not a hybrid logical clock stamp")
    return Stamp(int(found[1]), int(found[2], 16), found[3])


def tick(last: Stamp | None, now_ms: int, device: str) -> Stamp:
    """The next stamp of `device`: never at or before `last`, never behind the wall clock."""
    if last is None or now_ms > last.ms:
        return Stamp(now_ms, 0, device)
    if last.counter < MAX_COUNTER:
        return Stamp(last.ms, last.counter + 1, device)
    return Stamp(last.ms + 1, 0, device)
