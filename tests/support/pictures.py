"""Photos as phones make them, and files that only look like photos; all made on the spot."""

import struct
import zlib
from io import BytesIO

import pillow_heif
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

ORIENTATION = 0x0112
TURNED_RIGHT = 6


def picture(width: int = 800, height: int = 600) -> Image.Image:
    """Noise with a red field at the top left, so that a turn can be seen."""
    noise = Image.effect_noise((width, height), 40).convert("RGB")
    noise.paste((220, 20, 20), (0, 0, width // 4, height // 4))
    return noise


def camera_exif(*, orientation: int = 1, offset: str | None = None) -> Image.Exif:
    """30.26° N 120.15° E, 20 November 2026, 9:30 on the camera's clock."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[Base.Make] = "Suixing"
    gps = exif.get_ifd(IFD.GPSInfo)
    gps |= {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (30.0, 15.0, 36.0)}
    gps |= {GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (120.0, 9.0, 0.0)}
    exif.get_ifd(IFD.GPSInfo).update(gps)
    inner = exif.get_ifd(IFD.Exif)
    inner[Base.DateTimeOriginal] = "2026:11:20 09:30:00"
    if offset is not None:
        inner[Base.OffsetTimeOriginal] = offset
    return exif


def jpeg(image: Image.Image | None = None, exif: Image.Exif | None = None) -> bytes:
    return _encode(image or picture(), "JPEG", exif)


def heic(image: Image.Image | None = None, exif: Image.Exif | None = None) -> bytes:
    pillow_heif.register_heif_opener()
    return _encode(image or picture(), "HEIF", exif)


def png_of(width: int, height: int) -> bytes:
    """A black-and-white PNG of any size, small on disk and huge in memory."""
    rows = zlib.compressobj(9)
    row = bytes(width // 8 + 2)
    data = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND")


def open_picture(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def _encode(image: Image.Image, name: str, exif: Image.Exif | None) -> bytes:
    target = BytesIO()
    image.save(target, name, quality=90, **({} if exif is None else {"exif": exif.tobytes()}))
    return target.getvalue()


def _chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
