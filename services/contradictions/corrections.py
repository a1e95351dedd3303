"""Self-correction: what a speaker takes back is no claim any longer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from services.contradictions.claims import Claim, NumberValue
from services.language import dimensions_agree, lexicon, pattern

CORRECTS = "corrects"


@cache
def _cues() -> re.Pattern[str]:
    table = lexicon("cues")["correction"]
    return pattern([*table["zh"], *table["en"]])


def _alike(first: Claim, second: Claim) -> bool:
    """True when both are values of one kind that could stand for each other."""
    one, two = first.value, second.value
    if isinstance(one, NumberValue) and isinstance(two, NumberValue):
        return dimensions_agree(one.dimension, two.dimension)
    return first.kind == second.kind


def _taken_over(old: Claim, new: Claim) -> Claim:
    """The new value with the subject of the one it replaces."""
    return replace(
        new,
        subject={**old.subject, **new.subject},
        names=old.names | new.names,
        period=new.period or old.period,
        parts=new.parts or old.parts,
        vague=old.vague,
    )


def drop_corrected(folded: str, claims: list[Claim]) -> list[Claim]:
    """Claims of one statement without those taken back in it; later ones carry the mark."""
    match = _cues().search(folded)
    if match is None:
        return claims
    old = [claim for claim in claims if claim.end <= match.start()]
    new = [claim for claim in claims if claim.start >= match.end()]
    rest = [claim for claim in claims if claim not in old and claim not in new]
    kept = [claim for claim in old if not any(_alike(claim, other) for other in new)]
    for claim in new:
        # What a correction replaces is the last thing said of its kind.
        replaced = next((one for one in reversed(old) if _alike(one, claim)), None)
        final = _taken_over(replaced, claim) if replaced else claim
        rest.append(replace(final, extra={**claim.extra, CORRECTS: "1"}))
    return sorted(kept + rest, key=lambda claim: claim.start)


def is_correction(first: Claim, second: Claim) -> bool:
    """True when the later claim is the speaker's own correction of the earlier."""
    return CORRECTS in second.extra and first.speaker == second.speaker


def places_of(claims: Iterable[Claim]) -> set[tuple[str, int, str]]:
    """What names a claim inside a trip."""
    return {(claim.statement, claim.start, claim.kind) for claim in claims}
