"""The folder of models: whole or absent, whatever breaks on the way."""

import shutil
import zipfile
from pathlib import Path

import pytest

from services.kernel.settings import Settings
from services.speech import (
    ModelError,
    download_model,
    engine_status,
    find_model,
    import_model,
    installed_models,
)
from tests.support import tiny_whisper


def copy_model(_: str, folder: Path) -> None:
    shutil.copytree(tiny_whisper.MODEL, folder, dirs_exist_ok=True)


def test_a_fetched_model_is_found_by_its_name(tmp_path: Path) -> None:
    download_model(tmp_path, "base", fetch=copy_model)
    assert find_model(tmp_path, "base").status().ready
    assert [m.name for m in installed_models(tmp_path)] == ["base"]
    assert engine_status(Settings(data=tmp_path, whisper_model="base")).ready


def test_a_download_that_breaks_off_leaves_no_half_model_and_is_taken_up_again(
    tmp_path: Path,
) -> None:
    def break_off(_: str, folder: Path) -> None:
        (folder / "model.bin").write_bytes(b"half")
        raise ModelError("the line went dead")

    with pytest.raises(ModelError):
        download_model(tmp_path, "base", fetch=break_off)
    assert find_model(tmp_path, "base").status().state == "no_model"

    def go_on(name: str, folder: Path) -> None:
        assert (folder / "model.bin").read_bytes() == b"half"
        copy_model(name, folder)

    download_model(tmp_path, "base", fetch=go_on)
    assert find_model(tmp_path, "base").status().ready


def test_a_model_that_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    download_model(tmp_path, "base", fetch=copy_model)

    def never(_: str, __: Path) -> None:
        raise AssertionError("fetched twice")

    assert download_model(tmp_path, "base", fetch=never).status().ready


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_model_carried_on_a_stick_is_copied_in(tmp_path: Path, packed: bool) -> None:
    source = tmp_path / "stick" / "small"
    shutil.copytree(tiny_whisper.MODEL, source)
    if packed:
        with zipfile.ZipFile(tmp_path / "small.zip", "w") as archive:
            for file in source.iterdir():
                archive.write(file, f"inner/{file.name}")
        source = tmp_path / "small.zip"
    imported = import_model(tmp_path / "data", source)
    assert imported.name == "small"
    assert imported.status().ready
    names = sorted(p.name for p in imported.path.iterdir())
    assert names == sorted(p.name for p in tiny_whisper.MODEL.iterdir())


def test_a_new_import_replaces_the_old_model(tmp_path: Path) -> None:
    first = import_model(tmp_path, tiny_whisper.MODEL, name="mine")
    before = first.stamp()
    assert import_model(tmp_path, tiny_whisper.MODEL, name="mine").stamp() != before
    assert [m.name for m in installed_models(tmp_path)] == ["mine"]


@pytest.mark.parametrize("source", ["absent", "not-a-zip.zip", "empty"])
def test_what_is_no_model_is_refused_and_leaves_nothing(tmp_path: Path, source: str) -> None:
    (tmp_path / "not-a-zip.zip").write_text("hello")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError):
        import_model(tmp_path / "data", tmp_path / source, name="bad")
    assert list((tmp_path / "data" / "models").iterdir()) == []


@pytest.mark.parametrize("name", ["../up", "", ".hidden", "a/b", "x" * 81])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError):
        download_model(tmp_path, name, fetch=copy_model)
    assert find_model(tmp_path, name).status().state == "no_model"
    assert "SUIXING_WHISPER_MODEL" in find_model(tmp_path, name).status().hint
