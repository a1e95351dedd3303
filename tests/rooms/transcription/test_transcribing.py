"""A stored recording becomes segments; without a model it waits; what is broken is named."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import Session

from services.kernel.events import publish
from services.kernel.ids import derive_id, new_id
from services.media import AudioStored
from services.speech import SpeechError
from services.sync import SyncScope
from services.transcription import TranscriptReady
from services.transcription import run as runs
from services.transcription.hearing import Listener
from tests.support import tiny_whisper
from tests.support.audio import encode
from tests.support.listening import Desk, open_desk


def test_a_stored_recording_becomes_segments_with_times_and_language(desk: Desk) -> None:
    said = tiny_whisper.samples()["en-long.webm"]
    media = desk.sample("en-long.webm")
    assert desk.transcript(media).state == "queued"
    assert desk.work() == ["done"]
    transcript = desk.transcript(media)
    assert transcript.state == "done"
    assert transcript.problem is None
    assert transcript.engine == "faster-whisper"
    assert transcript.model == "model"
    assert transcript.language == "en"
    assert transcript.duration_ms == pytest.approx(said.duration * 1000, abs=100)
    assert transcript.cursor_ms == transcript.duration_ms
    segments = desk.segments(media)
    assert [s.text for s in segments] == said.text
    assert [s.machine_text for s in segments] == said.text
    assert all(s.reliable and s.language == "en" for s in segments)
    for segment, (start, end, _) in zip(segments, said.said, strict=True):
        assert segment.start_ms == pytest.approx(start * 1000, abs=300)
        assert segment.end_ms == pytest.approx(end * 1000, abs=400)
        assert segment.id == derive_id(media, 1, segment.start_ms)
    assert list((desk.house.settings.data / "work").iterdir()) == []


def test_the_language_is_chosen_among_those_of_the_trip(desk: Desk) -> None:
    media = desk.sample("zh-tea.m4a")
    desk.work()
    assert desk.texts(media) == [tiny_whisper.TEA_ZH]
    assert desk.transcript(media).language == "zh"


def test_a_forum_of_its_own_language_outranks_the_trip(desk: Desk) -> None:
    forum = new_id()
    desk.push("forum", forum, title="座谈", languages=["zh-CN"])
    media = desk.sample("zh-tea.m4a", forum=forum)
    desk.work()
    assert desk.texts(media) == [tiny_whisper.TEA_ZH]


def test_the_room_above_hears_once_when_all_is_stored(desk: Desk) -> None:
    told: list[TranscriptReady] = []

    def listen(session: Session, event: TranscriptReady) -> None:
        del session
        told.append(event)

    desk.house.db.handlers.on(TranscriptReady, listen)
    media = desk.sample("en-road-2019.ogg")
    desk.work()
    transcript = desk.transcript(media)
    assert told == [TranscriptReady(desk.trip, media, transcript.id)]


def test_a_recording_stored_twice_is_heard_once(desk: Desk) -> None:
    media = desk.sample("en-road-2019.ogg")
    desk.work()
    before = desk.segments(media)
    with desk.house.db.write() as session:
        publish(session, AudioStored(desk.trip, media))
    assert desk.work() == []
    assert desk.segments(media) == before


def test_without_a_model_recordings_wait_and_a_model_that_appears_is_used(tmp_path: Path) -> None:
    with open_desk(tmp_path, whisper_model="small") as desk:
        first, second = desk.sample("en-road-2019.ogg"), desk.sample("en-road-2021.webm")
        assert desk.work() == ["waiting", "waiting"]
        assert desk.transcript(first).state == "waiting_for_model"
        assert desk.transcript(first).problem == "no_model"
        desk.clock.advance(seconds=25)
        assert desk.work() == ["waiting", "waiting"]
        shutil.copytree(tiny_whisper.MODEL, tmp_path / "models" / "small")
        desk.clock.advance(seconds=25)
        assert desk.work() == ["done", "done"]
        assert desk.texts(first) == [tiny_whisper.ROAD_2019]
        assert desk.transcript(second).state == "done"
        assert desk.transcript(second).problem is None
        assert desk.transcript(second).model == "small"


def test_waiting_for_a_model_uses_no_attempt_and_writes_nothing_twice(tmp_path: Path) -> None:
    with open_desk(tmp_path, whisper_model="small") as desk:
        media = desk.sample("en-road-2019.ogg")
        desk.work()
        before = desk.transcript(media)
        head = _seq(desk)
        for _ in range(10):
            desk.clock.advance(seconds=25)
            assert desk.work() == ["waiting"]
        assert desk.transcript(media) == before
        assert _seq(desk) == head


def test_a_damaged_model_is_named_and_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "models" / "small"
    shutil.copytree(tiny_whisper.MODEL, folder)
    (folder / "model.bin").write_bytes(b"half a model")
    with open_desk(tmp_path / "data", whisper_model="small") as desk:
        media = desk.sample("en-road-2019.ogg")
        assert desk.work() == ["waiting"]
        assert desk.transcript(media).problem == "incompatible"
        shutil.copyfile(tiny_whisper.MODEL / "model.bin", folder / "model.bin")
        desk.clock.advance(seconds=25)
        assert desk.work() == ["done"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "media_empty"),
        (b"<html>504</html>" * 100, "media_unreadable"),
        (b"\x1aE\xdf\xa3" + bytes(500), "media_unreadable"),
    ],
    ids=["empty", "html", "stub of a webm"],
)
def test_what_cannot_be_read_is_kept_and_said_to_be_so(
    desk: Desk, content: bytes, problem: str
) -> None:
    media = desk.record(content)
    assert desk.work() == ["done"]
    transcript = desk.transcript(media)
    assert (transcript.state, transcript.problem) == ("unreadable", problem)
    assert desk.segments(media) == []


def test_one_broken_recording_does_not_hold_up_the_next(desk: Desk) -> None:
    desk.record(b"broken")
    good = desk.sample("en-road-2019.ogg")
    assert desk.work() == ["done", "done"]
    assert desk.texts(good) == [tiny_whisper.ROAD_2019]


def test_a_truncated_recording_is_partial_and_its_beginning_is_heard(desk: Desk) -> None:
    whole = (tiny_whisper.SAMPLES / "en-long.webm").read_bytes()
    media = desk.record(whole[: len(whole) // 2], duration_ms=31_360)
    assert desk.work() == ["done"]
    transcript = desk.transcript(media)
    assert (transcript.state, transcript.problem) == ("partial", "truncated")
    said = tiny_whisper.samples()["en-long.webm"].text
    heard = desk.texts(media)
    assert 3 <= len(heard) < len(said)
    assert heard[:3] == said[:3]


def test_a_recording_of_the_length_its_phone_told_is_whole(desk: Desk) -> None:
    media = desk.sample("en-road-2019.ogg", duration_ms=3_990)
    desk.work()
    assert desk.transcript(media).state == "done"


def test_silence_is_done_without_a_segment(desk: Desk, tmp_path: Path) -> None:
    silence = np.zeros(16_000 * 5, dtype=np.float32)
    media = desk.record(encode(tmp_path / "a.ogg", silence, "libopus").read_bytes())
    assert desk.work() == ["done"]
    assert desk.transcript(media).state == "done"
    assert desk.segments(media) == []


def test_a_failing_engine_leaves_a_visible_failure_and_the_next_try_goes_on_from_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "GROUP_SIZE", 1)
    listen = Listener.listen

    def break_after_three(self: Listener, pcm: object, start_ms: int = 0) -> object:
        for number, step in enumerate(listen(self, pcm, start_ms)):  # type: ignore[arg-type] # spy
            if number == 3 and start_ms == 0:
                raise SpeechError("the engine broke")
            yield step

    monkeypatch.setattr(Listener, "listen", break_after_three)
    media = desk.sample("en-long.webm")
    assert desk.work() == ["queued"]
    transcript = desk.transcript(media)
    assert (transcript.state, transcript.problem) == ("failed", "engine_failed")
    assert 0 < transcript.cursor_ms < (transcript.duration_ms or 0)
    assert len(desk.segments(media)) == 3
    desk.clock.advance(minutes=1)
    assert desk.work() == ["done"]
    assert desk.texts(media) == tiny_whisper.samples()["en-long.webm"].text
    assert desk.transcript(media).state == "done"
    assert desk.transcript(media).problem is None


def test_bytes_that_are_gone_from_the_store_are_a_visible_failure(desk: Desk) -> None:
    media = desk.sample("en-road-2019.ogg")
    for key in list(desk.house.store.list()):
        desk.house.store.delete(key)
    assert desk.work() == ["queued"]
    assert desk.transcript(media).problem == "media_lost"


def test_a_deleted_recording_is_not_heard(desk: Desk) -> None:
    media = desk.sample("en-road-2019.ogg")
    desk.change("media", media, {}, deleted=True)
    assert desk.work() == ["done"]
    assert desk.segments(media) == []


def _seq(desk: Desk) -> int:
    with desk.house.db.read() as session:
        return session.get_one(SyncScope, desk.trip).seq
