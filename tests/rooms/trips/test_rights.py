"""The Rights table of the contract, cell by cell."""

from typing import get_args

import pytest

from services.media.models import MEDIA_SERVER_FIELDS
from services.trips import RIGHTS, Role
from services.trips.rights import GUARDS, guard_forbids, may_read, may_write

ROLES: tuple[Role, ...] = get_args(Role)
SOME = frozenset({"text"})
NONE: frozenset[str] = frozenset()


def test_every_role_has_its_rights() -> None:
    assert set(RIGHTS) == set(ROLES)


class TestReading:
    @pytest.mark.parametrize(
        ("role", "others", "own"),
        [
            ("principal", {"normal", "restricted"}, {"normal", "restricted", "off_record"}),
            ("aide", {"normal", "restricted"}, {"normal", "restricted", "off_record"}),
            ("companion", {"normal"}, {"normal", "restricted", "off_record"}),
            ("office", {"normal"}, {"normal", "restricted", "off_record"}),
            ("viewer", {"normal"}, {"normal"}),
        ],
    )
    def test_reaches_exactly_as_far_as_the_contract_says(
        self, role: Role, others: set[str], own: set[str]
    ) -> None:
        for sensitivity in ("normal", "restricted", "off_record"):
            of_others = may_read(role, is_author=False, sensitivity=sensitivity)
            of_own = may_read(role, is_author=True, sensitivity=sensitivity)
            assert (of_others, of_own) == (sensitivity in others, sensitivity in own), sensitivity


class TestWriting:
    @pytest.mark.parametrize("entity", ["trip", "stop", "note", "person", "matter", "question"])
    def test_is_free_for_principal_and_aide(self, entity: str) -> None:
        for role in ("principal", "aide"):
            for author in (True, False):
                assert may_write(role, entity, SOME, is_author=author, is_new=False)

    def test_of_a_companion_ends_at_records_of_others(self) -> None:
        assert may_write("companion", "note", SOME, is_author=True, is_new=True)
        assert may_write("companion", "note", NONE, is_author=True, is_new=False)
        assert not may_write("companion", "note", SOME, is_author=False, is_new=False)
        assert not may_write("companion", "note", NONE, is_author=False, is_new=False)

    def test_of_a_companion_does_not_reach_the_trip_it_once_made(self) -> None:
        assert not may_write("companion", "trip", SOME, is_author=True, is_new=False)

    @pytest.mark.parametrize(
        "entity", ["checklist_item", "invitation", "document", "matter", "progress"]
    )
    def test_of_the_office_covers_its_desk(self, entity: str) -> None:
        assert may_write("office", entity, SOME, is_author=False, is_new=False)
        assert may_write("office", entity, SOME, is_author=True, is_new=True)

    @pytest.mark.parametrize("entity", ["note", "media", "stop", "trip", "finding", "person"])
    def test_of_the_office_ends_at_its_desk(self, entity: str) -> None:
        assert not may_write("office", entity, SOME, is_author=True, is_new=True)

    @pytest.mark.parametrize("role", ["companion", "office"])
    def test_an_answer_is_open_to_companion_and_office_and_nothing_beside_it(
        self, role: Role
    ) -> None:
        answer = frozenset({"answer", "state"})
        assert may_write(role, "question", answer, is_author=False, is_new=False)
        assert not may_write(role, "question", answer | SOME, is_author=False, is_new=False)
        assert not may_write(role, "question", NONE, is_author=False, is_new=False)

    @pytest.mark.parametrize("entity", ["note", "question", "document", "matter"])
    def test_is_closed_to_a_viewer(self, entity: str) -> None:
        for fields in (SOME, frozenset({"answer"}), NONE):
            assert not may_write("viewer", entity, fields, is_author=True, is_new=False)


class TestWhatOnlyTheServerWrites:
    @pytest.mark.parametrize("entity", ["member", "transcript"])
    def test_is_never_written_by_people(self, entity: str) -> None:
        for fields in (SOME, NONE):
            for new in (True, False):
                assert guard_forbids(entity, fields, is_new=new)

    def test_leaves_text_and_speaker_of_a_segment_to_people(self) -> None:
        assert not guard_forbids("segment", frozenset({"text", "speaker"}), is_new=False)
        assert guard_forbids("segment", frozenset({"text", "start_ms"}), is_new=False)
        assert guard_forbids("segment", frozenset({"sensitivity"}), is_new=False)
        assert guard_forbids("segment", SOME, is_new=True)
        assert guard_forbids("segment", NONE, is_new=False)

    def test_leaves_the_ruling_of_a_contradiction_to_people(self) -> None:
        assert not guard_forbids("contradiction", frozenset({"state", "ruling"}), is_new=False)
        for name in ("a", "b", "reason", "difference", "consequence", "rule", "confidence"):
            assert guard_forbids("contradiction", frozenset({"state", name}), is_new=False)
        assert guard_forbids("contradiction", NONE, is_new=False)

    def test_knows_the_same_fields_of_media_as_the_room_of_media(self) -> None:
        assert GUARDS["media"].never == MEDIA_SERVER_FIELDS
        assert guard_forbids("media", frozenset({"kind", "processing"}), is_new=True)
        assert not guard_forbids("media", frozenset({"kind", "sha256"}), is_new=True)
