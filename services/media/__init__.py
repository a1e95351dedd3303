"""Front door of the room: media rows, the arrival of their bytes, and what is derived from them."""

from services.media.arrivals import MediaBlob, Upload
from services.media.blobs import blob_key, find_blob
from services.media.events import AudioStored, PhotoStored
from services.media.intake import Intake, sweep_uploads
from services.media.models import Mark, Media
from services.media.receiving import Expectation, receive
from services.media.rights import find_readable
from services.media.staging import Staging
from services.media.storing import DERIVE, settle_changed
from services.media.uploads import SWEEP

__all__ = [
    "DERIVE",
    "SWEEP",
    "AudioStored",
    "Expectation",
    "Intake",
    "Mark",
    "Media",
    "MediaBlob",
    "PhotoStored",
    "Staging",
    "Upload",
    "blob_key",
    "find_blob",
    "find_readable",
    "receive",
    "settle_changed",
    "sweep_uploads",
]
