"""Numbers: what is counted or measured, and whether the number is a level or a change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from math import isinf

from services.contradictions.claims import Claim, NumberValue
from services.contradictions.clause_view import ClauseView
from services.contradictions.readers.drafts import draft
from services.language import (
    Finder,
    Quantity,
    Word,
    alternation,
    concept,
    find_words,
    is_chinese,
    lexicon,
    tag,
    unit_after,
)

_LEVEL = re.compile(r"(?:到|至|为|成|to|at)\s?(?:了|约)?\s?[$¥€£]?$", re.IGNORECASE)
_IRREGULAR = frozenset(
    {
        "people",
        "children",
        "men",
        "women",
        "persons",
        "staff",
        "cattle",
        "sheep",
        "fish",
        "police",
        "livestock",
        "poultry",
        "personnel",
    }
)
_STOPS = re.compile(r"[,.;:!?()\"]")


@cache
def directions() -> dict[str, Finder]:
    """Patterns of rising, falling and staying level."""
    table = lexicon("states")["trend"]
    # "比去年高": the year is blanked when a clause is read.
    than = r"比(?:\0+|以前|过去|往年|上次|从前|原来)(?:还|又|也|要|略|稍|更|都)*"
    end = r"(?=[\s，。,；;！!]|$|了|些|一些|一点|不少|很多|得多|许多|太多)"
    compared = {"up": rf"{than}[高多大快好强长]{end}", "down": rf"{than}[低少小慢差弱短]{end}"}
    return {
        name: Finder([*rows["zh"], *rows["en"]], zh=compared.get(name, ""))
        for name, rows in table.items()
    }


@cache
def _any_direction() -> Finder:
    return Finder.of_all(directions().values())


def direction_of(text: str) -> str:
    """up, down, flat, or empty when the text names none or several."""
    if not text or not _any_direction().search(text):
        return ""
    found = [name for name, pattern in directions().items() if pattern.search(text)]
    return found[0] if len(found) == 1 else ""


def _thing_english(view: ClauseView, at: int) -> tuple[tuple[str, ...], int]:
    """The noun phrase after a number: keys of its words, and where its head ends."""
    tail = view.folded[at : view.end]
    keys: list[str] = []
    for match in re.finditer(r"\s*-?([A-Za-z][\w'-]*)|\s*(\S)", tail):
        word = match[1]
        if word is None or len(keys) == 4 or (word[0].isupper() and keys):
            break
        if not find_words("x " + word, 0, len(word) + 2) and word.lower() not in _IRREGULAR:
            break
        keys.append(concept(word))
        if word.lower() in _IRREGULAR or (word.endswith("s") and not word.endswith(("ss", "us"))):
            return tuple(keys), at + match.end()
    return (), at


def _is_noun(view: ClauseView, word: Word) -> bool:
    return word.weight >= 0.6 and tag(view.folded[word.start : word.end]).startswith("n")


def _thing_chinese(view: ClauseView, at: int) -> tuple[str, ...]:
    """The noun right after the unit: 42户社员 -> 社员."""
    skip = 1 if view.folded[at : at + 1] == "的" else 0
    for word in view.words:
        if word.start == at + skip and (word.weight >= 1.0 or _is_noun(view, word)):
            return (word.key,)
    return ()


def _refined(view: ClauseView, quantity: Quantity) -> tuple[Quantity, tuple[str, ...]]:
    """The quantity with its unit and the things it counts."""
    if not quantity.dimension.startswith("count"):
        return quantity, _measured(view, quantity)
    if quantity.dimension == "count" and _is_money(view, quantity):
        return replace(quantity, dimension="money:CNY", base="CNY", unit="元"), ()
    if is_chinese(view.folded[quantity.end : quantity.end + 2].strip("\0 的")):
        return quantity, _thing_chinese(view, quantity.end)
    things, end = _thing_english(view, quantity.end)
    if things:
        head = view.folded[quantity.end : end].split()[-1]
        unit = unit_after(head, 0)
        if unit and unit[0].dimension.startswith("count:"):
            return replace(quantity, dimension=unit[0].dimension, base=unit[0].base), things
    return quantity, things


_OF = re.compile(r"\s+of\s+(?:(?:the|our|their|its|fresh|raw|dried|frozen)\s+)?([a-z][\w-]+)")
_MATTER = frozenset({"mass", "volume", "area"})
_CLOSES = re.compile(r"[多余来几]?(?:$|[，。,；;！!、\0])")


def _measured(view: ClauseView, quantity: Quantity) -> tuple[str, ...]:
    """What a mass, a volume or an area is of: 12吨鳕鱼, 12 tonnes of cod."""
    if quantity.dimension not in _MATTER:
        return ()
    match = _OF.match(view.folded, quantity.end, view.end)
    if match:
        return (concept(match[1]),)
    return _thing_chinese(view, quantity.end) if view.is_chinese else ()


@cache
def _money() -> re.Pattern[str]:
    words = alternation(lexicon("numbers")["money"]["before"])
    return re.compile(words + r"(?:[\u4e00-\u9fff\0]{0,9})$")


def _is_money(view: ClauseView, quantity: Quantity) -> bool:
    """A large plain number that closes its clause behind a word of money: 补贴一万二."""
    if quantity.written < 100 or not _CLOSES.match(view.folded, quantity.end):
        return False
    return bool(_money().search(view.folded[view.start : quantity.start]))


# "Ninety more than last year" is no level.
_MORE_THAN = re.compile(
    r"\s+(?:[a-z]+\s+)?(more|fewer|less|higher|lower|longer|shorter|up|down)\s+(?:than|on)\b",
    re.IGNORECASE,
)
_FEWER = frozenset({"fewer", "less", "lower", "shorter", "down"})


def _direction(view: ClauseView, quantity: Quantity) -> str:
    before = view.folded[view.start : quantity.start]
    if _LEVEL.search(before):
        return ""
    more = _MORE_THAN.match(view.folded, quantity.end, view.end)
    if more:
        return "down" if more[1].lower() in _FEWER else "up"
    return direction_of(before) or direction_of(view.folded[quantity.end : view.end][:24])


def _bare(quantity: Quantity, things: tuple[str, ...], written: str) -> bool:
    """A plain small number of nothing in particular says too little."""
    if quantity.dimension != "count" or abs(quantity.written) >= 10:
        return False
    return not things or (quantity.worded and is_chinese(written))


def _bound(value: float) -> float | None:
    return None if isinf(value) else value


_SUCH = re.compile(
    r"[^,.;]{2,60}?\b(?:have|has|had|suffer|suffers|need|needs|lack|lacks|want|wants)\s+(?!been\b|to\b|\d)[a-z]",
    re.IGNORECASE,
)
_NO_SUBJECT = re.compile(
    r"[\s\0]*(?:about|some|only|at least|over|nearly|the|all|another)?\s*$", re.I
)


def _of_such(view: ClauseView, claim: Claim) -> Claim:
    """ "Nine residents have dementia" counts those who have it, not the residents."""
    if view.is_chinese or not _NO_SUBJECT.fullmatch(view.folded, view.start, claim.start):
        return claim
    if not _SUCH.match(view.folded, claim.end, view.end):
        return claim
    return replace(claim, parts=claim.parts | {"such"})


def _affirmed(claim: Claim) -> Claim:
    """ "Nobody waits longer than ten minutes" affirms a bound: at most ten."""
    value = claim.value
    turned = {"above": "upto", "below": "from"}
    if not claim.negated or not isinstance(value, NumberValue) or value.hedge not in turned:
        return claim
    other = replace(value, hedge=turned[value.hedge], low=value.high, high=value.low)
    return replace(claim, value=other, negated=False)


# "清明那三天", "头两年": when it was, not how long it took.
_WHEN = re.compile("(?:[那这头前后]|清明|端午|中秋|国庆|五一|元旦|春节|小长假|假期)$")


def _is_when(view: ClauseView, quantity: Quantity) -> bool:
    return quantity.dimension == "duration" and bool(
        _WHEN.search(view.folded[view.start : quantity.start])
    )


def read_numbers(view: ClauseView) -> Iterator[Claim]:
    """One claim per quantity of the clause; the old value of "from A to B" is left out."""
    for found in view.quantities:
        quantity, things = _refined(view, found)
        if (
            quantity.origin
            or _is_when(view, found)
            or _bare(quantity, things, view.folded[found.start : found.end])
        ):
            continue
        value = NumberValue(
            _bound(quantity.low),
            _bound(quantity.high),
            quantity.dimension,
            quantity.base,
            quantity.unit,
            quantity.written,
            quantity.ulp,
            quantity.hedge,
            quantity.worded,
            things,
            _direction(view, quantity),
        )
        claim = draft(view, "number", value, span=(found.start, found.end))
        yield _affirmed(_of_such(view, claim))
