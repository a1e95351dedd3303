"""Hearing plain files, without a house around them; for the command line.

The libraries of sound are imported when the first file is opened.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from services.kernel.settings import Settings
from services.speech import open_ear, open_engine, speech_options
from services.transcription.heard import Step

if TYPE_CHECKING:
    from services.transcription.hearing import Listener


@dataclass(frozen=True)
class FileRun:
    """What comes out of one file: its length, and the steps of hearing it."""

    duration_ms: int
    steps: Iterator[Step]


@dataclass(frozen=True)
class FileListener:
    """Hears one file after the other with one engine."""

    listener: "Listener"

    @contextmanager
    def open(self, path: Path) -> Iterator[FileRun]:
        """Decode a file; raises Unreadable, and NotReady or SpeechError from its steps."""
        from services.transcription.decode import decode_to_pcm, open_pcm

        with TemporaryDirectory(prefix="suixing-") as folder:
            decoded = decode_to_pcm(path, Path(folder) / "sound.pcm")
            yield FileRun(decoded.duration_ms, self.listener.listen(open_pcm(decoded)))


@contextmanager
def file_listener(settings: Settings, languages: tuple[str, ...]) -> Iterator[FileListener]:
    """The engine of the settings, ready for files; gives its memory back at the end."""
    from services.transcription.hearing import Listener

    engine = open_engine(settings)
    options = speech_options(settings, languages=languages)
    try:
        yield FileListener(Listener(engine, open_ear(settings), options))
    finally:
        engine.close()
