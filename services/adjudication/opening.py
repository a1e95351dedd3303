"""From settings to an adjudicator or to none; the only place that chooses one.

onnxruntime takes a second to import: only who asks a local model pays for it.
"""

from pathlib import Path

from services.adjudication.port import Adjudicator
from services.kernel.settings import Settings


def has_adjudicator(settings: Settings) -> bool:
    """Whether one is set; off by default."""
    return bool(settings.nli_model or settings.llm_url)


def open_adjudicator(settings: Settings) -> Adjudicator | None:
    """The one the settings name, nothing loaded yet; with both, the one that sends nothing away."""
    if settings.nli_model:
        from services.adjudication.nli import NliAdjudicator

        return NliAdjudicator(Path(settings.nli_model))
    if settings.llm_url:
        from services.adjudication.endpoint import Address, EndpointAdjudicator

        key = settings.llm_key.get_secret_value()
        address = Address(settings.llm_url, settings.llm_model, key, settings.llm_timeout_s)
        return EndpointAdjudicator(address)
    return None
