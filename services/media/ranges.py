"""HTTP byte ranges and validators (RFC 9110 sections 13 and 14), read and judged; no I/O."""

import re
from dataclasses import dataclass

from services.media.errors import RangeNotSatisfiable

_RANGE = re.compile(r"bytes=(?:(\d{1,19})-(\d{0,19})|-(\d{1,19}))", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """Bytes `start` up to but not including `end` of a body of `size` bytes."""

    start: int
    end: int
    size: int

    @property
    def is_whole(self) -> bool:
        return (self.start, self.end) == (0, self.size)

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


def read_range(header: str | None, size: int) -> Span | None:
    """The span asked for; None when the whole is to be sent.

    Several ranges, other units and malformed ones may be ignored, and are. RangeNotSatisfiable
    when the range lies beyond the end.
    """
    found = _RANGE.fullmatch(header.replace(" ", "")) if header else None
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        start, end = max(size - int(suffix), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        told = {"Content-Range": f"bytes */{size}"}
        raise RangeNotSatisfiable("range_not_satisfiable", headers=told)
    return Span(start, end, size)


def matches(header: str | None, etag: str) -> bool:
    """Whether If-None-Match names the tag; weak comparison."""
    if header is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or etag in tags
