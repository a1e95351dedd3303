"""Where and when a photo was taken, from its EXIF (CIPA DC-008); damaged values count as absent."""

import re
from typing import Any, NamedTuple

from PIL.ExifTags import GPS, IFD, Base
from PIL.Image import Exif

_MOMENT = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"[+-]\d\d:\d\d")


class Place(NamedTuple):
    """Degrees, WGS 84."""

    lat: float
    lon: float


def read_place(exif: Exif) -> Place | None:
    """The camera's position; None when there is none, or none on this earth."""
    gps = exif.get_ifd(IFD.GPSInfo)
    try:
        lat = _degrees(gps[GPS.GPSLatitude], gps.get(GPS.GPSLatitudeRef, "N") in ("S", b"S"))
        lon = _degrees(gps[GPS.GPSLongitude], gps.get(GPS.GPSLongitudeRef, "E") in ("W", b"W"))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    # A receiver without a fix writes zeros; nobody works at that point of the ocean.
    is_real = abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0.0, 0.0)
    return Place(round(lat, 7), round(lon, 7)) if is_real else None


def read_moment(exif: Exif) -> tuple[str, str | None] | None:
    """ISO time of exposure and its offset if the camera wrote one; None when unknown."""
    inner = exif.get_ifd(IFD.Exif)
    for holder, key in ((inner, Base.DateTimeOriginal), (inner, Base.DateTimeDigitized)):
        found = _MOMENT.match(str(holder.get(key, "")))
        if found is not None:
            year, month, day, hour, minute, second = found.groups()
            return f"{year}-{month}-{day}T{hour}:{minute}:{second}", _offset(inner)
    return None


def _offset(inner: dict[int, Any]) -> str | None:
    text = str(inner.get(Base.OffsetTimeOriginal, "")).strip("\0 ")
    return text if _OFFSET.fullmatch(text) else None


def _degrees(parts: Any, is_negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if value != value:
        raise ValueError("not a number")
    return -value if is_negative else value
