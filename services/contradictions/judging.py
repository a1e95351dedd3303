"""From two statements' claims to at most one flag per pair of clauses: align, veto, compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.contradictions.claims import OPEN_VERB, Claim, LabelValue, NumberValue
from services.contradictions.classes import REAL, Class, class_of, class_of_veto
from services.contradictions.comparing import Conflict, compare_values
from services.contradictions.corrections import is_correction
from services.contradictions.likeness import Likeness, likeness
from services.contradictions.vetoes import is_repeat, veto
from services.language import dimensions_agree

# Lowest shares of common subject words (the poorer side, the richer side) per kind of claim.
_LEAST = {
    "number": (0.5, 0.75),
    "date": (0.6, 0.8),
    "status": (0.5, 0.8),
    "polarity": (0.75, 0.85),
    "person": (0.6, 0.75),
    "place": (0.6, 0.8),
    "trend": (0.7, 0.8),
    "quantifier": (0.5, 0.75),
}
_LEAST_COMMON = 0.6
_LEAST_COMMON_VAGUE = 2.0  # "it", "they": the clause must say more by its other words
_LEAST_COMMON_OPEN = 1.0
_LEAST_COMMON_BARE = 1.0  # "B 10" and "B 11": a list, a score, anything
_CLOSER = 0.25  # of two numbers in a sentence the one meant must be nearer by so much
# Of several conflicts between two sentences the first kind in this order is shown.
_ORDER = (
    "trend",
    "date",
    "bound",
    "unit",
    "number",
    "person",
    "status",
    "quantifier",
    "place",
    "polarity",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Two claims that cannot both hold; `first` was said earlier."""

    first: Claim
    second: Claim
    kind: str
    rule: str
    confidence: float
    cls: Class = "differ"


def _alike(first: Claim, second: Claim) -> Likeness | None:
    """How alike two subjects are, where they may be one."""
    low, high = _LEAST[first.kind]
    alike = likeness(first, second, low)
    if alike and _meets(first, second, alike, high):
        return alike
    return likeness(first, second) if is_repeat(first, second) else None


def _counts_nothing(claim: Claim) -> bool:
    """True for a number without a unit or a thing."""
    value = claim.value
    return isinstance(value, NumberValue) and value.dimension == "count" and not value.things


def _meets(first: Claim, second: Claim, alike: Likeness, high: float) -> bool:
    if alike.high < high or alike.common < _LEAST_COMMON:
        return False
    if (first.vague or second.vague) and alike.common < _LEAST_COMMON_VAGUE:
        return False
    if _counts_nothing(first) and _counts_nothing(second) and alike.common < _LEAST_COMMON_BARE:
        return False
    about = first.value.about if isinstance(first.value, LabelValue) else ""
    return not about.startswith(OPEN_VERB) or alike.common >= _LEAST_COMMON_OPEN


def _may_compare(first: Claim, second: Claim) -> bool:
    """False for values that are told apart at a glance: other kinds, other dimensions."""
    if first.kind != second.kind:
        return False
    if first.kind != "number":
        return True
    one, two = first.value, second.value
    if isinstance(one, NumberValue) and isinstance(two, NumberValue):
        return dimensions_agree(one.dimension, two.dimension)
    return True


def judge(first: Claim, second: Claim, *, explained: bool = False) -> Finding | None:
    """The finding on two claims of one kind, or None when both may hold.

    With `explained` those that another period, part or place explains are findings too, of the
    classes changed and scope.
    """
    if not _may_compare(first, second):
        return None
    # Fewer pairs are of one subject than have other values, so the subject is asked first.
    alike = _alike(first, second)
    if alike is None or is_correction(first, second):
        return None
    conflict = compare_values(first, second)
    if conflict is None:
        return None
    reason = veto(first, second, alike)
    cls = class_of_veto(reason) if reason else class_of(conflict, first, second)
    if cls is None or (reason and not explained):
        return None
    sure = _confidence(conflict, first, second, alike)
    return Finding(first, second, conflict.kind, conflict.rule, sure, cls)


def is_taken_back(claim: Claim, later: Iterable[Claim]) -> bool:
    """True when the same speaker corrects the claim: nobody contradicts it any longer."""
    return any(
        is_correction(claim, other)
        and judge(claim, replace(other, extra={}), explained=True) is not None
        for other in later
    )


def _confidence(conflict: Conflict, first: Claim, second: Claim, alike: Likeness) -> float:
    silent = 0.95 if (first.period is None) != (second.period is None) else 1.0
    return round(conflict.sure * silent * (0.7 + 0.3 * alike.low), 3)


def _said_too(claim: Claim, others: Iterable[Claim]) -> bool:
    """True when the other statement gives this very value too: then it is not in dispute."""
    value = claim.value
    if not isinstance(value, NumberValue):
        return any(other.kind == claim.kind and other.value == value for other in others)
    return any(
        isinstance(other.value, NumberValue)
        and dimensions_agree(value.dimension, other.value.dimension)
        and (value.low, value.high) == (other.value.low, other.value.high)
        for other in others
    )


def _same_place(first: Claim, second: Claim, mine: list[Claim], theirs: list[Claim]) -> bool:
    """Of several numbers of one dimension in a sentence those of one subject meet.

    Where the subjects do not tell, as in a list, they are paired in their order.
    """
    if not isinstance(first.value, NumberValue) or not isinstance(second.value, NumberValue):
        return True
    left, right = _rivals(first, mine), _rivals(second, theirs)
    if len(left) == 1 and len(right) == 1:
        return True
    if first.ordinal == second.ordinal and len(left) == len(right):
        return True
    return _is_closest(first, second, left) and _is_closest(second, first, right)


def _is_closest(claim: Claim, other: Claim, rivals: list[Claim]) -> bool:
    """True when no rival of the claim is nearly as like the other claim."""
    near = _nearness(claim, other)
    return all(rival is claim or _nearness(rival, other) + _CLOSER <= near for rival in rivals)


def _nearness(claim: Claim, other: Claim) -> float:
    alike = likeness(claim, other)
    return alike.low + alike.high if alike else 0.0


def _rivals(claim: Claim, claims: list[Claim]) -> list[Claim]:
    value = claim.value
    return [
        other
        for other in claims
        if isinstance(value, NumberValue)
        and isinstance(other.value, NumberValue)
        and dimensions_agree(value.dimension, other.value.dimension)
        and (value.things == other.value.things or not (value.things and other.value.things))
        and other.parts == claim.parts
        and other.period == claim.period
        and other.value.direction == value.direction
        and (other.quote_start, other.quote_end) == (claim.quote_start, claim.quote_end)
    ]


def _in_dispute(mine: Claim, theirs: Claim, first: list[Claim], second: list[Claim]) -> bool:
    """True when neither value is given by the other side too, and both stand at one place."""
    if _said_too(mine, second) or _said_too(theirs, first):
        return False
    return _same_place(mine, theirs, first, second)


def _rank(finding: Finding) -> tuple[bool, int, float]:
    return finding.cls not in REAL, _ORDER.index(finding.kind), -finding.confidence


def judge_statements(
    first: list[Claim], second: list[Claim], *, explained: bool = False
) -> Iterator[Finding]:
    """Findings between two statements (`first` said earlier), at most one per pair of sentences.

    `explained` as in `judge`; a finding that nothing explains goes before one of those.
    """
    best: dict[tuple[int, int], Finding] = {}
    for mine in first:
        for theirs in second:
            finding = judge(mine, theirs, explained=explained)
            # Most pairs end here; who else says the same need not be asked for those.
            if finding is None or not _in_dispute(mine, theirs, first, second):
                continue
            key = (mine.quote_start, theirs.quote_start)
            if key not in best or _rank(finding) < _rank(best[key]):
                best[key] = finding
    yield from best.values()
