"""Front door of contradictions: claims read from notes, speech and papers, and where they differ.

`flag_statements` is the engine without a database; bootstrap wires `follow_sources` and the job.
"""

from services.contradictions.across import compare_trips
from services.contradictions.adjudicating import (
    ADJUDICATE,
    adjudicate_handler,
    queue_adjudication,
    queue_changed,
    queue_unjudged,
)
from services.contradictions.batch import flag_statements
from services.contradictions.classes import Class as Difference
from services.contradictions.consequences import GRAVEST
from services.contradictions.consequences import Consequence as Gravity
from services.contradictions.events import ContradictionFound
from services.contradictions.flags import Flag, fields_of
from services.contradictions.jobs import (
    READ_CLAIMS,
    follow_sources,
    queue_unread,
    run_read_claims,
)
from services.contradictions.models import (
    Account,
    Claim,
    ClaimCursor,
    ClaimTerm,
    Contradiction,
    ContradictionFields,
    ContradictionState,
    FlagPlace,
    Ruling,
    Verdict,
)
from services.contradictions.ruling import complete_ruling
from services.contradictions.second_opinions import adjudicate_flags
from services.contradictions.standing import follow_flags

__all__ = [
    "ADJUDICATE",
    "GRAVEST",
    "READ_CLAIMS",
    "Account",
    "Claim",
    "ClaimCursor",
    "ClaimTerm",
    "Contradiction",
    "ContradictionFields",
    "ContradictionFound",
    "ContradictionState",
    "Difference",
    "Flag",
    "FlagPlace",
    "Gravity",
    "Ruling",
    "Verdict",
    "adjudicate_flags",
    "adjudicate_handler",
    "compare_trips",
    "complete_ruling",
    "fields_of",
    "flag_statements",
    "follow_flags",
    "follow_sources",
    "queue_adjudication",
    "queue_changed",
    "queue_unjudged",
    "queue_unread",
    "run_read_claims",
]
