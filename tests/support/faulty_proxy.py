"""Bad weather for the proxy: each request to the API meets its fate by dice that a seed throws."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.support.holding_proxy import PASS, Asked, Fate

API = "/api/"
_REASONS = {413: "Content Too Large", 502: "Bad Gateway", 503: "Service Unavailable"}
# The share of requests that meets each fate; the rest passes.
DEFAULT_SHARES = {
    "dropped before the server": 0.03,
    "answer dropped": 0.03,
    "body cut": 0.03,
    "answer cut": 0.03,
    "delayed": 0.05,
    "413": 0.01,
    "502": 0.02,
    "503": 0.02,
    "503 with Retry-After": 0.02,
}


def refusal(status: int, *, retry_after: int | None = None) -> bytes:
    """The page of a gateway that knows nothing of our problems."""
    page = f"<html><h1>{status} {_REASONS[status]}</h1></html>".encode()
    lines = [
        f"HTTP/1.1 {status} {_REASONS[status]}",
        "Content-Type: text/html",
        f"Content-Length: {len(page)}",
        "Connection: close",
    ]
    if retry_after is not None:
        lines.append(f"Retry-After: {retry_after}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + page


@dataclass
class Weather:
    """A judge for `Proxy.judge`; `met` counts what it did."""

    seed: int
    shares: dict[str, float] = field(default_factory=lambda: dict(DEFAULT_SHARES))
    met: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._dice = Random(self.seed)

    def __call__(self, asked: Asked) -> Fate:
        if not asked.path.startswith(API) or "/stream" in asked.path:
            return PASS
        name = self._throw()
        if name in ("body cut", "413") and not asked.body:
            name = "passed"
        self.met[name] += 1
        return self._fate(name)

    def _throw(self) -> str:
        left = self._dice.random()
        for name, share in self.shares.items():
            left -= share
            if left < 0:
                return name
        return "passed"

    def _fate(self, name: str) -> Fate:
        part = self._dice.uniform(0.05, 0.95)
        fates = {
            "dropped before the server": Fate(sent=0),
            "answer dropped": Fate(given=0),
            "body cut": Fate(sent=part),
            "answer cut": Fate(given=part),
            "delayed": Fate(delay=part),
            "413": Fate(answer=refusal(413)),
            "502": Fate(answer=refusal(502)),
            "503": Fate(answer=refusal(503)),
            "503 with Retry-After": Fate(answer=refusal(503, retry_after=1)),
        }
        return fates.get(name, PASS)
