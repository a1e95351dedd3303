"""The speech port: what an engine is asked for and what it answers.

An engine knows no files, no database, no blocks and no retries; services/transcription owns these.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pcm = NDArray[np.float32]
else:
    # The API imports this module too, and is 10 MB smaller without numpy.
    Pcm = Any

SAMPLE_RATE = 16_000
EngineState = Literal["ready", "no_model", "incompatible", "unreachable"]

# The engine's own temperatures: greedy first, then sampling when a window looks wrong.
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class EngineStatus:
    """Whether an engine can work now; `hint` is one English sentence that says the mend."""

    state: EngineState
    model: str = ""
    hint: str = ""

    @property
    def ready(self) -> bool:
        return self.state == "ready"


@dataclass(frozen=True)
class Span:
    """A stretch of speech between two pauses, in seconds of its block."""

    start: float
    end: float


@dataclass(frozen=True)
class Options:
    """How one block is to be heard.

    `spans`: only these are transcribed, each in a window of its own; empty = the whole block.
    `languages`: codes that may occur; one = given, several = chosen per span, none = detected.
    `vocabulary`: names of people, units and places, most important first.
    """

    spans: tuple[Span, ...] = ()
    languages: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    beam: int = 5
    temperatures: tuple[float, ...] = TEMPERATURES


@dataclass(frozen=True)
class Segment:
    """One stretch of text; times in seconds of its block.

    `log_probability` is the mean per token and `compression` the text's compression ratio; both
    are None where the engine does not tell.
    """

    start: float
    end: float
    text: str
    language: str
    log_probability: float | None = None
    compression: float | None = None


class SpeechError(Exception):
    """The engine could not do its work; the message never carries what was said."""


class NotReady(SpeechError):
    """Nothing is wrong with the sound: the engine lacks its model or cannot be reached."""

    def __init__(self, status: EngineStatus) -> None:
        super().__init__(status.hint or status.state)
        self.status = status


class Engine(Protocol):
    """One speech recogniser, used by one thread at a time."""

    name: str

    def status(self) -> EngineStatus:
        """Cheap enough to ask every few seconds; never loads a model."""
        ...

    def transcribe(self, pcm: Pcm, options: Options) -> Iterator[Segment]:
        """Hear one block (16 kHz mono, at most 10 minutes), lazily, in order of time.

        Closing the iterator cancels. Raises NotReady or SpeechError.
        """
        ...

    def close(self) -> None:
        """Give the memory back; the engine may be used again afterwards."""
        ...
