"""A claim put together from a clause view: subject, scope and cues filled in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from services.contradictions.claims import Claim, Days, Kind, Value
from services.contradictions.clause_view import ClauseView
from services.contradictions.cues import EVER, denies
from services.language import Word, alternation, concept, lexicon

_LONG_QUOTE = 240


def quote_span(view: ClauseView) -> tuple[int, int]:
    """The sentence of the clause, or the clause alone where the sentence is long."""
    if view.sentence.end - view.sentence.start <= _LONG_QUOTE:
        return view.sentence.start, view.sentence.end
    return view.start, view.end


def subject_of(view: ClauseView, without: Iterable[tuple[int, int]] = ()) -> dict[str, float]:
    """Keys and weights of the words of a clause that lie outside the given stretches."""
    spans, own = list(without), _own_keys()
    subject: dict[str, float] = {}
    for word in view.words:
        if any(start < word.end and word.start < end for start, end in spans):
            continue
        weight = word.weight
        if word.key in own and _is_own(view, word):
            weight = _OWN_WEIGHT
        subject[word.key] = max(weight, subject.get(word.key, 0.0))
    return subject


_OWN_WEIGHT = 0.25


@cache
def _own_sorts() -> frozenset[str]:
    return frozenset(lexicon("places")["suffixes"]["own"])


@cache
def _own_keys() -> frozenset[str]:
    return frozenset(concept(word) for word in _own_sorts())


def _is_own(view: ClauseView, word: Word) -> bool:
    """True for the plant of 我们厂 and "our plant": it says no more than "we"."""
    said = view.folded[word.start : word.end].lower()
    if said not in _own_sorts():
        return False
    before = view.folded[max(view.sentence.start, word.start - 4) : word.start].lower()
    return before.endswith(("我们", "咱们", "咱", "我", "本", "our ", "my "))


def period_for(view: ClauseView, at: int) -> Days | None:
    """The period that holds for a value: the nearest before it, else the first of the clause."""
    before = [period for period in view.periods if period.start <= at]
    if not view.periods:
        return view.period
    period = before[-1] if before else view.periods[0]
    return Days(period.first, period.last, period.grain, period.edge)


_MEASURES = re.compile(
    "[座条张台辆间所家栋块片户位批段楼款项份种类支套届期头群对场门笔艘架艇届路层级只口]"
)


_DETERMINER = re.compile(r"[这那][个些]$|\b(?:this|that|these|those)$", re.IGNORECASE)


_TIMES = re.compile(
    r"\s*[这那](?:[几些两一二三四五六七八九十\d]+|一段)?(?:年|个月|天|段时间|阵子|段日子)"
)
_FILLERS = frozenset({"那个", "这个", "那", "这"})


@cache
def _pronoun() -> re.Pattern[str]:
    table = lexicon("cues")["pronouns"]
    return re.compile(r"[\s\0]*" + alternation([*table["zh"], *table["en"]]), re.IGNORECASE)


def _is_vague(view: ClauseView) -> bool:
    """True when a pronoun opens the clause, unless it belongs to a noun: 他们厂, 这座桥."""
    match = _pronoun().match(view.text)
    if match is None or _TIMES.match(view.text, match.start()):
        return False
    at = view.start + match.end()
    if view.folded[at : at + 1] == "\0":
        # "那个，去年", "这个 (去年)": a word to gain time before a date.
        return match.group().strip() not in _FILLERS
    if _DETERMINER.search(match.group()) and any(0 <= word.start - at <= 1 for word in view.words):
        return False
    if view.folded[at - 1] in "这那该此":
        named = any(
            word.start == at and (word.weight >= 0.6 or view.folded[at : word.end] in _own_sorts())
            for word in view.words
        )
        return not (named or _MEASURES.match(view.folded, at))
    owned = [word for word in view.words if word.start == at and word.end - at != 2]
    return not (owned and view.folded[at - 1] in "们他她家")


_EVER = re.compile(
    r"从来没|从没|从未|至今[还仍]?[没未]|一直还?[没未]|根本没|压根没"
    r"|\bnever\b|\bnot (?:once|ever)\b|n't ever\b",
    re.IGNORECASE,
)


def _more(view: ClauseView) -> dict[str, str]:
    return {EVER: "1"} if view.cues.negated and _EVER.search(view.text) else {}


_AGENT = re.compile(r"[\s\0]*(?:they|we|people|somebody|someone|he|she)\b", re.IGNORECASE)


def _acts_on(view: ClauseView, kind: Kind) -> bool:
    """True when the pronoun only acts: "they built the mill by the river" is about the mill."""
    return kind in {"place", "status", "date"} and bool(_AGENT.match(view.text))


def _is_denied(view: ClauseView, kind: Kind, at: int) -> bool:
    """A number is denied by what stands before it; other claims by their clause."""
    if kind != "number" or not view.cues.negated:
        return view.cues.negated
    return denies(view.folded[view.start : at])


def draft(
    view: ClauseView,
    kind: Kind,
    value: Value,
    *,
    span: tuple[int, int],
    without: Iterable[tuple[int, int]] = (),
) -> Claim:
    """A claim of the clause whose value stands at `span`; words in `without` are no subject."""
    start, end = quote_span(view)
    subject = subject_of(view, [span, *without])
    names = frozenset(word.key for word in view.words if word.name and word.key in subject)
    return Claim(
        kind=kind,
        value=value,
        start=span[0],
        end=span[1],
        quote_start=min(start, span[0]),
        quote_end=max(end, span[1]),
        subject=subject,
        names=names,
        scope=view.scope,
        period=period_for(view, span[0]),
        said_on=view.said_on,
        modality=view.cues.modality,
        planned=view.cues.planned,
        vague=_is_vague(view) and not _acts_on(view, kind),
        negated=_is_denied(view, kind, span[0]),
        parts=view.cues.parts,
        offices=view.cues.offices,
        level=view.whose[0],
        own=view.whose[1],
        extra=_more(view),
    )
