"""A worker killed with SIGKILL in the middle of a recording: the next goes on, nothing twice."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from services.speech import SAMPLE_RATE
from services.transcription import Segment
from tests.support import tiny_whisper
from tests.support.audio import encode
from tests.support.listening import Desk

ROOT = Path(__file__).parents[3]
REPEATS = 3
PATIENCE_S = 120


@contextmanager
def worker(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.support.listening_worker"]
    started = subprocess.Popen([*command, str(desk.house.settings.data)], cwd=ROOT)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def wait_until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, "the worker did not get there"
        time.sleep(0.05)


def long_recording(folder: Path) -> bytes:
    sound = tiny_whisper.sound("en-long.webm")
    return encode(folder / "long.ogg", np.concatenate([sound] * REPEATS), "libopus").read_bytes()


def assert_heard_once(segments: list[Segment]) -> None:
    """All that was said is covered, nothing overlaps, and nearly every sentence is right.

    Where a run begins anew, pauses are found a little differently, so the texts of a few spans may
    differ from those of an unbroken run; coverage may not.
    """
    ends = [segment.end_ms for segment in segments[:-1]]
    assert all(s.start_ms >= end for s, end in zip(segments[1:], ends, strict=True))
    sample = tiny_whisper.samples()["en-long.webm"]
    length = len(tiny_whisper.sound("en-long.webm")) * 1000 / SAMPLE_RATE
    right = 0
    for number in range(REPEATS):
        for start, end, text in sample.said:
            from_ms, to_ms = start * 1000 + number * length, end * 1000 + number * length
            over = [s for s in segments if s.start_ms < to_ms and s.end_ms > from_ms]
            shared = sum(min(s.end_ms, to_ms) - max(s.start_ms, from_ms) for s in over)
            assert shared > 0.8 * (to_ms - from_ms), (number, text)
            right += [s.text for s in over] == [text]
    assert right >= 0.85 * REPEATS * len(sample.said)


def test_a_worker_killed_twice_loses_nothing_and_repeats_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    media = desk.record(long_recording(tmp_path))
    cursors = []
    for least in (4, 12):
        with worker(desk):
            wait_until(lambda least=least: len(desk.segments(media)) >= least)  # type: ignore[misc]
        cursors.append(desk.transcript(media).cursor_ms)
        assert desk.transcript(media).state == "transcribing"
    with worker(desk) as last:
        wait_until(lambda: desk.transcript(media).state == "done")
        last.terminate()
        assert last.wait(PATIENCE_S) == 0
    segments = desk.segments(media)
    assert 0 < cursors[0] < cursors[1] < segments[-1].end_ms
    assert_heard_once(segments)
    assert desk.transcript(media).cursor_ms == desk.transcript(media).duration_ms


def test_a_worker_told_to_stop_lets_go_and_the_next_goes_on(desk: Desk, tmp_path: Path) -> None:
    media = desk.record(long_recording(tmp_path))
    with worker(desk) as first:
        wait_until(lambda: len(desk.segments(media)) >= 4)
        first.terminate()
        assert first.wait(PATIENCE_S) == 0
    stored = desk.segments(media)
    assert desk.transcript(media).state == "transcribing"
    assert desk.work() == ["done"]
    segments = desk.segments(media)
    assert segments[: len(stored)] == stored
    assert_heard_once(segments)


@pytest.mark.parametrize("name", ["en-road-2019.ogg"])
def test_leftovers_of_a_killed_worker_are_written_over(desk: Desk, name: str) -> None:
    work = desk.house.settings.data / "work"
    media = desk.sample(name)
    work.mkdir()
    (work / f"{media}.pcm").write_bytes(b"left over" * 99_999)
    assert desk.work() == ["done"]
    assert desk.texts(media) == [tiny_whisper.ROAD_2019]
    assert list(work.iterdir()) == []
