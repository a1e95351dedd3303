"""What can go wrong with bytes on their way in, beyond the common tree."""

from services.kernel.errors import SuixingError


class WrongVersion(SuixingError):
    """The client speaks another tus version than 1.0.0."""

    status = 412
    title = "Another tus version is needed"


class WrongContentType(SuixingError):
    """A body of bytes must say that it is one."""

    status = 415
    title = "Send the bytes as application/offset+octet-stream"


class RangeNotSatisfiable(SuixingError):
    """No byte of the asked range exists."""

    status = 416
    title = "No such range"


class Stalled(SuixingError):
    """No byte came for too long; what came is stored, so go on from the offset."""

    status = 408
    title = "The connection fell silent"
