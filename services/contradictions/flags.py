"""One flag as it is written: its id, both accounts with their spans, and how they differ."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from services.contradictions.claims import Claim
from services.contradictions.classes import REAL, Class
from services.contradictions.consequences import consequence
from services.contradictions.judging import Finding
from services.contradictions.reasons import reason
from services.contradictions.sources import Source, strictest
from services.contradictions.values_shown import normalised_value
from services.kernel.ids import derive_id

# exp(-0.51): from there down to the -0.8 of unreliable text Whisper's words are in doubt.
DOUBTED = 0.6


@dataclass(frozen=True)
class Flag:
    """A finding with the two records it stands on, the earlier-said first."""

    finding: Finding
    a: Source
    b: Source

    @cached_property
    def id(self) -> str:
        """The same two values of the same subject give the same id, wherever they stand."""
        sides = sorted(
            f"{source.key} {_identity(claim)}"
            for source, claim in ((self.a, self.finding.first), (self.b, self.finding.second))
        )
        return derive_id("contradiction", self.finding.kind, *sides)

    @property
    def difference(self) -> Class:
        """How the accounts differ; what was heard poorly may have been said otherwise."""
        cls = self.finding.cls
        return "doubtful" if cls == "differ" and self._heard < DOUBTED else cls

    @property
    def confidence(self) -> float:
        """That of the finding, times the probability that the words were heard right."""
        return round(self.finding.confidence * self._heard, 3)

    @property
    def _heard(self) -> float:
        return min(1.0 if side.heard is None else side.heard for side in (self.a, self.b))

    @property
    def is_real(self) -> bool:
        """False where another scope or time explains the difference: nothing to rule on."""
        return self.finding.cls in REAL


def _identity(claim: Claim) -> str:
    value = sorted((name, str(item)) for name, item in asdict(claim.value).items())
    return f"{value} {sorted(claim.subject)}"


def quote_of(source: Source, claim: Claim) -> str:
    return source.text[claim.quote_start : claim.quote_end]


def _account(source: Source, claim: Claim) -> dict[str, Any]:
    account = {
        "entity": source.entity,
        "record": source.record,
        "field": source.field,
        "quote": quote_of(source, claim),
        "start": claim.quote_start,
        "end": claim.quote_end,
        "value": source.text[claim.start : claim.end],
        "normalised": normalised_value(claim),
    }
    more = {"speaker": source.speaker, "media": source.media, "at_ms": source.at_ms}
    return account | {name: value for name, value in more.items() if value is not None}


def fields_of(flag: Flag) -> dict[str, Any]:
    """The fields of the record; an explained difference is told, but stands as no flag."""
    a, b = _account(flag.a, flag.finding.first), _account(flag.b, flag.finding.second)
    read = a["value"], b["value"]
    who = flag.a.speaker_name, flag.b.speaker_name
    return {
        "kind": flag.finding.kind,
        "difference": flag.difference,
        "consequence": consequence(flag.finding),
        "a": a,
        "b": b,
        "reason": {lang: reason(flag.finding, read, lang, who) for lang in ("zh", "en")},
        "rule": flag.finding.rule,
        "confidence": flag.confidence,
        "state": "open" if flag.is_real else "withdrawn",
        "sensitivity": strictest([flag.a.sensitivity, flag.b.sensitivity]),
    }
