"""The headers of tus 1.0 (https://tus.io/protocols/resumable-upload), read and judged; no I/O."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from services.kernel.errors import Malformed, TooLarge
from services.kernel.ids import is_id
from services.media.errors import WrongContentType, WrongVersion

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination"
DIGEST_LENGTHS = {"sha1": 20, "sha256": 32}
CONTENT_TYPE = "application/offset+octet-stream"
# A file up to this size is held in memory while it comes, if it comes with its announcement.
WHOLE_MOST = 1024 * 1024
_NUMBER = re.compile(r"\d{1,19}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Creation:
    """What a POST announces; `length` is None while a recording still grows."""

    media: str
    trip: str | None
    sha256: str | None
    length: int | None


@dataclass(frozen=True)
class Checksum:
    """The digest that the body of one request must have."""

    algorithm: str
    digest: bytes


def check_version(headers: Mapping[str, str]) -> None:
    """Every request but OPTIONS says which protocol it speaks."""
    if headers.get("tus-resumable") != VERSION:
        raise WrongVersion("tus_version", expected=VERSION)


def check_content_type(headers: Mapping[str, str]) -> None:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise WrongContentType("content_type", expected=CONTENT_TYPE)


def has_body(headers: Mapping[str, str]) -> bool:
    """True when bytes follow the headers (RFC 9112 section 6.3)."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def is_whole(headers: Mapping[str, str], creation: Creation) -> bool:
    """True when the body that follows is all that is announced, and a small file at that."""
    told = read_body_length(headers)
    return told == creation.length and 0 < (told or 0) <= WHOLE_MOST


def read_creation(headers: Mapping[str, str], max_length: int) -> Creation:
    """What the POST announces; Malformed or TooLarge when it cannot be taken."""
    metadata = read_metadata(headers.get("upload-metadata", ""))
    media, trip = metadata.get("media", b"").decode(), metadata.get("trip", b"").decode()
    if not is_id(media) or (trip and not is_id(trip)):
        raise Malformed("upload_metadata", "media and trip must be ids")
    sha256 = _read_sha256(metadata["sha256"]) if metadata.get("sha256") else None
    length = read_length(headers, max_length)
    deferred = headers.get("upload-defer-length")
    if (length is None) == (deferred is None) or deferred not in (None, "1"):
        raise Malformed("upload_length", "exactly one of Upload-Length, Upload-Defer-Length: 1")
    return Creation(media=media, trip=trip or None, sha256=sha256, length=length)


def read_metadata(header: str) -> dict[str, bytes]:
    """`key base64,key base64,…`; only our own keys are decoded, for others mean nothing here."""
    known: dict[str, bytes] = {}
    for pair in filter(None, map(str.strip, header.split(","))):
        key, _, value = pair.partition(" ")
        if key in ("media", "trip", "sha256"):
            known[key] = _from_base64(value.strip(), "upload_metadata")
    try:
        known.get("media", b"").decode("ascii"), known.get("trip", b"").decode("ascii")
    except UnicodeDecodeError:
        raise Malformed("upload_metadata", "ids are ASCII") from None
    return known


def read_length(headers: Mapping[str, str], max_length: int) -> int | None:
    """Upload-Length, None when absent."""
    if "upload-length" not in headers:
        return None
    length = _number(headers["upload-length"], "upload_length")
    if length > max_length:
        raise TooLarge("upload_too_large", max_length=max_length)
    return length


def read_offset(headers: Mapping[str, str]) -> int:
    return _number(headers.get("upload-offset", ""), "upload_offset")


def read_body_length(headers: Mapping[str, str]) -> int | None:
    """Content-Length, None when the body comes in chunks of unknown number."""
    if "content-length" not in headers:
        return None
    return _number(headers["content-length"], "content_length")


def read_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """Upload-Checksum: `algorithm base64`."""
    header = headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in DIGEST_LENGTHS:
        raise Malformed("checksum_algorithm", supported=",".join(DIGEST_LENGTHS))
    digest = _from_base64(value.strip(), "upload_checksum")
    if len(digest) != DIGEST_LENGTHS[algorithm]:
        raise Malformed("upload_checksum")
    return Checksum(algorithm, digest)


def _read_sha256(value: bytes) -> str:
    # Clients send either the 64 hexadecimal digits or the 32 bytes themselves.
    text = value.hex() if len(value) == 32 else value.decode("ascii", "replace").lower()
    if not _SHA256.fullmatch(text):
        raise Malformed("upload_metadata", "sha256 must have 64 hexadecimal digits")
    return text


def _number(text: str, code: str) -> int:
    if not (text.isascii() and _NUMBER.fullmatch(text)):
        raise Malformed(code, "a whole number is needed")
    return int(text)


def _from_base64(text: str, code: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(code, "not base64") from None


def write_metadata(trip: str, media: str, sha256: str | None) -> str:
    """Upload-Metadata as a client sends it."""
    known = {"trip": trip, "media": media, "sha256": sha256 or ""}
    return ",".join(f"{key} {_to_base64(value)}" for key, value in known.items() if value)


def _to_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
