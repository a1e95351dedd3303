"""One clause made ready for the readers: its values, words, periods and cues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from services.contradictions.claims import Days
from services.contradictions.clause_values import blank, counted_in, days_of, qualifies, stated_in
from services.contradictions.cues import Cues, holidays_in, level_of, own_of, read_cues, says_whose
from services.contradictions.openings import opening_end
from services.language import (
    Clause,
    Period,
    Quantity,
    Sentence,
    Word,
    concept,
    find_periods,
    find_words,
    is_chinese,
)

# A word of this weight says what a clause is about.
_SAYS = 0.6
# A word of this weight names it: beside a date a verb alone ("8月开工") names nothing.
_NAMES = 1.0


@dataclass(frozen=True, slots=True)
class _Share:
    """What a clause has of its sentence: words (topic clauses before it included), periods."""

    words: tuple[Word, ...]
    periods: tuple[Period, ...]
    period: Days | None
    topic_start: int
    #: Where the clause begins that a dated clause without a subject has its words of; -1: none.
    taken_from: int = -1


class SentenceView:
    """One sentence made ready: values at once, words only when a reader asks for them."""

    def __init__(
        self,
        folded: str,
        sentence: Sentence,
        said_on: date | None,
        glossary: Mapping[str, str] | None,
    ) -> None:
        self.sentence, self.said_on = sentence, said_on
        self._folded, self._glossary = folded, glossary
        self._opening = opening_end(folded, sentence)
        found = find_periods(folded[: sentence.end], said_on)
        self.periods = [period for period in found if period.start >= sentence.start]
        self._taken = [(period.start, period.end) for period in self.periods]
        counted = counted_in(folded, sentence, self._taken)
        #: Bounds that pick out whom the sentence is about: 八十岁以上的老人.
        self.qualifiers = [quantity for quantity in counted if qualifies(folded, quantity)]
        self.quantities = [quantity for quantity in counted if quantity not in self.qualifiers]
        self.blanked = blank(folded, [*self._taken, (sentence.start, self._opening)])
        self.clauses = [clause for clause in sentence.clauses if clause.end > self._opening]

    def start_of(self, index: int) -> int:
        """Where the clause begins, the opening of its sentence left out."""
        return max(self.clauses[index].start, self._opening)

    def quantities_of(self, index: int) -> tuple[Quantity, ...]:
        """The quantities of a clause."""
        clause = self.clauses[index]
        return tuple(q for q in self.quantities if clause.start <= q.start < clause.end)

    @cached_property
    def words(self) -> list[Word]:
        """The content words of the sentence."""
        numbers = (*self.quantities, *self.qualifiers)
        # The 比 of "比去年" would make a word with what stands before it.
        times = [
            (start - (self._folded[start - 1 : start] == "比"), end) for start, end in self._taken
        ]
        spans = [*times, *((q.lead, q.end) for q in numbers)]
        end = self.sentence.end
        return find_words(self._folded, self._opening, end, taken=spans, glossary=self._glossary)

    @cached_property
    def scope(self) -> frozenset[str]:
        """The keys of its words of weight."""
        return frozenset(word.key for word in self.words if word.weight >= 0.6)

    @cached_property
    def shares(self) -> list[_Share]:
        """The words and periods of each clause, in order."""
        stated = stated_in(self._folded, self.periods)
        topic: list[Word] = []
        topic_start = -1
        waiting: list[Period] = []
        last: Days | None = None
        previous: list[Word] = []
        said_at = -1
        out = []
        for index, clause in enumerate(self.clauses):
            own = [word for word in self.words if clause.start <= word.start < clause.end]
            mine = self.quantities_of(index)
            dates = waiting + [p for p in stated if clause.start <= p.start < clause.end]
            waiting = [] if own or mine else dates
            # "From May to August" tells of its own clause only.
            named = [period for period in dates if period.grain != "range"]
            last = days_of(named[0]) if named else last
            source = -1
            if mine and previous and self._says_nothing(index, own, _SAYS):
                # "民宿有一百四十家，住满了一百二十家": the subject stays.
                own = [*previous, *own]
            elif (
                previous
                and self._is_dated(clause, stated)
                and self._says_nothing(index, own, _NAMES)
            ):
                # "路要拓宽，8月开工": so it does, and what was planned is planned.
                own, source = [*previous, *own], said_at
            else:
                said_at = self.start_of(index) if own else said_at
            previous = own or previous
            first = topic_start if topic else -1
            out.append(_Share((*topic, *own), tuple(dates), last, first, source))
            topic_start = topic_start if topic else self.start_of(index)
            topic = [*topic, *own] if _is_topic([*topic, *own], mine) else []
        return out

    def _is_dated(self, clause: Clause, stated: Sequence[Period]) -> bool:
        text = self._folded[clause.start : clause.end]
        return is_chinese(text) and any(clause.start <= p.start < clause.end for p in stated)

    def _says_nothing(self, index: int, own: Sequence[Word], least: float) -> bool:
        """True when a clause has no word of that weight, and is not about each of several."""
        text = self._folded[self.start_of(index) : self.clauses[index].end]
        return "每" not in text and not any(word.weight >= least for word in own)


class ClauseView:
    """A clause `[start, end)` of the folded text with everything a reader looks at.

    `words` are the clause's own and those of topic clauses before it; `scope` of the sentence.
    """

    def __init__(self, whole: SentenceView, index: int) -> None:
        self._whole, self._index = whole, index
        self.folded, self.sentence, self.said_on = whole.blanked, whole.sentence, whole.said_on
        self.start, self.end = whole.start_of(index), whole.clauses[index].end
        self.quantities = whole.quantities_of(index)
        #: The clause with dates and openings blanked; offsets count from `start`.
        self.text = self.folded[self.start : self.end]
        self.is_chinese = is_chinese(self.text)
        self.is_dated = bool(whole.periods)

    @property
    def words(self) -> tuple[Word, ...]:
        """Its words, those of its topic clauses first."""
        return self._whole.shares[self._index].words

    @property
    def scope(self) -> frozenset[str]:
        """The keys of the whole sentence."""
        return self._whole.scope

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods named in the clause."""
        return self._whole.shares[self._index].periods if self.is_dated else ()

    @property
    def period(self) -> Days | None:
        """The period in force: the clause's own, else the last one named before it."""
        return self._whole.shares[self._index].period if self.is_dated else None

    @cached_property
    def cues(self) -> Cues:
        """Modality and scope words."""
        topic_start = self._whole.shares[self._index].topic_start
        ahead = self.folded[topic_start : self.start] if topic_start >= 0 else ""
        before = self.folded[self.sentence.start : self.start]
        cues = read_cues(self.text, before, ahead, self.sentence)
        source = self._whole.shares[self._index].taken_from
        if source >= 0 and cues.modality == "stated":
            mood = read_cues(self.folded[source : self.start], "", "", self.sentence)
            cues = replace(cues, modality=mood.modality, planned=mood.planned)
        if not self.quantities and not self._whole.qualifiers:
            return cues
        # What is counted (二十六班) names no part, whatever else that word may name.
        counted = {self.folded[one.start : one.end] for one in self.quantities}
        picked = self._picked(topic_start if topic_start >= 0 else self.start)
        picked |= holidays_in(before + self.text) if self.quantities else frozenset()
        picked |= _shares_in(self.text) if self.quantities else frozenset()
        parts = (cues.parts - counted) | picked
        return cues if parts == cues.parts else replace(cues, parts=parts)

    @cached_property
    def whose(self) -> tuple[str, str]:
        """How wide the clause says to be, or the sentence before it; and whose it is."""
        ahead = self.folded[self.sentence.start : self.end]
        if not says_whose(ahead):
            return "", ""
        topic = self._whole.shares[self._index].topic_start
        said = self.folded[topic if topic >= 0 else self.start : self.end]
        own = own_of(said)
        return level_of(said) or ("" if own else level_of(ahead)), own

    def _picked(self, start: int) -> frozenset[str]:
        """The bounds that pick out a part, in base units."""
        return frozenset(
            f"{one.low:g}..{one.high:g} {one.dimension}"
            for one in self._whole.qualifiers
            if start <= one.start < self.end
        )


_EACH = re.compile(
    r"每一?([户人亩家村台头吨栋间班组校厂店車车])|([户人亩村])均(?![为衡匀价])"
    r"|\b(?:per|each|every) (household|family|person|head|capita|hectare|acre|village|unit|farm)\b"
    r"|\b(apiece)\b",
    re.IGNORECASE,
)


def _shares_in(text: str) -> frozenset[str]:
    """Of what the number is a share: so much for each household is no sum of all."""
    return frozenset(
        f"each {concept(match[match.lastindex or 0])}" for match in _EACH.finditer(text)
    )


def _is_topic(words: list[Word], quantities: Sequence[Quantity]) -> bool:
    return not quantities and 0 < len(words) <= 4


def view_clauses(
    folded: str, sentence: Sentence, said_on: date | None, glossary: Mapping[str, str] | None
) -> Iterator[ClauseView]:
    """The clauses of one sentence, in order."""
    whole = SentenceView(folded, sentence, said_on, glossary)
    for index in range(len(whole.clauses)):
        yield ClauseView(whole, index)


__all__ = ["Clause", "ClauseView", "Cues", "SentenceView", "view_clauses"]
