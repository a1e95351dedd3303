"""Which firm or body does a work: 施工方是中铁十二局, 由中铁十二局施工, built by Northern Civil."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from services.contradictions.claims import Claim, PersonValue
from services.contradictions.clause_view import ClauseView
from services.contradictions.readers.drafts import draft
from services.language import Finder, alternation, lexicon

_ROLE_WEIGHT = 1.0


@cache
def _roles() -> dict[str, str]:
    """The task of each noun and verb: 施工方 and 施工, builder and built."""
    return {
        word: task
        for task, words in lexicon("people")["contractors"].items()
        for group in words.values()
        for word in group
    }


def _tasks() -> list[dict[str, list[str]]]:
    return list(lexicon("people")["contractors"].values())


def _all(group: str) -> str:
    return alternation(word for task in _tasks() for word in task[group])


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """Patterns of each language, English first."""
    ends = alternation(lexicon("people")["bodies"]["zh"])
    body = rf"(?P<name>[\u4e00-\u9fffA-Za-z0-9]{{1,14}}?(?:{ends}))"
    stop = r"(?=$|[，。,；;、！!（(\s\0])"
    acts = r"(?:负责|承担|统一|来|独家)?"
    chinese = (
        rf"(?P<role>{_all('zh_nouns')})(?:现在|目前|一直|就)?(?:是|为|叫){body}{stop}",
        rf"由(?:[^，。,由\0]{{1,6}}的)?{body}{acts}(?P<role>{_all('zh_verbs')})",
    )
    name = r"(?P<name>[A-Z][\w&'-]*(?:\s+(?:and|&|of)?\s*[A-Z][\w&'-]*)*)"
    nouns, verbs = _all("en_nouns"), _all("en_verbs")
    whose = r"(?:\s+(?:of|for|on)\s+[^,.;]{1,30}?)?"
    english = (
        rf"\b(?P<role>(?i:{nouns})){whose}\s+(?:is|was|are)\s+(?:(?:a|the)\s+firm\s+(?:called\s+)?)?{name}",
        rf"\b(?P<role>(?i:{verbs}))\s+by\s+(?:the\s+firm\s+)?{name}",
    )
    return tuple(map(re.compile, english)), tuple(map(re.compile, chinese))


@cache
def bodies_gate() -> Finder:
    """In English a verb tells a body only with "by", which is rarer than the verbs."""
    nouns = [word for task in _tasks() for word in (*task["zh_nouns"], *task["en_nouns"])]
    return Finder(nouns, zh="由", en=r"\bby\b")


def read_contractors(view: ClauseView) -> Iterator[Claim]:
    """Who does the work of the clause, where it names one task and one body."""
    if not bodies_gate().search(view.text) or view.cues.negated:
        return
    for pattern in _patterns()[view.is_chinese]:
        match = pattern.search(view.text)
        if match is None:
            continue
        span = (view.start + match.start("name"), view.start + match.end("name"))
        role = (view.start + match.start("role"), view.start + match.end("role"))
        found = draft(view, "person", PersonValue(match["name"]), span=span, without=[role])
        task = f"task:{_roles()[match['role'].lower()]}"
        # The noun and the verb of one task are one word of the subject.
        yield replace(found, subject={**found.subject, task: _ROLE_WEIGHT})
        return
