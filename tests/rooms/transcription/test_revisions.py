"""People and the machine on the same text: an edit stands, a new revision replaces the rest."""

import pytest

from services.kernel.actor import Actor
from services.kernel.errors import Conflict, Forbidden, NotFound
from services.kernel.ids import new_id
from services.sync import ServerWrite, write_as_server
from services.transcription import Segment, stop_transcription, transcribe_again
from services.trips import member_record
from tests.support import tiny_whisper
from tests.support.listening import Desk

SAID = tiny_whisper.samples()["en-long.webm"].text


def again(desk: Desk, media: str, actor: Actor | None = None) -> str:
    with desk.house.db.write() as session:
        return transcribe_again(session, actor or desk.actor, media).state


def heard(desk: Desk) -> str:
    media = desk.sample("en-long.webm")
    desk.work()
    return media


def edit(desk: Desk, segment: Segment, **fields: str) -> None:
    desk.push("segment", segment.id, **fields)


def add_member(desk: Desk, role: str) -> Actor:
    user = new_id()
    fields = {"user": user, "role": role, "name": role}
    with desk.house.db.write() as session:
        write = ServerWrite("member", member_record(desk.trip, user), fields)
        write_as_server(session, desk.trip, [write])
    return Actor(user=user, name=role)


def test_a_new_revision_replaces_what_nobody_touched(desk: Desk) -> None:
    media = heard(desk)
    old = {segment.id for segment in desk.segments(media)}
    assert again(desk, media) == "queued"
    assert desk.transcript(media).revision == 2
    assert {segment.id for segment in desk.segments(media)} == old
    assert desk.work() == ["done"]
    segments = desk.segments(media)
    assert [s.text for s in segments] == SAID
    assert {s.revision for s in segments} == {2}
    assert not old & {s.id for s in segments}


def test_a_new_revision_keeps_what_a_person_wrote_and_does_not_tell_it_twice(desk: Desk) -> None:
    media = heard(desk)
    edit(desk, desk.segments(media)[2], text="The next stop is the lake station at 10.")
    again(desk, media)
    desk.work()
    segments = desk.segments(media)
    assert [s.text for s in segments] == [
        *SAID[:2],
        "The next stop is the lake station at 10.",
        *SAID[3:],
    ]
    kept = segments[2]
    assert (kept.revision, kept.machine_text) == (1, SAID[2])
    assert {s.revision for s in segments if s is not kept} == {2}


def test_asking_again_while_it_waits_or_runs_changes_nothing(desk: Desk) -> None:
    media = desk.sample("en-road-2019.ogg")
    before = desk.transcript(media)
    assert again(desk, media) == "queued"
    assert desk.transcript(media) == before
    assert desk.work() == ["done"]
    assert desk.work() == []


def test_what_was_unreadable_can_be_tried_again(desk: Desk) -> None:
    media = desk.record(b"broken")
    desk.work()
    assert again(desk, media) == "queued"
    assert desk.transcript(media).revision == 1
    assert desk.work() == ["done"]
    assert desk.transcript(media).state == "unreadable"


def test_a_stopped_run_says_so_and_can_be_taken_up_again(desk: Desk) -> None:
    media = desk.sample("en-road-2019.ogg")
    with desk.house.db.write() as session:
        stopped = stop_transcription(session, desk.actor, media)
        assert (stopped.state, stopped.problem) == ("failed", "stopped")
    assert desk.work() == []
    assert again(desk, media) == "queued"
    assert desk.work() == ["done"]
    assert desk.transcript(media).problem is None
    assert desk.texts(media) == [tiny_whisper.ROAD_2019]


def test_stopping_what_is_done_leaves_it_done(desk: Desk) -> None:
    media = desk.sample("en-road-2019.ogg")
    desk.work()
    with desk.house.db.write() as session:
        assert stop_transcription(session, desk.actor, media).state == "done"


def test_a_recording_without_bytes_cannot_be_transcribed(desk: Desk) -> None:
    media = new_id()
    desk.push("media", media, kind="audio", mime="audio/webm")
    with pytest.raises(Conflict):
        again(desk, media)


def test_a_photo_or_an_unknown_record_is_no_recording(desk: Desk) -> None:
    photo = new_id()
    desk.push("media", photo, kind="photo", mime="image/jpeg", sha256="0" * 64)
    for record in (photo, new_id()):
        with pytest.raises(NotFound):
            again(desk, record)


@pytest.mark.parametrize(("role", "allowed"), [("principal", True), ("office", False)])
def test_who_may_write_a_recording_may_have_it_heard_again(
    desk: Desk, role: str, allowed: bool
) -> None:
    media = desk.sample("en-road-2019.ogg")
    desk.work()
    actor = add_member(desk, role)
    if allowed:
        assert again(desk, media, actor) == "queued"
        return
    with pytest.raises(Forbidden):
        again(desk, media, actor)


def test_a_stranger_learns_nothing_of_a_recording(desk: Desk) -> None:
    media = desk.sample("en-road-2019.ogg")
    with pytest.raises(NotFound):
        again(desk, media, Actor(user=new_id()))
