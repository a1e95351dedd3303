"""What bytes really are, by their first bytes, and whether that is what their mime type says."""

from dataclasses import dataclass

HEAD_BYTES = 4096


@dataclass(frozen=True)
class Format:
    """A family of containers that one reader opens, and the mime type to serve it as."""

    family: str
    mime: str
    kinds: frozenset[str]


_PICTURE = frozenset({"photo"})
_SOUND = frozenset({"audio"})
_FILM = frozenset({"audio", "video"})
_PAPER: frozenset[str] = frozenset()

_STARTS = (
    (b"\xff\xd8\xff", Format("jpeg", "image/jpeg", _PICTURE)),
    (b"\x89PNG\r\n\x1a\n", Format("png", "image/png", _PICTURE)),
    (b"GIF8", Format("gif", "image/gif", _PICTURE)),
    (b"BM", Format("bmp", "image/bmp", _PICTURE)),
    (b"II*\0", Format("tiff", "image/tiff", _PICTURE)),
    (b"MM\0*", Format("tiff", "image/tiff", _PICTURE)),
    (b"\x1aE\xdf\xa3", Format("matroska", "video/webm", _FILM)),
    (b"OggS", Format("ogg", "audio/ogg", _FILM)),
    (b"fLaC", Format("flac", "audio/flac", _SOUND)),
    (b"ID3", Format("mp3", "audio/mpeg", _SOUND)),
    (b"\xff\xf1", Format("aac", "audio/aac", _SOUND)),
    (b"\xff\xf9", Format("aac", "audio/aac", _SOUND)),
    (b"\xff\xfb", Format("mp3", "audio/mpeg", _SOUND)),
    (b"\xff\xf3", Format("mp3", "audio/mpeg", _SOUND)),
    (b"\xff\xf2", Format("mp3", "audio/mpeg", _SOUND)),
    (b"#!AMR", Format("amr", "audio/amr", _SOUND)),
    (b"caff", Format("caf", "audio/x-caf", _SOUND)),
    (b"%PDF-", Format("pdf", "application/pdf", _PAPER)),
    (b"PK\x03\x04", Format("zip", "application/zip", _PAPER)),
    (b"\xd0\xcf\x11\xe0", Format("ole", "application/octet-stream", _PAPER)),
)
_RIFF = {
    b"WEBP": Format("webp", "image/webp", _PICTURE),
    b"WAVE": Format("wav", "audio/wav", _SOUND),
    b"AVI ": Format("avi", "video/x-msvideo", _FILM),
}
_MP4 = Format("mp4", "video/mp4", _FILM)
_HEIF = Format("heif", "image/heic", _PICTURE)
_AVIF = Format("avif", "image/avif", _PICTURE)
_AIFF = Format("aiff", "audio/aiff", _SOUND)
_HTML = Format("html", "text/html", _PAPER)
_TEXT = Format("text", "text/plain", _PAPER)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

# The families that a claimed mime type may honestly be. Types not listed are judged by their first
# half alone.
_CLAIMS: dict[str, frozenset[str]] = {
    "image/jpeg": frozenset({"jpeg"}),
    "image/jpg": frozenset({"jpeg"}),
    "image/png": frozenset({"png"}),
    "image/gif": frozenset({"gif"}),
    "image/bmp": frozenset({"bmp"}),
    "image/tiff": frozenset({"tiff"}),
    "image/webp": frozenset({"webp"}),
    "image/heic": frozenset({"heif"}),
    "image/heif": frozenset({"heif"}),
    "image/avif": frozenset({"avif", "heif"}),
    "audio/webm": frozenset({"matroska"}),
    "video/webm": frozenset({"matroska"}),
    "audio/mp4": frozenset({"mp4"}),
    "video/mp4": frozenset({"mp4"}),
    "audio/m4a": frozenset({"mp4"}),
    "audio/x-m4a": frozenset({"mp4"}),
    "video/quicktime": frozenset({"mp4"}),
    "audio/aac": frozenset({"aac", "mp4"}),
    "audio/ogg": frozenset({"ogg"}),
    "audio/wav": frozenset({"wav"}),
    "audio/x-wav": frozenset({"wav"}),
    "audio/wave": frozenset({"wav"}),
    "audio/mpeg": frozenset({"mp3"}),
    "audio/mp3": frozenset({"mp3"}),
    "audio/flac": frozenset({"flac"}),
    "audio/amr": frozenset({"amr"}),
    "application/pdf": frozenset({"pdf"}),
    "text/html": frozenset({"html", "text"}),
}
_UNSTATED = {"", "application/octet-stream"}


def sniff(head: bytes) -> Format | None:
    """The format of a file that begins with `head` (HEAD_BYTES are enough); None when unknown."""
    for start, found in _STARTS:
        if head.startswith(start):
            return found
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _AIFF
    if head[4:8] in (b"ftyp", b"styp", b"moov", b"moof"):
        return _sniff_brand(head)
    return _sniff_text(head)


def _sniff_brand(head: bytes) -> Format:
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    if brand in (b"avif", b"avis"):
        return _AVIF
    return _HEIF if brand in _HEIF_BRANDS else _MP4


def _sniff_text(head: bytes) -> Format | None:
    if not head or any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return None
    try:
        # A character may be cut at the end of what was read.
        text = head[:-4].decode() if len(head) >= HEAD_BYTES else head.decode()
    except UnicodeDecodeError:
        return None
    start = text.lstrip("\ufeff \t\r\n").lower()
    return _HTML if start.startswith(("<!doctype html", "<html", "<script", "<head")) else _TEXT


def lies(mime: str, kind: str, real: Format | None) -> bool:
    """True when the bytes are known to be something else than their mime type or kind says."""
    if real is None:
        return False
    if kind != "file" and kind not in real.kinds:
        return True
    claimed = mime.partition(";")[0].strip().lower()
    if claimed in _UNSTATED:
        return False
    if claimed in _CLAIMS:
        return real.family not in _CLAIMS[claimed]
    return _major_lies(claimed.partition("/")[0], real)


def _major_lies(major: str, real: Format) -> bool:
    if major == "image":
        return "photo" not in real.kinds
    if major in ("audio", "video"):
        return not real.kinds & _FILM
    if major == "text":
        return real.family not in ("text", "html")
    # application/…: an office paper is no picture and no film, but may be a zip, text or OLE.
    return bool(real.kinds)
