"""How often somebody may try to sign in; counted in this process, forgotten at its end."""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from services.kernel.errors import TooMany

PER_ACCOUNT = "10/15minutes"
PER_ADDRESS = "100/15minutes"


class LoginGuard:
    """Counts failures per account and address, and per address alone; success clears the first."""

    def __init__(self, per_account: str = PER_ACCOUNT, per_address: str = PER_ADDRESS) -> None:
        self._per_account = parse(per_account)
        self._per_address = parse(per_address)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, email: str, address: str) -> None:
        """Count this attempt; TooMany `too_many_attempts` with `retry_after` seconds."""
        if not self._limiter.test(self._per_address, address):
            raise self._refusal(self._per_address, address)
        if not self._limiter.hit(self._per_account, email, address):
            raise self._refusal(self._per_account, email, address)

    def failed(self, address: str) -> None:
        self._limiter.hit(self._per_address, address)

    def succeeded(self, email: str, address: str) -> None:
        self._limiter.clear(self._per_account, email, address)

    def _refusal(self, limit: RateLimitItem, *keys: str) -> TooMany:
        reset = self._limiter.get_window_stats(limit, *keys).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        return TooMany("too_many_attempts", retry_after=seconds)
