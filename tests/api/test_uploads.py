"""tus to the contract: from the announcement of a media to its second receipt."""

import pytest

from services.bootstrap import House
from services.kernel.ids import new_id
from services.media import FileStaging
from tests.support.house import Caller
from tests.support.tus import URL, Tus, checksum, is_problem, metadata, sha256

DATA = bytes(range(256)) * 40


@pytest.fixture
def tus(aide: Caller) -> Tus:
    return Tus(aide)


@pytest.fixture
def trip(aide: Caller) -> str:
    return aide.make_trip()


class TestCreation:
    def test_the_server_tells_what_it_speaks_without_sign_in(self, aide: Caller) -> None:
        headers = aide.client.options(URL).headers
        assert headers["tus-version"] == "1.0.0"
        wanted = {"creation", "creation-with-upload", "creation-defer-length", "checksum"}
        assert wanted | {"expiration", "termination"} == set(headers["tus-extension"].split(","))
        assert headers["tus-checksum-algorithm"] == "sha1,sha256"
        assert int(headers["tus-max-size"]) > 0

    def test_in_pieces_and_stored_when_the_last_is_answered(
        self, house: House, tus: Tus, trip: str
    ) -> None:
        media = tus.announce(trip, DATA)
        made = tus.post(media, len(DATA))
        assert made.status_code == 201, made.text
        assert made.headers["location"].startswith("/api/v1/uploads/")
        assert made.headers["upload-offset"] == "0"
        assert made.headers["upload-expires"].endswith("GMT")
        url = made.headers["location"]
        first = tus.patch(url, 0, DATA[:4000])
        assert (first.status_code, first.headers["upload-offset"]) == (204, "4000")
        assert tus.offset(url) == 4000
        assert tus.row(trip, media)["processing"] == "expected"
        last = tus.patch(url, 4000, DATA[4000:])
        assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(DATA)))
        row = tus.row(trip, media)
        assert (row["processing"], row["problem"]) == ("stored", None)
        assert row["stored_at"] is not None
        assert tus.get(media).content == DATA
        assert not list((house.settings.data / "uploads").iterdir())

    def test_with_the_announcement_in_one_request(self, tus: Tus, trip: str) -> None:
        media = tus.announce(trip, DATA)
        made = tus.post(media, len(DATA), DATA)
        assert (made.status_code, made.headers["upload-offset"]) == (201, str(len(DATA)))
        assert tus.row(trip, media)["processing"] == "stored"

    def test_a_post_without_body_ignores_its_content_type(self, tus: Tus, trip: str) -> None:
        media = tus.announce(trip, DATA)
        assert tus.post(media, len(DATA), Content_Type="application/json").status_code == 201

    def test_a_second_post_answers_the_same_location_and_offset(self, tus: Tus, trip: str) -> None:
        media = tus.announce(trip, DATA)
        url = tus.post(media, len(DATA), DATA[:100]).headers["location"]
        again = tus.post(media, len(DATA), DATA[:700])
        assert again.headers["location"] == url
        assert again.headers["upload-offset"] == "100"
        assert tus.patch(url, 100, DATA[100:]).status_code == 204
        assert tus.get(media).content == DATA

    def test_a_post_for_a_stored_media_answers_an_upload_that_is_complete(
        self, tus: Tus, trip: str
    ) -> None:
        media = tus.send(trip, DATA)
        again = tus.post(media, len(DATA))
        assert (again.status_code, again.headers["upload-offset"]) == (201, str(len(DATA)))
        assert tus.offset(again.headers["location"]) == len(DATA)

    def test_another_length_begins_a_new_upload(self, tus: Tus, trip: str) -> None:
        media = tus.announce(trip, DATA, sha256=None)
        old = tus.post(media, 50, DATA[:10]).headers["location"]
        new = tus.post(media, len(DATA)).headers["location"]
        assert new != old
        assert is_problem(tus.patch(old, 10, b"x"), 404, "upload_unknown")

    def test_a_media_whose_row_is_not_synced_yet_is_409(self, tus: Tus) -> None:
        assert is_problem(tus.post(new_id(), 5), 409, "media_unknown")

    def test_a_row_of_another_trip_than_announced_is_409(self, tus: Tus, trip: str) -> None:
        media = tus.announce(trip, DATA)
        told = metadata(trip=new_id(), media=media)
        response = tus.post(media, len(DATA), Upload_Metadata=told)
        assert is_problem(response, 409, "media_unknown")

    def test_a_hash_that_is_not_the_rows_is_409(self, tus: Tus, trip: str) -> None:
        media = tus.announce(trip, DATA)
        told = metadata(trip=trip, media=media, sha256=sha256(b"other"))
        response = tus.post(media, len(DATA), Upload_Metadata=told)
        assert is_problem(response, 409, "hash_conflict")

    @pytest.mark.parametrize(
        ("headers", "status", "code"),
        [
            ({"Upload_Length": "-5"}, 400, "upload_length"),
            ({"Upload_Length": ""}, 400, "upload_length"),
            ({"Upload_Length": "5", "Upload_Defer_Length": "1"}, 400, "upload_length"),
            ({"Upload_Length": "1000000000000000"}, 413, "upload_too_large"),
            ({"Upload_Metadata": ""}, 400, "upload_metadata"),
            ({"Upload_Metadata": "media !!!"}, 400, "upload_metadata"),
            ({"Upload_Metadata": metadata(media="../../etc/passwd")}, 400, "upload_metadata"),
            ({"Tus_Resumable": "0.2.2"}, 412, "tus_version"),
            ({"Upload_Checksum": "md5 AAAA"}, 400, "checksum_algorithm"),
            ({"Upload_Checksum": "sha1 AAAA"}, 400, "upload_checksum"),
        ],
    )
    def test_a_malformed_announcement_is_refused(
        self, tus: Tus, trip: str, headers: dict[str, str], status: int, code: str
    ) -> None:
        media = tus.announce(trip, DATA)
        assert is_problem(tus.post(media, 5, **headers), status, code)

    def test_a_body_of_another_type_is_415_and_nothing_is_written(
        self, tus: Tus, trip: str
    ) -> None:
        media = tus.announce(trip, DATA)
        response = tus.post(media, len(DATA), DATA, Content_Type="image/jpeg")
        assert is_problem(response, 415, "content_type")
        assert tus.post(media, len(DATA)).headers["upload-offset"] == "0"


class TestAppending:
    @pytest.fixture
    def media(self, tus: Tus, trip: str) -> str:
        return tus.announce(trip, DATA)

    @pytest.fixture
    def url(self, tus: Tus, media: str) -> str:
        location: str = tus.post(media, len(DATA), DATA[:1000]).headers["location"]
        return location

    def test_a_wrong_offset_is_409_and_says_the_right_one(self, tus: Tus, url: str) -> None:
        response = tus.patch(url, 900, DATA[900:])
        assert is_problem(response, 409, "upload_offset")
        assert (response.headers["upload-offset"], response.json()["offset"]) == ("1000", 1000)
        assert tus.offset(url) == 1000

    def test_more_than_the_length_is_413_and_leaves_the_offset(self, tus: Tus, url: str) -> None:
        response = tus.patch(url, 1000, DATA)
        assert is_problem(response, 413, "upload_too_long")
        assert tus.offset(url) == 1000

    def test_more_than_the_length_in_chunks_is_413_too(self, aide: Caller, url: str) -> None:
        headers = aide.headers | {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "1000",
            "Content-Type": "application/offset+octet-stream",
        }
        response = aide.client.patch(url, content=iter([DATA, DATA]), headers=headers)
        assert is_problem(response, 413, "upload_too_long")
        assert Tus(aide).offset(url) == 1000

    @pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
    def test_a_wrong_checksum_is_460_and_leaves_the_offset(
        self, tus: Tus, url: str, algorithm: str
    ) -> None:
        wrong = checksum(b"something else", algorithm)
        response = tus.patch(url, 1000, DATA[1000:2000], Upload_Checksum=wrong)
        assert is_problem(response, 460, "checksum_mismatch")
        assert tus.offset(url) == 1000
        right = checksum(DATA[1000:2000], algorithm)
        assert tus.patch(url, 1000, DATA[1000:2000], Upload_Checksum=right).status_code == 204

    @pytest.mark.parametrize(
        ("headers", "status", "code"),
        [
            ({"Upload_Offset": ""}, 400, "upload_offset"),
            ({"Upload_Offset": "-1"}, 400, "upload_offset"),
            ({"Content_Type": "application/json"}, 415, "content_type"),
            ({"Tus_Resumable": ""}, 412, "tus_version"),
            ({"Upload_Length": "99"}, 400, "upload_length"),
        ],
    )
    def test_a_malformed_request_writes_nothing(
        self, tus: Tus, url: str, headers: dict[str, str], status: int, code: str
    ) -> None:
        assert is_problem(tus.patch(url, 1000, DATA[1000:], **headers), status, code)
        assert tus.offset(url) == 1000

    def test_while_another_writes_it_is_423(self, house: House, tus: Tus, url: str) -> None:
        staging = FileStaging(house.settings.data / "uploads")
        with staging.claim(url.rsplit("/", 1)[1]):
            assert is_problem(tus.patch(url, 1000, DATA[1000:]), 423, "upload_locked")
        assert tus.patch(url, 1000, DATA[1000:]).status_code == 204

    def test_wrong_bytes_are_460_and_the_media_can_be_sent_anew(
        self, tus: Tus, trip: str, media: str, url: str
    ) -> None:
        response = tus.patch(url, 1000, bytes(len(DATA) - 1000))
        assert is_problem(response, 460, "hash_mismatch")
        row = tus.row(trip, media)
        assert (row["processing"], row["problem"]) == ("expected", "hash_mismatch")
        assert tus.head(url).status_code == 404
        assert tus.get(media).status_code == 404
        anew = tus.post(media, len(DATA), DATA)
        assert anew.headers["location"] != url
        row = tus.row(trip, media)
        assert (row["processing"], row["problem"]) == ("stored", None)

    def test_a_terminated_upload_is_gone_with_its_bytes(
        self, house: House, tus: Tus, url: str
    ) -> None:
        assert tus.delete(url).status_code == 204
        assert tus.head(url).status_code == 404
        assert not list((house.settings.data / "uploads").iterdir())

    def test_an_expired_upload_is_410_and_a_new_one_begins(
        self, aide: Caller, tus: Tus, media: str, url: str
    ) -> None:
        aide.clock.advance(days=15)
        assert is_problem(tus.patch(url, 1000, DATA[1000:]), 410, "upload_expired")
        anew = tus.post(media, len(DATA))
        assert anew.headers["location"] != url
        assert anew.headers["upload-offset"] == "0"

    def test_bytes_that_keep_coming_keep_it_from_expiring(
        self, aide: Caller, tus: Tus, url: str
    ) -> None:
        for start in range(1000, 4000, 1000):
            aide.clock.advance(days=10)
            assert tus.patch(url, start, DATA[start : start + 1000]).status_code == 204
