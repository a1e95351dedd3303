"""Which of the differences that another scope or time explains are worth telling: few."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from services.contradictions.judging import Finding
from services.contradictions.series import drop_series

# Every village has its number: more than two against one value are a table, no explanation.
MOST_VALUES = 2
MOST_OF_A_STATEMENT = 3

T = TypeVar("T")


def keep_few(flags: Iterable[T], finding_of: Callable[[T], Finding]) -> list[T]:
    """Those worth telling, the surest first: at most three of one statement, and no series."""
    worth = [flag for flag in flags if is_telling(finding_of(flag))]
    kept, told = [], Counter[str]()
    for flag in sorted(
        drop_series(worth, finding_of, MOST_VALUES), key=lambda flag: -finding_of(flag).confidence
    ):
        statements = {finding_of(flag).first.statement, finding_of(flag).second.statement}
        if all(told[name] < MOST_OF_A_STATEMENT for name in statements):
            told.update(statements)
            kept.append(flag)
    return kept


def is_telling(finding: Finding) -> bool:
    """True for a part against its whole, and for a stage that moved on between two stated dates.

    Figures of two years, and of two places, differ as a matter of course.
    """
    first, second = finding.first, finding.second
    if finding.cls == "changed":
        return finding.kind == "status" and first.period is not None and second.period is not None
    return first.parts != second.parts
