"""A folder with an ONNX model of natural language inference as Adjudicator; nothing leaves here.

The folder holds model.onnx, tokenizer.json and config.json with `id2label`, as exporters write it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

from services.adjudication.port import (
    AdjudicationError,
    AdjudicatorStatus,
    Candidate,
    Opinion,
    Side,
)

FILES = ("model.onnx", "tokenizer.json", "config.json")
_INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
_LONGEST = 512


class _Unfit(Exception):
    """The folder cannot be used; the message says why."""


@dataclass(frozen=True)
class _Model:
    """A loaded folder; `contradiction` is the place of that label among `labels` of them."""

    session: ort.InferenceSession
    tokenizer: Tokenizer
    contradiction: int
    labels: int


class NliAdjudicator:
    """Each account is premise once: a model that sees a contradiction one way only, sees one."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self.name = f"nli:{folder.name}"
        self._folder = folder
        self._threads = threads
        self._model: _Model | None = None

    def status(self) -> AdjudicatorStatus:
        missing = [name for name in FILES if not (self._folder / name).is_file()]
        if missing:
            return AdjudicatorStatus("incomplete", f"{self._folder} lacks {', '.join(missing)}.")
        try:
            self._loaded()
        except _Unfit as why:
            return AdjudicatorStatus("incompatible", f"{self._folder}: {why}")
        return AdjudicatorStatus("ready")

    def judge(self, candidate: Candidate) -> Opinion:
        status = self.status()
        if not status.ready:
            raise AdjudicationError(status.hint)
        model = self._loaded()
        one, two = candidate.first, candidate.second
        share = max(_contradicts(model, one, two), _contradicts(model, two, one))
        if share >= 0.5:
            return Opinion("confirmed", share)
        return Opinion("downgraded", 1.0 - share)

    def close(self) -> None:
        self._model = None

    def _loaded(self) -> _Model:
        if self._model is None:
            self._model = _load(self._folder, self._threads)
        return self._model


def _load(folder: Path, threads: int) -> _Model:
    labels, longest = _config(folder / "config.json")
    named = [at for at, label in labels.items() if label.lower().startswith("contradict")]
    if len(named) != 1:
        raise _Unfit("id2label in config.json names no contradiction, or several.")
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = ort.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # both libraries raise bare exceptions of their own
        raise _Unfit(f"{type(error).__name__} while loading the model or its tokenizer.") from None
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=longest)
    model = _Model(session, tokenizer, named[0], len(labels))
    _check(model)
    return model


def _config(file: Path) -> tuple[dict[int, str], int]:
    """The labels by their place, and how many tokens the model can read."""
    try:
        found = json.loads(file.read_text("utf-8"))
        labels = {int(at): str(label) for at, label in found["id2label"].items()}
        longest = min(_LONGEST, int(found.get("max_position_embeddings") or _LONGEST))
    except (ValueError, LookupError, TypeError, AttributeError):
        raise _Unfit("config.json has no readable id2label.") from None
    if sorted(labels) != list(range(len(labels))):
        raise _Unfit("id2label in config.json does not count from 0.")
    return labels, longest


def _check(model: _Model) -> None:
    """Whether the model takes what a tokenizer gives, and answers one number per label."""
    names = {given.name for given in model.session.get_inputs()}
    if "input_ids" not in names or not names <= _INPUTS:
        raise _Unfit(f"the model wants {', '.join(sorted(names))}.")
    try:
        _contradicts(model, Side("1"), Side("2"))
    except AdjudicationError as error:
        raise _Unfit(str(error)) from None


def _contradicts(model: _Model, premise: Side, hypothesis: Side) -> float:
    """The model's probability (0 to 1) that the hypothesis contradicts the premise."""
    encoded = model.tokenizer.encode(premise.quote, hypothesis.quote)
    given: dict[str, Any] = {
        "input_ids": encoded.ids,
        "attention_mask": encoded.attention_mask,
        "token_type_ids": encoded.type_ids,
    }
    feed = {
        wanted.name: np.array([given[wanted.name]], dtype=np.int64)
        for wanted in model.session.get_inputs()
    }
    try:
        logits = np.asarray(model.session.run(None, feed)[0], dtype=np.float64)
    except Exception as error:  # onnxruntime's own exceptions share no class
        raise AdjudicationError(f"the model broke off: {type(error).__name__}.") from None
    if logits.shape != (1, model.labels) or not np.isfinite(logits).all():
        raise AdjudicationError("the model does not answer one number per label.")
    return float(_softmax(logits[0])[model.contradiction])


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())
