"""`suixing doctor` tells sound from broken, and says the mend."""

from pathlib import Path

import pytest

from cli._checkup import Finding, examine
from services.kernel.settings import Settings
from tests.support.small_nli import lay_model
from tests.support.tiny_whisper import MODEL


def found(settings: Settings, words: str) -> Finding:
    """The one finding in which these words stand."""
    (finding,) = [each for each in examine(settings) if words in each.what]
    return finding


def test_a_fresh_folder_is_sound_but_for_account_and_model(tmp_path: Path) -> None:
    findings = list(examine(Settings(data=tmp_path / "new")))
    broken = [
        each.what for each in findings if each.level == "broken" and "client" not in each.what
    ]
    assert broken == []
    assert any(each.level == "note" and "account" in each.what for each in findings)
    assert any(each.level == "note" and "no_model" in each.what for each in findings)
    assert all(each.mend for each in findings if each.level != "ok")


def test_a_speech_model_that_is_there_is_said_to_be(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, whisper_model=str(MODEL))
    assert found(settings, "speech model").level == "ok"


def test_a_data_folder_that_is_a_file_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    assert found(Settings(data=file), "data folder").level == "broken"


def test_a_database_that_does_not_answer_is_broken(tmp_path: Path) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    finding = found(Settings(data=tmp_path, database_url=url), "database: ")
    assert finding.level == "broken"


def test_a_postgresql_database_without_tables_is_told_to_be_migrated(
    tmp_path: Path, postgres_url: str
) -> None:
    finding = found(Settings(data=tmp_path, database_url=postgres_url), "the database is at")
    assert (finding.level, finding.mend) == ("broken", "suixing migrate")


@pytest.mark.parametrize(
    ("address", "level"),
    [
        ("https://notes.example.org", "ok"),
        ("http://localhost:8000", "note"),
        ("http://192.168.1.20:8000", "broken"),
    ],
)
def test_phones_need_https(tmp_path: Path, address: str, level: str) -> None:
    assert found(Settings(data=tmp_path, public_url=address), address).level == level


def test_an_adjudicator_is_optional_and_what_it_lacks_is_said(tmp_path: Path) -> None:
    assert found(Settings(data=tmp_path), "no adjudicator").level == "ok"
    folder = lay_model(tmp_path / "small")
    settings = Settings(data=tmp_path, nli_model=str(folder))
    assert found(settings, "adjudicator nli:small").level == "ok"
    (folder / "config.json").unlink()
    lacking = found(settings, "adjudicator nli:small")
    assert lacking.level == "note"
    assert "config.json" in lacking.mend
