"""Whether a container was cut off: decoders return the first half of such a file without a word."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_SEGMENT = 0x18538067
_CLUSTER = 0x1F43B675
_PAGE_HEADER = 27
_UNKNOWN_RIFF = (0, 0xFFFFFFFF)


def is_truncated(path: Path, family: str) -> bool:
    """True when the file ends inside a part whose length it states; else False."""
    check = _CHECKS.get(family)
    if check is None:
        return False
    size = path.stat().st_size
    with path.open("rb") as file:
        return check(file, size)


def _matroska(file: BinaryIO, size: int) -> bool:
    """Walk the elements (RFC 8794); Segment and Cluster are entered, for theirs may be unknown."""
    position = 0
    while position < size:
        file.seek(position)
        head = file.read(12)
        element, id_length = _read_vint(head, keep_marker=True)
        length, length_length = _read_vint(head[id_length:], keep_marker=False)
        if not id_length or not length_length:
            return True
        inside = position + id_length + length_length
        is_unknown = length == (1 << (7 * length_length)) - 1
        if not is_unknown and inside + length > size:
            return True
        position = inside if element in (_SEGMENT, _CLUSTER) or is_unknown else inside + length
    return False


def _read_vint(data: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-length number and how many bytes it takes; (0, 0) when it is not all there."""
    if not data or not data[0]:
        return 0, 0
    length = 9 - data[0].bit_length()
    if len(data) < length:
        return 0, 0
    value = int.from_bytes(data[:length], "big")
    return (value if keep_marker else value & ((1 << (7 * length)) - 1)), length


def _mp4(file: BinaryIO, size: int) -> bool:
    return _boxes(file, size, index=b"moov")


def _heif(file: BinaryIO, size: int) -> bool:
    return _boxes(file, size, index=b"meta")


def _boxes(file: BinaryIO, size: int, *, index: bytes) -> bool:
    """Walk the top-level boxes (ISO 14496-12); a file without its index is cut off, too."""
    position, kinds = 0, set()
    while position < size:
        file.seek(position)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if len(head) < 8 or (length and length < 8) or position + length > size:
            return True
        kinds.add(head[4:8])
        position += length or size
    return index not in kinds


def _ogg(file: BinaryIO, size: int) -> bool:
    """Walk the pages (RFC 3533)."""
    position = 0
    while position < size:
        file.seek(position)
        head = file.read(_PAGE_HEADER)
        if len(head) < _PAGE_HEADER or head[:4] != b"OggS":
            return True
        lengths = file.read(head[26])
        position += _PAGE_HEADER + head[26] + sum(lengths)
        if len(lengths) < head[26] or position > size:
            return True
    return False


def _wav(file: BinaryIO, size: int) -> bool:
    stated = int.from_bytes(file.read(8)[4:], "little")
    return stated not in _UNKNOWN_RIFF and stated + 8 > size


_CHECKS: dict[str, Callable[[BinaryIO, int], bool]] = {
    "matroska": _matroska,
    "mp4": _mp4,
    "heif": _heif,
    "avif": _heif,
    "ogg": _ogg,
    "wav": _wav,
}
