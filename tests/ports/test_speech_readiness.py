"""When an engine cannot work: what it says, and that it notices the mend by itself."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.kernel.settings import Settings
from services.speech import (
    ModelFolder,
    NotReady,
    SpeechError,
    engine_status,
    open_ear,
    open_engine,
    speech_options,
)
from services.speech.faster import FasterWhisper
from services.speech.remote import Address, RemoteEngine
from tests.support import tiny_whisper
from tests.support.whisper_server import WhisperServer, serving


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the engine went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="module")
def server() -> Iterator[WhisperServer]:
    with serving(key="right-key") as served:
        yield served


def hear(engine: FasterWhisper | RemoteEngine) -> list[str]:
    pcm = tiny_whisper.sound("en-road-2019.ogg")
    return [s.text for s in engine.transcribe(pcm, tiny_whisper.options(pcm, "en"))]


@pytest.mark.usefixtures("no_network")
def test_without_a_model_the_engine_says_how_to_get_one_and_asks_no_network(tmp_path: Path) -> None:
    engine = FasterWhisper(ModelFolder("small", tmp_path / "small"))
    assert engine.status().state == "no_model"
    assert engine.status().hint == "Run: suixing models download small"
    with pytest.raises(NotReady):
        hear(engine)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("lost", ["tokenizer.json", "model.bin", "config.json"])
def test_a_model_that_lacks_a_file_is_incompatible_and_asks_no_network(
    tmp_path: Path, lost: str
) -> None:
    shutil.copytree(tiny_whisper.MODEL, tmp_path / "model")
    (tmp_path / "model" / lost).unlink()
    engine = FasterWhisper(ModelFolder("tiny", tmp_path / "model"))
    assert engine.status().state == "incompatible"
    assert lost in engine.status().hint
    with pytest.raises(NotReady):
        hear(engine)


@pytest.mark.parametrize("damaged", ["model.bin", "tokenizer.json"])
def test_a_damaged_model_is_incompatible_until_it_is_replaced(tmp_path: Path, damaged: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_whisper.MODEL, folder)
    whole = (folder / damaged).read_bytes()
    (folder / damaged).write_bytes(whole[:1000])
    engine = FasterWhisper(ModelFolder("tiny", folder), threads=1)
    with pytest.raises(NotReady):
        hear(engine)
    assert engine.status().state == "incompatible"
    (folder / damaged).write_bytes(whole)
    (folder / "model.bin").touch()
    assert engine.status().ready
    assert hear(engine) == [tiny_whisper.ROAD_2019]


def test_a_model_that_appears_later_is_used_without_a_restart(tmp_path: Path) -> None:
    engine = FasterWhisper(ModelFolder("tiny", tmp_path / "model"), threads=1)
    with pytest.raises(NotReady):
        hear(engine)
    shutil.copytree(tiny_whisper.MODEL, tmp_path / "model")
    assert hear(engine) == [tiny_whisper.ROAD_2019]


def test_the_vocabulary_is_put_before_every_window(monkeypatch: pytest.MonkeyPatch) -> None:
    from faster_whisper import WhisperModel

    prompts: list[str] = []
    real = WhisperModel.get_prompt

    def spy(self: WhisperModel, tokenizer: object, *args: object, **more: object) -> list[int]:
        prompts.append(str(more["hotwords"]))
        return list(real(self, tokenizer, *args, **more))

    monkeypatch.setattr(WhisperModel, "get_prompt", spy)
    settings = Settings(**tiny_whisper.SETTINGS)
    engine = open_engine(settings)
    pcm = tiny_whisper.sound("en-road-2019.ogg")
    asked = speech_options(settings, languages=("en",), vocabulary=("林伟", "Lake Station"))
    assert list(engine.transcribe(pcm, asked))
    assert prompts == ["林伟 Lake Station"]


def test_an_unreachable_server_is_no_error_of_the_recording() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        engine = RemoteEngine(Address(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", "m"))
        assert engine.status().state == "unreachable"
        with pytest.raises(NotReady):
            hear(engine)


def test_a_server_without_address_says_which_setting_is_missing() -> None:
    assert "SUIXING_WHISPER_URL" in RemoteEngine(Address("", "m")).status().hint


def test_a_wrong_key_is_said_to_be_wrong_and_the_right_one_works(server: WhisperServer) -> None:
    wrong = RemoteEngine(Address(server.url, "m", key="wrong"))
    assert wrong.status().state == "unreachable"
    assert "SUIXING_WHISPER_KEY" in wrong.status().hint
    with pytest.raises(NotReady):
        hear(wrong)
    assert hear(RemoteEngine(Address(server.url, "m", key="right-key"))) == [tiny_whisper.ROAD_2019]


@pytest.mark.parametrize(("code", "error"), [(503, NotReady), (429, NotReady), (415, SpeechError)])
def test_a_busy_server_is_waited_for_and_a_refusal_is_an_error(
    server: WhisperServer, monkeypatch: pytest.MonkeyPatch, code: int, error: type[SpeechError]
) -> None:
    monkeypatch.setattr(server, "answer_with", code)
    with pytest.raises(error) as caught:
        hear(RemoteEngine(Address(server.url, "m", key="right-key")))
    assert type(caught.value) is error


def test_the_server_is_told_language_and_vocabulary(server: WhisperServer) -> None:
    settings = Settings(
        whisper_engine="remote",
        whisper_url=server.url,
        whisper_key="right-key",  # type: ignore[arg-type] # read from text as from the environment
        whisper_temperature=0.0,
    )
    assert engine_status(settings).ready
    pcm = tiny_whisper.sound("en-road-2019.ogg")
    asked = speech_options(settings, languages=("en",), vocabulary=("林伟", "Lake Station"))
    assert [s.text for s in open_engine(settings).transcribe(pcm, asked)]
    sent = server.forms[-1]
    assert sent["language"] == "en"
    assert sent["prompt"] == "林伟, Lake Station"
    assert sent["temperature"] == "0.0"


def test_the_ear_finds_the_sentences_between_the_pauses() -> None:
    ear = open_ear(Settings(**tiny_whisper.SETTINGS))
    spans = ear(tiny_whisper.sound("en-long.webm"))
    said = tiny_whisper.samples()["en-long.webm"].said
    assert len(spans) == len(said)
    for span, (start, end, _) in zip(spans, said, strict=True):
        assert span.start == pytest.approx(start, abs=0.3)
        assert span.end == pytest.approx(end, abs=0.3)
