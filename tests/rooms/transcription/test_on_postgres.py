"""The same on PostgreSQL: heard, named, corrected and heard again."""

from pathlib import Path

from services.kernel.ids import new_id
from services.transcription import transcribe_again
from tests.support import tiny_whisper
from tests.support.listening import open_desk


def test_a_recording_is_heard_named_corrected_and_heard_again(
    tmp_path: Path, postgres_url: str
) -> None:
    said = tiny_whisper.samples()["en-long.webm"].text
    with open_desk(tmp_path, database_url=postgres_url) as desk:
        media, person = desk.sample("en-long.webm"), new_id()
        assert desk.work() == ["done"]
        assert desk.texts(media) == said
        desk.push("mark", new_id(), media=media, at_ms=16_000, kind="speaker", person=person)
        assert [s.speaker for s in desk.segments(media)] == [None] * 4 + [person] * 4
        desk.push("segment", desk.segments(media)[0].id, text="Water comes once a week.")
        with desk.house.db.write() as session:
            transcribe_again(session, desk.actor, media)
        assert desk.work() == ["done"]
        assert desk.texts(media) == ["Water comes once a week.", *said[1:]]
        assert [s.revision for s in desk.segments(media)] == [1, *[2] * 7]
        assert desk.transcript(media).state == "done"
