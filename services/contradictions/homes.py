"""Whose figures they are: the place a statement was made at or is headed by, and how wide it is.

"十九户低保" at one village and "十七户" at the next differ in nothing: each speaks of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from services.contradictions.claims import Claim
from services.contradictions.cues import parts_in
from services.language import concept, find_words, fold, lexicon

#: The keys of the words that name a place (where none does, of what it is), and of what it is.
Home = tuple[frozenset[str], frozenset[str]]
NOWHERE: Home = (frozenset(), frozenset())
_NOUN = 1.0


def home_of(place: str, glossary: Mapping[str, str] | None = None) -> Home:
    """The keys of the name of a stop or a unit."""
    return _read(place) if not glossary else _keys(place, glossary)


@lru_cache(maxsize=2_000)
def _read(place: str) -> Home:
    return _keys(place, None)


def _keys(place: str, glossary: Mapping[str, str] | None) -> Home:
    folded = fold(place)
    words = find_words(folded, 0, len(folded), glossary=glossary)
    said = [word for word in words if word.weight >= _NOUN]
    sorts = frozenset(word.key for word in words if word.key in _sorts())
    naming = [word.key for word in said if word.key not in sorts]
    # 第二医院 and 一号井 are named by their number.
    naming += parts_in(folded)
    return frozenset(naming or (word.key for word in said)), sorts


@cache
def _sorts() -> frozenset[str]:
    """What many places are: school, clinic, plant."""
    table = lexicon("places")["suffixes"]
    return frozenset(concept(word) for word in (*table["zh"], *table["en"], *table["sorts"]))


def is_told_by(key: str, words: Iterable[str]) -> bool:
    """True when the words hold the key, or a Chinese name in another length: 柳溪, 柳溪村."""
    if key.isascii() or len(key) < 2:
        return key in words
    return any(key in word or (len(word) > 1 and word in key) for word in words)


def _tells(home: frozenset[str], claim: Claim) -> bool:
    """True when the sentence of the claim speaks of that place."""
    return bool(home & claim.parts) or any(is_told_by(key, claim.scope) for key in home)


def owners_differ(first: Claim, second: Claim) -> bool:
    """True when two people speak each of what is theirs, and nothing says that it is one."""
    if not _are_two(first, second):
        return False
    if "self" in (first.own, second.own):
        return True
    if _is_placed(first) or _is_placed(second):
        return False
    return bool(first.own and second.own)


def _are_two(first: Claim, second: Claim) -> bool:
    """True when two people speak, and both are known."""
    return bool(first.speaker and second.speaker) and first.speaker != second.speaker


def _is_placed(claim: Claim) -> bool:
    return bool(claim.home or claim.names)


def _levels_differ(first: Claim, second: Claim) -> bool:
    """True when the one is of the county, the other of the town or of a place in it."""
    if first.level and second.level:
        return first.level != second.level
    if not first.level and not second.level:
        return False
    if first.kind == "quantifier":
        # What holds all over the county holds in the village too.
        return False
    narrow = second if first.level else first
    alone = first.kind == "number" and not narrow.names and _are_two(first, second)
    return bool(narrow.own or narrow.home) or alone


def homes_differ(first: Claim, second: Claim) -> bool:
    """True when each claim is about the place it was made at, and those are two."""
    if _levels_differ(first, second):
        return True
    if first.level or not first.home or not second.home:
        return False
    if first.home <= second.home or second.home <= first.home:
        return False
    if _tells(first.home, second) or _tells(second.home, first):
        return False
    return not any(is_told_by(name, second.names) for name in first.names)
