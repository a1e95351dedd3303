"""One engine per process: warm between recordings, unloaded when idle, used by one at a time."""

import threading
import time

from services.kernel.settings import Settings
from services.speech import Engine, KeptEngine
from tests.support import tiny_whisper


def hear(engine: Engine) -> list[str]:
    pcm = tiny_whisper.sound("en-road-2019.ogg")
    return [s.text for s in engine.transcribe(pcm, tiny_whisper.options(pcm, "en"))]


def is_loaded(engine: Engine) -> bool:
    return vars(engine)["_model"] is not None


def test_the_engine_stays_loaded_from_one_recording_to_the_next() -> None:
    kept = KeptEngine(Settings(**tiny_whisper.SETTINGS))
    with kept.using() as first:
        hear(first)
    with kept.using() as second:
        assert second is first
        assert is_loaded(second)


def test_an_idle_engine_gives_its_memory_back_and_works_again() -> None:
    kept = KeptEngine(Settings(**tiny_whisper.SETTINGS), idle_seconds=0.05)
    with kept.using() as engine:
        hear(engine)
        time.sleep(0.2)
        assert is_loaded(engine)
    deadline = time.monotonic() + 20
    while is_loaded(engine):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    with kept.using() as again:
        assert hear(again) == [tiny_whisper.ROAD_2019]


def test_a_second_user_waits_for_the_first() -> None:
    kept = KeptEngine(Settings(**tiny_whisper.SETTINGS))
    entered = threading.Event()

    def enter() -> None:
        with kept.using():
            entered.set()

    with kept.using():
        second = threading.Thread(target=enter)
        second.start()
        assert not entered.wait(0.2)
    assert entered.wait(20)
    second.join()
