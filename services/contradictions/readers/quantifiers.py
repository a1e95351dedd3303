"""All have it, or some of them lack it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from services.contradictions.claims import Claim, LabelValue
from services.contradictions.clause_view import ClauseView
from services.contradictions.readers.drafts import draft
from services.language import Finder, Quantity, lexicon


@cache
def _quantifiers() -> tuple[Finder, Finder]:
    table = lexicon("states")["quantifier"]
    everyone, lacking = ([*table[name]["zh"], *table[name]["en"]] for name in ("all", "lacking"))
    return Finder(everyone, zh=table["zh_pattern"]), Finder(lacking)


def _counts_things(view: ClauseView, quantity: Quantity) -> bool:
    """A number above nought with a unit, or in English with a noun; 996 alone counts nothing."""
    if not quantity.dimension.startswith("count") or quantity.high <= 0:
        return False
    return quantity.dimension != "count" or not view.is_chinese


def _counts_apart(view: ClauseView, every: re.Match[str]) -> bool:
    """True when the clause counts anything but what "all" is said of: "all nine branches"."""
    at = view.start + every.end()
    return any(not at <= q.start <= at + 1 for q in view.quantities)


_SOME = re.compile(
    r"(?:还有|仍有|有)(?:一)?(?:部分|些|小部分|大部分)|有的|少数|个别|有几[户家个名人]"
    r"|\b(?:some|several|a few|many|certain|a number of)\b",
    re.IGNORECASE,
)


def read_quantifier(view: ClauseView) -> Iterator[Claim]:
    """All have it, or some of them, a number or a part, lack it."""
    everyone, lacking = _quantifiers()
    lack, every = lacking.search(view.text), everyone.search(view.text)
    counted = [q for q in view.quantities if _counts_things(view, q)]
    some = _SOME.search(view.text)
    if lack and (counted or some or view.cues.parts) and not every:
        cue = span = (view.start + lack.start(), view.start + lack.end())
        if counted:
            span = counted[0].start, counted[0].end
        elif some:
            span = view.start + some.start(), view.start + some.end()
        yield draft(view, "quantifier", LabelValue("some_lack"), span=span, without=[cue])
    elif every and not lack and not _counts_apart(view, every) and not view.cues.negated:
        span = (view.start + every.start(), view.start + every.end())
        yield draft(view, "quantifier", LabelValue("all"), span=span)
