"""Pairs that people ruled on are not brought up again, not even when the recording is heard anew.

A pair that was dismissed stays silent for ever; one that was settled, as long as both say the same.
"""

from collections.abc import Iterable

from services.contradictions.claims import Claim
from services.contradictions.flags import Flag, quote_of
from services.contradictions.models import Account, Contradiction
from services.contradictions.sources import Source

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
    same_value = account["value"] == source.text[claim.start : claim.end]
    dismissed = row.ruling is not None and row.ruling["verdict"] == "dismissed"
    if account["record"] != source.record:
        return (same_value or dismissed) and _is_heard_anew(account, source)
    if not dismissed:
        return same_value
    # In a paper only the very sentence that was dismissed stays silent.
    return not source.is_long or account["quote"] == quote_of(source, claim)


def _is_heard_anew(account: Account, source: Source) -> bool:
    media, at = account.get("media"), account.get("at_ms")
    if media is None or media != source.media or at is None or source.at_ms is None:
        return False
    return abs(at - source.at_ms) <= _SAME_MOMENT_MS
