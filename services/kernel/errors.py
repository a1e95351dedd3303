"""The one tree of errors; api/problems.py maps it once to problem+json.

SuixingError
├── Invalid 400/422     what was sent cannot be used
├── Unauthenticated 401 nobody is signed in
├── Forbidden 403       signed in, but not allowed
├── NotFound 404        not there, or not for you
├── Conflict 409        true now, may be false later
├── Gone 410            was there, is over
├── TooLarge 413        over a fixed limit
├── Mismatch 460        bytes do not have the announced checksum (tus)
├── Locked 423          somebody else is writing it
├── ClientTooOld 426    the app must be updated; it keeps its queue
├── TooMany 429         slow down
├── Busy 503            try again unchanged
└── Full 507            no room left; what is there stays

`code` is the client's translation key. `detail` never carries the text of a note.
"""

from typing import Any, ClassVar


class SuixingError(Exception):
    """Something the caller can act on; `extra` goes into the problem as members of its own."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, code: str, detail: str = "", **extra: Any) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.extra = extra


class Invalid(SuixingError):
    status = 422
    title = "This cannot be used as it is"


class Malformed(Invalid):
    status = 400
    title = "This is not a well-formed request"


class Unauthenticated(SuixingError):
    status = 401
    title = "Sign in first"


class Forbidden(SuixingError):
    status = 403
    title = "Not allowed"


class NotFound(SuixingError):
    status = 404
    title = "Not found"


class Conflict(SuixingError):
    status = 409
    title = "Not possible at this moment"


class Gone(SuixingError):
    status = 410
    title = "No longer available"


class TooLarge(SuixingError):
    status = 413
    title = "Too large"


class Locked(SuixingError):
    status = 423
    title = "In use"


class ClientTooOld(SuixingError):
    status = 426
    title = "Update the app first"


class TooMany(SuixingError):
    status = 429
    title = "Too many attempts"


class Mismatch(SuixingError):
    status = 460
    title = "The bytes are not what was announced"


class Busy(SuixingError):
    status = 503
    title = "Busy, try again"


class Full(SuixingError):
    status = 507
    title = "No room left"
