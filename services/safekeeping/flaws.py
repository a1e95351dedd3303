"""What the checker may find, and what to do about each: one line per kind."""

from dataclasses import dataclass

RESTORE = "restore it from a backup"
SEND_AGAIN = "the phone that made it may still have it: `suixing backup`, then see docs/backup.md"

MENDS = {
    "database_damaged": "stop the server and restore the newest backup",
    "reference_broken": RESTORE,
    "head_without_row": RESTORE,
    "row_without_head": RESTORE,
    "log_without_head": RESTORE,
    "log_missing": RESTORE,
    "row_differs": "read its history; write the right value anew, or " + RESTORE,
    "head_differs": RESTORE,
    "contest_unfounded": "settle the field on a phone: write it once more",
    "number_doubled": RESTORE,
    "number_missing": RESTORE,
    "number_beyond": RESTORE,
    "number_lost": RESTORE,
    "object_missing": SEND_AGAIN,
    "object_damaged": SEND_AGAIN,
    "object_unknown": "nothing refers to it; after a restore phones may still claim it: keep it",
    "derivative_unknown": "made by another version; it may be deleted",
    "stored_without_bytes": SEND_AGAIN,
    "bytes_unsaid": "retry its processing on the screen of the recording or photo",
    "bytes_without_media": RESTORE,
    "upload_unknown": "left over; the server removes it a day after its last byte",
    "upload_too_long": "the phone begins it again by itself; delete the upload if it does not",
    "job_without_media": "cancel the job on the screen of jobs",
    "segment_broken": "transcribe the recording again",
    "claim_broken": "write the text once more, so that it is read again",
    "term_without_claim": "write the text once more, so that it is read again",
    "flag_broken": "write one of the two texts once more, so that they are compared again",
}


@dataclass(frozen=True)
class Flaw:
    """One thing that should not be; `about` names records by id and never holds their text."""

    code: str
    about: str

    @property
    def mend(self) -> str:
        return MENDS[self.code]
