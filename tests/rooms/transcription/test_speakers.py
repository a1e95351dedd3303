"""Who said it: from the marks on the seating plan, whenever they come, never over a person."""

import pytest
from sqlmodel import col

from services.kernel.actor import Actor
from services.kernel.ids import new_id
from services.sync import ServerWrite, pull, write_as_server
from services.transcription import Segment
from services.transcription.recordings import live
from services.trips import member_record
from tests.support import tiny_whisper
from tests.support.listening import Desk

LI, WANG = new_id(), new_id()


def mark(desk: Desk, media: str, at_ms: int, person: str | None) -> str:
    record = new_id()
    desk.push("mark", record, media=media, at_ms=at_ms, kind="speaker", person=person)
    return record


def speakers(desk: Desk, media: str) -> list[str | None]:
    return [segment.speaker for segment in desk.segments(media)]


def heard(desk: Desk, **fields: str) -> str:
    media = desk.sample("en-long.webm", **fields)
    desk.work()
    return media


def test_marks_made_before_the_hearing_name_the_speakers(desk: Desk) -> None:
    media = desk.sample("en-long.webm")
    mark(desk, media, 0, LI)
    mark(desk, media, 16_000, WANG)
    desk.work()
    assert speakers(desk, media) == [LI] * 4 + [WANG] * 4


def test_marks_that_arrive_later_name_them_too(desk: Desk) -> None:
    media = heard(desk)
    assert speakers(desk, media) == [None] * 8
    mark(desk, media, 0, LI)
    assert speakers(desk, media) == [LI] * 8
    moved = mark(desk, media, 16_000, WANG)
    assert speakers(desk, media) == [LI] * 4 + [WANG] * 4
    desk.push("mark", moved, at_ms=24_000)
    assert speakers(desk, media) == [LI] * 6 + [WANG] * 2
    desk.change("mark", moved, {}, deleted=True)
    assert speakers(desk, media) == [LI] * 8


def test_a_speaker_that_a_person_chose_stays(desk: Desk) -> None:
    media = heard(desk)
    first = desk.segments(media)[0]
    desk.push("segment", first.id, speaker=WANG)
    mark(desk, media, 0, LI)
    assert speakers(desk, media) == [WANG] + [LI] * 7


def test_without_marks_the_note_of_the_recording_names_the_speaker(desk: Desk) -> None:
    note = new_id()
    desk.push("note", note, kind="interview", text="", speaker=LI)
    media = heard(desk, note=note)
    assert speakers(desk, media) == [LI] * 8
    desk.push("note", note, speaker=WANG)
    assert speakers(desk, media) == [WANG] * 8
    mark(desk, media, 16_000, LI)
    assert speakers(desk, media) == [None] * 4 + [LI] * 4


def test_other_kinds_of_marks_name_nobody(desk: Desk) -> None:
    media = heard(desk)
    desk.push("mark", new_id(), media=media, at_ms=0, kind="flag", person=LI)
    assert speakers(desk, media) == [None] * 8


def test_derived_rows_take_the_strictest_sensitivity_and_follow_it(desk: Desk) -> None:
    note = new_id()
    desk.push("note", note, kind="interview", text="", sensitivity="restricted")
    media = desk.sample("en-road-2019.ogg", note=note)
    desk.work()
    assert _levels(desk, media) == {"restricted"}
    desk.push("media", media, sensitivity="off_record")
    assert _levels(desk, media) == {"off_record"}
    desk.push("media", media, sensitivity="normal")
    desk.push("note", note, sensitivity="normal")
    assert _levels(desk, media) == {"normal"}


def test_off_the_record_its_maker_alone_reads_the_transcript(desk: Desk) -> None:
    media = desk.sample("en-road-2019.ogg", sensitivity="off_record")
    desk.work()
    other = new_id()
    with desk.house.db.write() as session:
        fields = {"user": other, "role": "aide", "name": "other"}
        write = ServerWrite("member", member_record(desk.trip, other), fields)
        write_as_server(session, desk.trip, [write])
    said = tiny_whisper.ROAD_2019.encode()
    assert _levels(desk, media) == {"off_record"}
    with desk.house.db.read() as session:
        assert said in pull(session, desk.actor, desk.trip, after=0, limit=1000)
        assert said not in pull(session, Actor(user=other), desk.trip, after=0, limit=1000)


@pytest.mark.parametrize(
    ("entity", "times"), [("transcript", {}), ("segment", {"start_ms": 0, "end_ms": 1})]
)
def test_nobody_but_the_server_makes_what_was_heard(
    desk: Desk, entity: str, times: dict[str, int]
) -> None:
    with pytest.raises(AssertionError, match="server_made"):
        desk.push(entity, new_id(), media=new_id(), **times)


def _levels(desk: Desk, media: str) -> set[str]:
    with desk.house.db.read() as session:
        heads = [head for _, head in live(session, Segment, col(Segment.media) == media)]
    levels = {segment.sensitivity for segment in desk.segments(media)}
    assert levels == {head.sensitivity for head in heads}
    return levels | {desk.transcript(media).sensitivity}
