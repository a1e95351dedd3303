"""Closed sets: stage of work, direction of change, held or denied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from services.contradictions.claims import OPEN_VERB, Claim, LabelValue
from services.contradictions.clause_view import ClauseView
from services.contradictions.readers.drafts import draft
from services.contradictions.readers.numbers import direction_of, directions
from services.language import alternation, concept, is_chinese, lexicon, stem, tag

_ZH_NOT = r"(?:从来没有?|从未|并没有?|没有?|尚未|未曾?|还没有?|没能|未能|不曾)"
_NONE_OF = r"\bnone of (?:the |these |those |our |their |its )?\w+"
_EN_NOT = (
    rf"(?:\bnot\b|\bnever\b|\bno one|\bnobody|{_NONE_OF}|\bno [a-z]+s|n't|\byet to|\bfailed to"
    r"|\bnor\b|\bunable to)"
)


_Stages = tuple[tuple[str, re.Pattern[str]], ...]


def _stage_table() -> dict[str, Any]:
    table: dict[str, Any] = lexicon("states")["stage_verbs"]
    return table


@cache
def _stages() -> tuple[_Stages, _Stages]:
    """The patterns of the stages, English and Chinese, the first that matches to be taken."""
    table = _stage_table()
    # Any verb with 完, 妥 or 齐 behind it is done.
    any_done = r"[\u4e00-\u9fff](?:完(?![全整善美])|妥(?!协)|齐(?!全))"
    done_zh = rf"(?:{alternation(table['done_zh'])}|{any_done})"
    start_zh = alternation(table["start_zh"])
    done_en, start_en = alternation(table["done_en"]), alternation(table["start_en"])
    gap, words = r"[^，。,\0]{0,4}?", r"(?:\s+\w+){0,3}?\s+"
    chinese = (
        ("unstarted", rf"{_ZH_NOT}{gap}{start_zh}"),
        ("underway", alternation(table["underway_zh"])),
        ("underway", rf"{_ZH_NOT}{gap}{done_zh}"),
        (
            "done",
            rf"(?:已经?|都|全部|全|早就|均|终于){gap}{done_zh}(?:了|完毕)?"
            rf"|{done_zh}(?:了|完毕)|[^，。,\0]{{2}}完毕|是[^，。,]{{0,10}}?{done_zh}的(?![\u4e00-\u9fff])",
        ),
    )
    english = (
        ("unstarted", rf"{_EN_NOT}{words}{start_en}"),
        ("underway", alternation(table["underway_en"])),
        ("underway", rf"{_EN_NOT}{words}{done_en}"),
        (
            "done",
            r"(?:\b(?:has|have|had|is|are|was|were|been|be|got|all|fully|now|already)\s+){1,3}"
            rf"{done_en}|\b(?:has |have |already )?(?:completed|finished|wrapped up|concluded)"
            r"\s+(?:the|its|their|all|both)\b",
        ),
    )
    return _compiled(english), _compiled(chinese)


def _compiled(sources: Iterable[tuple[str, str]]) -> _Stages:
    return tuple((name, re.compile(source, re.IGNORECASE)) for name, source in sources)


def read_stage(view: ClauseView) -> Iterator[Claim]:
    """Done, under way or not started."""
    if view.quantities:
        return
    for label, cue in _stages()[view.is_chinese]:
        match = cue.search(view.text)
        if match:
            span = (view.start + match.start(), view.start + match.end())
            yield draft(view, "status", LabelValue(label), span=span)
            return


def read_direction(view: ClauseView) -> Iterator[Claim]:
    """Rising, falling or level."""
    label = direction_of(view.text)
    if not label or view.cues.negated:
        return
    match = directions()[label].search(view.text)
    if match:
        span = (view.start + match.start(), view.start + match.end())
        figures = [(quantity.start, quantity.end) for quantity in view.quantities]
        yield draft(view, "trend", LabelValue(label), span=span, without=figures)


@cache
def _predicates() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    rows = []
    for name, words in lexicon("states")["predicates"].items():
        zh, en = alternation(words["zh"]), alternation(words["en"])
        any_en = alternation([*words["en"], *words.get("base", ())])
        denied = (
            rf"{_ZH_NOT}[^，。,\0]{{0,3}}?{zh}(?:到|过|上)?"
            rf"|{_EN_NOT}\s+(?:\w+\s+){{0,2}}?{any_en}"
        )
        held = (
            rf"(?:已经?|都|均|全部|早就)[^，。,\0]{{0,3}}?{zh}(?:到|过|了|上)?|{zh}(?:了|过)"
            rf"|(?<!to )(?<!not )(?<!never ){en}"
        )
        rows.append((name, re.compile(denied, re.IGNORECASE), re.compile(held, re.IGNORECASE)))
    return tuple(rows)


@cache
def _any_verb() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Any verb of the classes, English and Chinese: most clauses hold none."""
    classes = lexicon("states")["predicates"].values()
    return tuple(  # type: ignore[return-value]  # two patterns, in this order
        re.compile(
            alternation(w for words in classes for w in (*words[lang], *words.get("base", ()))),
            re.IGNORECASE,
        )
        for lang in ("en", "zh")
    )


_ZH_ACT = re.compile("[没未曾已都均全早了过]")
_DENIED = re.compile(rf"{_ZH_NOT}|{_EN_NOT}", re.IGNORECASE)


def _polarity(view: ClauseView) -> Iterator[tuple[str, str, tuple[int, int]]]:
    text = view.text
    if view.is_chinese and not _ZH_ACT.search(text):
        return
    if not _any_verb()[view.is_chinese].search(text):
        return
    denial = bool(_DENIED.search(text))
    for name, denied, held in _predicates():
        match = denied.search(text) if denial else None
        if match:
            yield "denied", name, match.span()
            continue
        match = None if denial else held.search(text)
        if match:
            yield "held", name, match.span()


# "Three were injured" says that somebody was, whatever the number.
_COUNTED_ACTS = frozenset({"damage"})


def read_polarity(view: ClauseView) -> Iterator[Claim]:
    """An act said to have happened, or denied."""
    for label, verb, (start, end) in _polarity(view):
        if view.quantities and verb not in _COUNTED_ACTS:
            continue
        span = (view.start + start, view.start + end)
        yield draft(view, "polarity", LabelValue(label, verb), span=span)


_EN_NOBODY = (
    rf"(?:\bno one|\bnobody|{_NONE_OF})"
    r"(?:\s+(?:has|have|had|was|were|is|are))?"
)
_ZH_HELD = r"(?:已经?|早已|早就|都|均)"
_EN_AUX = r"(?:has|have|had|was|were|is|are|been|be|did|do|does|got|get)"


@cache
def _open_verbs() -> tuple[re.Pattern[str], ...]:
    """Denied and asserted verbs of any kind: Chinese by position, English by their form."""
    verb = r"(?P<verb>[a-z]{3,}ed|[a-z]{2,}(?:wn|en|ung|ught|elt|ept|old))\b"
    between = r"(?:\s+(?:all|already|now|since|been|be|just|also|fully|properly|finally|both))*"
    gap = r"(?:\s+(?:yet|ever|even|been|be|really|actually|fully|properly|once))*"
    return (
        re.compile(rf"(?P<cue>{_ZH_NOT})(?:[\u4e00-\u9fff]{{0,2}}?)(?P<verb>[\u4e00-\u9fff]{{2}})"),
        re.compile(
            rf"{_ZH_HELD}(?P<verb>[\u4e00-\u9fff]{{2}})|(?P<after>[\u4e00-\u9fff]{{2}})(?:了|过|完)"
        ),
        re.compile(
            rf"(?:\b(?:not|never)|{_EN_NOBODY}|n't){gap}\s+(?:{verb}"
            r"|(?<=n't )(?P<base>[a-z]{3,})|(?<=did not )(?P<plain>[a-z]{3,}))"
        ),
        re.compile(rf"\b{_EN_AUX}{between}\s+{verb}|\b{verb.replace('verb', 'past')}"),
    )


def _word_of(view: ClauseView, match: re.Match[str]) -> tuple[str, tuple[int, int]]:
    """The verb of a match: its key (empty when it is none) and where it stands in the text."""
    name = next(
        group
        for group in ("verb", "after", "base", "plain", "past")
        if match.groupdict().get(group)
    )
    start, end = match.span(name)
    if not is_chinese(match[name]):
        return stem(match[name]), (start, end)
    for word in view.words:
        if start <= word.start and word.end <= end + 1 and word.end - word.start > 1:
            text = view.folded[word.start : word.end]
            return (word.key if tag(text).startswith("v") else ""), (word.start, word.end)
    return "", (start, end)


# 道过歉, 开了会: verb and object with a particle between them.
_PARTED = re.compile(r"([\u4e00-\u9fff])(?:过|了|完)([\u4e00-\u9fff])(?![\u4e00-\u9fff]{2})")
# 没有向家长道歉: between denial and verb stands to whom.
_TO_WHOM = re.compile(rf"{_ZH_NOT}(?=[向给跟对为把被同和与])[\u4e00-\u9fff]{{2,9}}")
_NOBODY = re.compile(r"[\s\0]*(?:nobody|no one|none of)\b", re.IGNORECASE)

_Read = tuple[str, str, tuple[int, int]]


def _parted(view: ClauseView) -> _Read | None:
    for match in _PARTED.finditer(view.folded, view.start, view.end):
        if tag(match[1] + match[2]).startswith("v"):
            return "held", concept(match[1] + match[2]), match.span()
    return None


def _denied_to(view: ClauseView) -> _Read | None:
    match = _TO_WHOM.search(view.folded, view.start, view.end)
    if match is None:
        return None
    for word in reversed(view.words):
        inside = match.start() < word.start and word.end <= match.end()
        said = view.folded[word.start : word.end]
        if inside and len(said) > 1 and tag(said).startswith("v"):
            return "denied", word.key, (word.start, word.end)
    return None


def _denied_verb(view: ClauseView, denied: re.Pattern[str]) -> _Read | None:
    match = denied.search(view.folded, view.start, view.end)
    if match:
        key, span = _word_of(view, match)
        if key:
            return "denied", key, (match.start(), span[1])
    return _denied_to(view) if view.is_chinese else None


def _held_verb(view: ClauseView, held: re.Pattern[str]) -> _Read | None:
    for match in held.finditer(view.folded, view.start, view.end):
        key, span = _word_of(view, match)
        if key:
            return "held", key, span
    return _parted(view) if view.is_chinese else None


def _open_polarity(view: ClauseView) -> Iterator[_Read]:
    if view.is_chinese and not _ZH_ACT.search(view.text):
        return
    denied, held = _open_verbs()[:2] if view.is_chinese else _open_verbs()[2:]
    found = _denied_verb(view, denied)
    nobody = not view.is_chinese and bool(_NOBODY.match(view.text))
    if not found and (nobody or not view.cues.negated):
        found = _held_verb(view, held)
        if found and nobody:
            found = ("denied", *found[1:])
    if found:
        yield found


def read_open_polarity(view: ClauseView) -> Iterator[Claim]:
    """Any verb said to have happened, or denied, where no class of verbs knows it."""
    if view.quantities:
        return
    for label, key, span in _open_polarity(view):
        yield draft(view, "polarity", LabelValue(label, f"{OPEN_VERB}{key}"), span=span)


def read_labels(view: ClauseView) -> Iterator[Claim]:
    """All claims of closed sets of the clause."""
    for reader in (read_stage, read_direction):
        yield from reader(view)
    yield from read_polarity(view)
    yield from read_open_polarity(view)
