"""The adjudicator over flags that never were in a database: for `suixing contradictions`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from services.adjudication import AdjudicationError, Adjudicator, Candidate, Side
from services.contradictions.adjudicating import lowered, marked

Tell = Callable[[str], None]


def adjudicate_flags(
    rows: Iterable[Mapping[str, Any]],
    answers: Iterable[dict[str, Any]],
    adjudicator: Adjudicator,
    tell: Tell,
) -> Iterator[dict[str, Any]]:
    """The answers of `flag_statements` to `rows`, without the flags that were downgraded.

    A pair that was answered `contradiction` and is downgraded becomes `other`. What could not be
    judged stays as the rules said, and `tell` hears why.
    """
    pairs = {str(row["id"]): row for row in rows if "a" in row and "b" in row}
    for answer in answers:
        is_pair = "label" in answer
        if is_pair and answer["label"] != "contradiction":
            yield answer
            continue
        candidate = _of_pair(pairs[answer["id"]]) if is_pair else _of_flag(answer)
        try:
            opinion = adjudicator.judge(candidate)
        except AdjudicationError as error:
            tell(f"no opinion: {error}")
            yield answer
            continue
        if is_pair:
            yield answer if opinion.outcome == "confirmed" else answer | {"label": "other"}
        elif opinion.outcome == "confirmed":
            rule = marked(answer["rule"], opinion, adjudicator.name)
            yield answer | {"rule": rule, "score": lowered(answer["score"], opinion)}


def _of_flag(flag: Mapping[str, Any]) -> Candidate:
    first, second = (
        Side(flag[side]["quote"], flag[side]["value"]) for side in ("a_side", "b_side")
    )
    return Candidate(flag["kind"], first, second)


def _of_pair(row: Mapping[str, Any]) -> Candidate:
    return Candidate("", Side(str(row["a"])), Side(str(row["b"])))
