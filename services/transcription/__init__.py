"""Front door of transcription: recordings become segments that people can correct.

Decoding and engines are imported when the first job runs, so only the worker pays for them.
"""

from services.transcription.engine import EngineReport, report_engine
from services.transcription.errors import Unreadable
from services.transcription.events import TranscriptReady
from services.transcription.files import FileListener, file_listener
from services.transcription.following import follow_changes
from services.transcription.handler import transcribe_handler
from services.transcription.heard import Heard
from services.transcription.models import Segment, SegmentFields, Transcript, TranscriptFields
from services.transcription.recordings import transcript_id
from services.transcription.service import (
    TRANSCRIBE,
    queue_stored,
    stop_transcription,
    transcribe_again,
)

__all__ = [
    "TRANSCRIBE",
    "EngineReport",
    "FileListener",
    "Heard",
    "Segment",
    "SegmentFields",
    "Transcript",
    "TranscriptFields",
    "TranscriptReady",
    "Unreadable",
    "file_listener",
    "follow_changes",
    "queue_stored",
    "report_engine",
    "stop_transcription",
    "transcribe_again",
    "transcribe_handler",
    "transcript_id",
]
