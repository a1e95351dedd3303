"""Second opinions behind one port: a server that speaks OpenAI's protocol, or a local NLI model.

This front door is light; `open_adjudicator` imports what it needs when called.
"""

from services.adjudication.opening import has_adjudicator, open_adjudicator
from services.adjudication.port import (
    AdjudicationError,
    Adjudicator,
    AdjudicatorState,
    AdjudicatorStatus,
    Candidate,
    Opinion,
    Side,
)

__all__ = [
    "AdjudicationError",
    "Adjudicator",
    "AdjudicatorState",
    "AdjudicatorStatus",
    "Candidate",
    "Opinion",
    "Side",
    "has_adjudicator",
    "open_adjudicator",
]
