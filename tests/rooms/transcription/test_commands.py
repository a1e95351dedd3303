"""`suixing models` and `suixing transcribe`: results on stdout, the rest on stderr, exit codes."""

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import speech, transcribe
from tests.support import tiny_whisper

SAMPLES = tiny_whisper.SAMPLES


@pytest.fixture(autouse=True)
def settings_of_the_tiny_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SUIXING_DATA", str(tmp_path))
    for name, value in tiny_whisper.SETTINGS.items():
        if name != "whisper_model":
            monkeypatch.setenv(f"SUIXING_{name.upper()}", str(value))


def run(*words: object) -> Result:
    app = typer.Typer()
    speech.mount(app)
    transcribe.mount(app)
    return CliRunner().invoke(app, [str(word) for word in words])


def test_transcribe_prints_one_object_per_segment_and_nothing_else() -> None:
    files = [SAMPLES / "en-road-2019.ogg", SAMPLES / "zh-tea.m4a"]
    ran = run("transcribe", *files, "--json", "--language", "en,zh", "--model", tiny_whisper.MODEL)
    assert ran.exit_code == 0, ran.stderr
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["text"] for line in lines] == [tiny_whisper.ROAD_2019, tiny_whisper.TEA_ZH]
    assert [line["language"] for line in lines] == ["en", "zh"]
    assert [line["file"] for line in lines] == [str(file) for file in files]
    assert list(lines[0]) == ["file", "start", "end", "text", "language", "confidence", "reliable"]
    assert lines[0]["start"] == pytest.approx(0.5, abs=0.2)
    assert lines[0]["end"] == pytest.approx(3.24, abs=0.2)
    assert lines[0]["reliable"] is True


def test_transcribe_without_json_prints_times_and_text() -> None:
    ran = run("transcribe", SAMPLES / "en-road-2021.webm", "--model", tiny_whisper.MODEL)
    assert ran.exit_code == 0
    assert ran.stdout == "00:00.4  The village road was finished in 2021.\n"


def test_a_file_that_cannot_be_heard_is_named_and_the_others_are_heard(tmp_path: Path) -> None:
    broken = tmp_path / "broken.webm"
    broken.write_bytes(b"")
    files = [broken, tmp_path / "absent.ogg", SAMPLES / "en-road-2019.ogg"]
    ran = run("transcribe", *files, "--model", tiny_whisper.MODEL, "--language", "en")
    assert ran.exit_code == 1
    assert f"{broken}: media_empty" in ran.stderr
    assert "absent.ogg: No such file" in ran.stderr
    assert tiny_whisper.ROAD_2019 in ran.stdout


def test_transcribe_without_a_model_says_how_to_get_one() -> None:
    ran = run("transcribe", SAMPLES / "en-road-2019.ogg")
    assert ran.exit_code == 2
    assert ran.stdout == ""
    assert "suixing models download small" in ran.stderr


def test_an_imported_model_is_verified_and_transcribes_by_its_name() -> None:
    assert run("models", "import", tiny_whisper.MODEL, "--name", "mine").exit_code == 0
    verified = run("models", "verify", "mine")
    assert (verified.exit_code, verified.stderr) == (0, "mine works\n")
    ran = run("transcribe", SAMPLES / "en-road-2019.ogg", "--model", "mine")
    assert tiny_whisper.ROAD_2019 in ran.stdout


def test_an_import_that_does_not_load_leaves_the_model_that_was_there(tmp_path: Path) -> None:
    assert run("models", "import", tiny_whisper.MODEL, "--name", "mine").exit_code == 0
    broken = tmp_path / "broken"
    shutil.copytree(tiny_whisper.MODEL, broken)
    (broken / "model.bin").write_bytes(b"half a model")
    ran = run("models", "import", broken, "--name", "mine")
    assert ran.exit_code == 2
    assert "incompatible" in ran.stderr
    assert run("models", "verify", "mine").exit_code == 0


def test_verify_without_a_model_fails_with_the_mend() -> None:
    ran = run("models", "verify")
    assert ran.exit_code == 2
    assert "suixing models download small" in ran.stderr


def test_a_download_without_a_way_to_the_hub_says_so_and_leaves_no_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    ran = run("models", "download", "small")
    assert ran.exit_code == 1
    assert "HF_ENDPOINT" in ran.stderr
    assert "suixing models import" in ran.stderr
    assert not (tmp_path / "models" / "small").exists()


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    ran = run("models", "download", "gigantic")
    assert ran.exit_code == 1
    assert "small" in ran.stderr
    assert "tiny-test" not in ran.stderr
