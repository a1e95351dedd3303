"""What the documentation lists is what the code has: settings, problem codes, words of the app."""

import re
from functools import cache

import pytest
from pydantic import SecretStr

from services.bootstrap import SYNCED
from services.kernel.entity import Entity
from services.kernel.settings import Settings
from tests.support.problem_codes import problem_codes
from tests.support.tree import ROOT, name_of, source_files

I18N = ROOT / "frontend" / "src" / "i18n"
LANGUAGES = ("zh", "en")


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    page = _page("settings.md")
    rows = [_setting_row(name) for name in Settings.model_fields]
    missing = [row for row in rows if row not in page]
    assert not missing, "\n".join(missing)


def test_no_page_or_deployment_file_names_a_setting_that_does_not_exist() -> None:
    known = {f"SUIXING_{name.upper()}" for name in Settings.model_fields}
    strangers = [
        f"{name_of(path)}: {name}"
        for path in source_files(
            ".md", ".yaml", ".yml", ".env", ".example", "Dockerfile", "Caddyfile"
        )
        for name in re.findall(r"\bSUIXING_[A-Z0-9_]+", path.read_text(encoding="utf-8"))
        if name not in known
    ]
    assert not strangers, "\n".join(strangers)


def test_every_problem_code_is_documented() -> None:
    documented = set(re.findall(r"`([a-z_]+)`", _page("problems.md")))
    missing = sorted(problem_codes().keys() - documented)
    assert not missing, ", ".join(missing)


def test_every_documented_problem_code_exists() -> None:
    cells = re.findall(r"^\| (`[^|]+) \|", _page("problems.md"), re.MULTILINE)
    documented = {code for cell in cells for code in re.findall(r"`([a-z_]+)`", cell)}
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in source_files(".py")
        if name_of(path).startswith(("api/", "services/"))
    )
    unknown = sorted(code for code in documented if f'"{code}"' not in sources)
    assert not unknown, ", ".join(unknown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_client_has_a_sentence_for_every_problem_code(language: str) -> None:
    words = _words(language)
    missing = sorted(code for code in problem_codes() if f"problem.{code}" not in words)
    assert not missing, ", ".join(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_every_entity_has_a_label(language: str) -> None:
    words = _words(language)
    missing = [key for key in _field_keys() if key not in words]
    assert not missing, ", ".join(missing)


def test_both_languages_have_the_same_words() -> None:
    assert _words("zh") == _words("en")


def test_every_link_between_pages_leads_to_a_file() -> None:
    broken = [
        f"{name_of(page)}: {target}"
        for page in source_files(".md")
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


@cache
def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@cache
def _words(language: str) -> frozenset[str]:
    """The keys of a language's word files; the files are plain objects of quoted keys."""
    texts = [path.read_text(encoding="utf-8") for path in (I18N / language).glob("*.ts")]
    return frozenset(re.findall(r"^ {2}'([\w.]+)':", "\n".join(texts), re.MULTILINE))


def _field_keys() -> list[str]:
    """`note.text` for own fields, `common.id` for what every entity has, `entity.note` itself."""
    common = [f"common.{name}" for name in Entity.model_fields]
    names = {str(table.__tablename__): table for table in SYNCED}
    own = [
        f"{entity}.{field}"
        for entity, table in names.items()
        for field in table.model_fields
        if field not in Entity.model_fields
    ]
    return common + own + [f"entity.{entity}" for entity in names]


def _setting_row(name: str) -> str:
    field = Settings.model_fields[name]
    default = field.default
    plain = default.get_secret_value() if isinstance(default, SecretStr) else default
    shown = "empty" if plain in ("", None) else f"`{plain}`"
    return f"| `SUIXING_{name.upper()}` | {shown} | {field.description} |"
