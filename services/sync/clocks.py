"""A phone's clock may be wrong; its evidence is not. Stamps are corrected on arrival, in order."""

from collections.abc import Sequence

from services.kernel.hlc import Stamp, tick

TOLERANCE_MS = 5 * 60 * 1000


def correct(stamps: Sequence[Stamp], *, device_now: int | None, server_now: int) -> list[Stamp]:
    """Take off the device's skew beyond 5 minutes, then cap at server time, keeping their order.

    `device_now` and `server_now` are Unix milliseconds. Equal stamps stay equal.
    """
    skew = 0 if device_now is None else device_now - server_now
    if abs(skew) <= TOLERANCE_MS:
        skew = 0
    corrected: dict[Stamp, Stamp] = {}
    last: Stamp | None = None
    for stamp in sorted(set(stamps)):
        moved = Stamp(stamp.ms - skew, stamp.counter, stamp.device)
        if moved.ms > server_now:
            moved = Stamp(server_now, 0, stamp.device)
        if last is not None and (moved.ms, moved.counter) <= (last.ms, last.counter):
            moved = tick(last, 0, stamp.device)
        corrected[stamp] = last = moved
    return [corrected[stamp] for stamp in stamps]
