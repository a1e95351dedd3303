"""One key per idea: synonyms and translations of the lexicon, and the trip's own names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from services.language.lexicon_files import is_chinese, lexicon

_DOUBLED = re.compile(r"([bdfgklmnprtvz])\1$")


@cache
def _irregular() -> dict[str, str]:
    """Irregular forms: told -> tell, children -> child."""
    table: dict[str, str] = lexicon("forms")["irregular"]
    return {form: base for base, forms in table.items() for form in forms.split()}


@cache
def _whole() -> frozenset[str]:
    return frozenset(lexicon("forms")["whole"].split())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A rough English stem: plural, -ed, -ing and a final e taken off."""
    base = word.lower().replace("-", "").removesuffix("'s").replace("'", "")
    if len(base) > 4 and base.endswith("ies"):
        base = base[:-3] + "y"
    elif base.endswith("sses") or (len(base) > 4 and base.endswith(("xes", "ches", "shes"))):
        base = base[:-2]
    elif len(base) > 3 and base.endswith("s") and not base.endswith(("ss", "us", "is")):
        base = base[:-1]
    base = _irregular().get(base, base)
    for ending in ("ing", "ed"):
        if base in _whole():
            break
        if len(base) > len(ending) + 3 and base.endswith(ending):
            base = _DOUBLED.sub(r"\1", base[: -len(ending)])
            break
    return base[:-1] if len(base) > 3 and base.endswith("e") else base


def _key(word: str) -> str:
    return word if is_chinese(word) else stem(word)


def _split(line: str) -> tuple[list[str], list[str]]:
    chinese, _, english = line.partition("|")
    return chinese.split(), english.split()


@cache
def _concepts() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in lexicon("concepts")["lines"].strip().splitlines():
        chinese, english = _split(line)
        name = stem(english[0]) if english else chinese[0]
        for word in chinese + english:
            table.setdefault(_key(word), name)
    return table


@cache
def compounds() -> frozenset[str]:
    """The keys of English concepts of two words, written with a hyphen in the lexicon."""
    lines = (_split(line)[1] for line in lexicon("concepts")["lines"].strip().splitlines())
    return frozenset(stem(word) for words in lines for word in words if "-" in word)


def concept(word: str, glossary: Mapping[str, str] | None = None) -> str:
    """The key of a folded word; words with equal keys mean the same subject."""
    key = _key(word)
    if glossary and key in glossary:
        return glossary[key]
    return _concepts().get(key, key)


def build_glossary(groups: Iterable[Iterable[str]]) -> dict[str, str]:
    """A trip's glossary for `concept`: each group lists names of one thing in any language."""
    glossary: dict[str, str] = {}
    for group in groups:
        keys = [_key(word) for word in group if word]
        for key in keys:
            glossary[key] = keys[0]
    return glossary
