"""Where something stands: a verb of location and the words after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from services.contradictions.claims import Claim, SiteValue
from services.contradictions.clause_view import ClauseView
from services.contradictions.readers.drafts import draft
from services.language import alternation, find_words, is_chinese, lexicon, stem

_ZH_END = re.compile(r"[，。,；;！!\0]|的(?!地)|了?$")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = lexicon("places")["position"]
    chinese = re.compile(
        "(?:" + "|".join(sorted(table["zh_verbs"], key=len, reverse=True)) + ")(?:了)?"
    )
    verbs, prepositions = alternation(table["en_verbs"]), alternation(table["en_prepositions"])
    english = re.compile(
        rf"{verbs}(?P<middle>(?:\s+[\w'-]+){{0,5}}?)\s+(?P<prep>{prepositions})\s+(?P<site>[^.,;\0]+)",
        re.IGNORECASE,
    )
    return chinese, english


@cache
def _bare_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """ "X 在食堂后面", "X is behind the church": a site without a verb of position."""
    table = lexicon("places")["position"]
    ends = "|".join(sorted(table["zh"], key=len, reverse=True))
    chinese = re.compile(
        rf"(?<=[\u4e00-\u9fff])(?<![正存现实所内外潜好自])(?P<verb>在)(?P<site>[^，。,；的在了\0]{{0,14}}?(?:的[一二三四五六七八九十\d]+[楼层]|{ends}))(?=$|[。，,；！!])"
    )
    strong, nouns = alternation(table["en_strong"]), alternation(table["en_nouns"])
    english = re.compile(
        rf"\b(?P<verb>is|was|are|were)\s+(?:(?:right|just|still|now|up|down|over|out|directly|also)\s+)*"
        rf"(?P<site>{strong}\s+[^.,;\0]+|(?:in|on|at)\s+(?:the|a|our|their)\s+(?:[\w'-]+\s+){{0,3}}?{nouns}(?:\s[^.,;\0]*)?)",
        re.IGNORECASE,
    )
    return chinese, english


@cache
def _level() -> re.Pattern[str]:
    return re.compile(lexicon("places")["position"]["level"], re.IGNORECASE)


def _bare_site(view: ClauseView) -> tuple[tuple[int, int], tuple[int, int]] | None:
    pattern = _bare_patterns()[0 if view.is_chinese else 1]
    match = pattern.search(view.folded, view.start, view.end)
    return (match.span("verb"), match.span("site")) if match else None


def _chinese_site(view: ClauseView) -> tuple[tuple[int, int], tuple[int, int]] | None:
    match = _patterns()[0].search(view.text)
    if match is None:
        return None
    end = _ZH_END.search(view.text, match.end())
    stop = end.start() if end else len(view.text)
    verb = (view.start + match.start(), view.start + match.end())
    return verb, (verb[1], view.start + stop)


def _english_site(view: ClauseView) -> tuple[tuple[int, int], tuple[int, int]] | None:
    match = _patterns()[1].search(view.folded, view.start, view.end)
    if match is None:
        return None
    return (match.start(), match.start("middle")), (match.start("prep"), match.end())


def _floor_keys(view: ClauseView, floor: re.Match[str], site: tuple[int, int]) -> tuple[str, ...]:
    """Which floor, whatever the building: 服务楼的一楼 -> 一楼, the ground floor -> ground."""
    if is_chinese(floor.group()):
        return (floor.group().replace("层", "楼"),)
    words = find_words(view.folded, site[0], floor.start())
    said = [word.key for word in words if floor.start() - word.end <= 1]
    return (said[-1] if said else stem(floor.group()),)


def read_sites(view: ClauseView) -> Iterator[Claim]:
    """The site of the clause's subject, when the clause holds no date and no quantity."""
    if view.quantities or view.periods:
        return
    found = _chinese_site(view) if view.is_chinese else _english_site(view)
    found = found or _bare_site(view)
    if found is None or found[1][1] - found[1][0] < 2 or view.cues.negated:
        return
    verb, site = found
    words = find_words(view.folded, site[0], site[1])
    floor = _level().search(view.folded, site[0], site[1])
    keys = _floor_keys(view, floor, site) if floor else tuple(sorted({w.key for w in words}))
    if keys:
        level = bool(floor)
        value = SiteValue(keys, all(word.name for word in words), level)
        yield draft(view, "place", value, span=site, without=[verb])
