"""Pairs that people ruled on are not brought up again, not even when the recording is heard anew.

A pair that was dismissed stays silent for ever; one that was settled, as long as both say the same.
"""

from collections.abc import Iterable

from services.contradictions.claims import Claim
from services.contradictions.flags import Flag, quote_of
from services.contradictions.models import Account, Contradiction
from services.contradictions.sources import Source
from services.contradictions.standing import has_value, milliseconds_apart

# The same words, heard by another revision, begin at about the same moment.
_SAME_MOMENT_MS = 3000


def is_silenced(flag: Flag, ruled: Iterable[Contradiction]) -> bool:
    """True when people ruled on a flag of this kind between these two texts."""
    one, two = (flag.a, flag.finding.first), (flag.b, flag.finding.second)
    return any(
        row.kind == flag.finding.kind
        and any(
            _says(row, row.a, *first) and _says(row, row.b, *second)
            for first, second in ((one, two), (two, one))
        )
        for row in ruled
    )


def _says(row: Contradiction, account: Account, source: Source, claim: Claim) -> bool:
    """True when the account that was ruled on is this one."""
    dismissed = row.ruling is not None and row.ruling["verdict"] == "dismissed"
    if account["record"] != source.record:
        apart = milliseconds_apart(source, account)
        is_heard_anew = apart is not None and apart <= _SAME_MOMENT_MS
        return is_heard_anew and (dismissed or has_value((source, claim), account))
    if not dismissed:
        return has_value((source, claim), account)
    # In a paper only the very sentence that was dismissed stays silent.
    return not source.is_long or account["quote"] == quote_of(source, claim)
