"""What sort a thing is said to be, of two sorts that exclude each other: imported, domestic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from services.contradictions.claims import TRAIT, Claim, LabelValue
from services.contradictions.clause_view import ClauseView
from services.contradictions.readers.drafts import draft
from services.language import Finder, alternation, lexicon

_ZH_END = r"(?=$|[，。,；;、！!\s\0了吧嘛]|货|件|品)"


@cache
def _sorts() -> dict[str, tuple[str, str]]:
    """The trait and the sort of each word."""
    return {
        word.lower(): (trait, name)
        for trait, sorts in lexicon("traits").items()
        for name, words in sorts.items()
        for word in (*words["zh"], *words["en"])
    }


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """English and Chinese: the word must be what is said of the subject, not part of a name."""
    words = alternation(_sorts())
    between = r"(?:(?:all|still|now|entirely|fully|completely|wholly|only)\s+)*"
    end = r"(?=$|[,.;!]|\s+(?:and|but|from|since|for)\b)"
    english = rf"\b(?:is|are|was|were|remains?|being)\s+{between}(?P<word>{words}){end}"
    chinese = (
        rf"(?:是|为|属于?|算|全|都|均)(?:[^，。,\0是]{{0,2}}?)(?P<word>{words})的?{_ZH_END}"
        rf"|(?P<alone>{words})的{_ZH_END}"
    )
    return re.compile(english, re.IGNORECASE), re.compile(chinese)


@cache
def traits_gate() -> Finder:
    """The words of all sorts."""
    return Finder(_sorts())


def read_traits(view: ClauseView) -> Iterator[Claim]:
    """The sort a clause says its subject to be of, where it names one only."""
    if view.quantities or not traits_gate().search(view.text):
        return
    named = {_sorts()[match.group().lower()] for match in traits_gate().finditer(view.text)}
    if len(named) != 1 or view.cues.negated:
        return
    match = _patterns()[view.is_chinese].search(view.text)
    if match is None:
        return
    group = "word" if match.groupdict().get("word") else "alone"
    ((trait, name),) = named
    span = (view.start + match.start(group), view.start + match.end(group))
    claim = draft(view, "polarity", LabelValue(f"{trait}.{name}", f"{TRAIT}{trait}"), span=span)
    # 是进口的 tells of the whole; elsewhere 进口的 picks out a part.
    said = match[group].lower()
    yield replace(claim, parts=frozenset(part for part in claim.parts if said not in part))
