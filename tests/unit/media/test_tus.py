"""The headers of tus, read and judged."""

import base64
import hashlib

import pytest

from services.kernel.errors import Malformed, SuixingError
from services.kernel.ids import new_id
from services.media import tus

MEDIA, TRIP = new_id(), new_id()
HASH = hashlib.sha256(b"x")
LIMIT = 1000


def encoded(value: bytes | str) -> str:
    data = value.encode() if isinstance(value, str) else value
    return base64.b64encode(data).decode()


def creation(metadata: str, **more: str) -> tus.Creation:
    return tus.read_creation({"upload-metadata": metadata, "upload-length": "5"} | more, LIMIT)


@pytest.mark.parametrize("sent", [HASH.hexdigest(), HASH.hexdigest().upper(), HASH.digest()])
def test_a_hash_is_understood_as_digits_and_as_bytes(sent: bytes | str) -> None:
    told = creation(f"media {encoded(MEDIA)},sha256 {encoded(sent)},trip {encoded(TRIP)}")
    assert told == tus.Creation(MEDIA, TRIP, HASH.hexdigest(), 5)


def test_keys_of_others_are_passed_over_whatever_they_hold() -> None:
    told = creation(f"filename %%%, is_private ,media {encoded(MEDIA)} , type {encoded('图')}")
    assert told == tus.Creation(MEDIA, None, None, 5)


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "media",
        f"media {encoded('x')}",
        f"media {encoded('图')}",
        f"media {encoded(MEDIA)},trip {encoded('../..')}",
        f"media {encoded(MEDIA)},sha256 {encoded('zz')}",
        f"media {encoded(MEDIA)},sha256 {encoded(bytes(31))}",
        f"media *{encoded(MEDIA)}",
    ],
)
def test_metadata_that_names_no_media_is_malformed(metadata: str) -> None:
    with pytest.raises(Malformed, match="upload_metadata"):
        creation(metadata)


def test_what_is_written_is_read_again() -> None:
    text = tus.write_metadata(TRIP, MEDIA, HASH.hexdigest())
    assert creation(text) == tus.Creation(MEDIA, TRIP, HASH.hexdigest(), 5)
    assert creation(tus.write_metadata(TRIP, MEDIA, None)).sha256 is None


@pytest.mark.parametrize("length", ["", "-1", "+5", "5.0", "５", "1e3", " 5", "9" * 20])
def test_a_length_is_a_whole_number(length: str) -> None:
    with pytest.raises(SuixingError) as error:
        tus.read_length({"upload-length": length}, LIMIT)
    assert error.value.status == 400


def test_a_length_over_the_limit_is_too_large() -> None:
    assert tus.read_length({"upload-length": "1000"}, LIMIT) == 1000
    with pytest.raises(SuixingError) as error:
        tus.read_length({"upload-length": "1001"}, LIMIT)
    assert (error.value.status, error.value.extra) == (413, {"max_length": LIMIT})


@pytest.mark.parametrize(
    "headers",
    [
        {"upload-checksum": "sha1"},
        {"upload-checksum": f"sha256 {encoded(bytes(20))}"},
        {"upload-checksum": "sha1 not-base64"},
        {"upload-checksum": f"crc32 {encoded(bytes(4))}"},
    ],
)
def test_a_checksum_that_cannot_be_verified_is_malformed(headers: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        tus.read_checksum(headers)


@pytest.mark.parametrize(
    ("headers", "has_body"),
    [
        ({}, False),
        ({"content-length": "0"}, False),
        ({"content-length": "1"}, True),
        ({"transfer-encoding": "chunked"}, True),
    ],
)
def test_a_body_is_told_from_its_headers(headers: dict[str, str], has_body: bool) -> None:
    assert tus.has_body(headers) is has_body
