"""Front door of the room: media rows, the arrival of their bytes, and what is derived from them."""

from services.media import tus
from services.media.announced import Admitted, Kept
from services.media.arrivals import MediaBlob, Upload
from services.media.blobs import DERIVED, ORIGINALS, blob_key, derived_key, find_blob, hash_in_key
from services.media.custody import Custody, read_custody
from services.media.deriving import OBJECT_MISSING, derive_handler, recall_bytes
from services.media.errors import RangeNotSatisfiable, Stalled, WrongContentType, WrongVersion
from services.media.events import AudioStored, PhotoStored
from services.media.intake import Appending, Claimed, Intake, open_intake
from services.media.models import Mark, Media
from services.media.quotas import Usage, UserQuota, set_quota
from services.media.ranges import Span, matches, read_range
from services.media.receiving import Expectation, gather, receive
from services.media.rights import find_readable
from services.media.serving import (
    Served,
    retry_media,
    serve_content,
    serve_peaks,
    serve_playable,
    serve_thumbnail,
    size_of,
)
from services.media.staged_files import FileStaging
from services.media.staging import Staged, Staging
from services.media.storing import DERIVE, settle_changed
from services.media.sweeping import sweep, sweep_handler
from services.media.unsent import DeviceUnsent, UnsentReport, UnsentShown, report_unsent
from services.media.uploads import SWEEP
from services.media.whole import Whole

__all__ = [
    "DERIVE",
    "DERIVED",
    "OBJECT_MISSING",
    "ORIGINALS",
    "SWEEP",
    "Admitted",
    "Appending",
    "AudioStored",
    "Claimed",
    "Custody",
    "DeviceUnsent",
    "Expectation",
    "FileStaging",
    "Intake",
    "Kept",
    "Mark",
    "Media",
    "MediaBlob",
    "PhotoStored",
    "RangeNotSatisfiable",
    "Served",
    "Span",
    "Staged",
    "Staging",
    "Stalled",
    "UnsentReport",
    "UnsentShown",
    "Upload",
    "Usage",
    "UserQuota",
    "Whole",
    "WrongContentType",
    "WrongVersion",
    "blob_key",
    "derive_handler",
    "derived_key",
    "find_blob",
    "find_readable",
    "gather",
    "hash_in_key",
    "matches",
    "open_intake",
    "read_custody",
    "read_range",
    "recall_bytes",
    "receive",
    "report_unsent",
    "retry_media",
    "serve_content",
    "serve_peaks",
    "serve_playable",
    "serve_thumbnail",
    "set_quota",
    "settle_changed",
    "size_of",
    "sweep",
    "sweep_handler",
    "tus",
]
