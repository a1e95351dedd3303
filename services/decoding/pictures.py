"""Pillow and libheif: a picture's size, where and when it was taken, its thumbnails."""

import struct
import warnings
from pathlib import Path

import pillow_heif
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from services.decoding.exif import read_moment, read_place
from services.decoding.outputs import THUMBNAIL_SIZES, thumbnail_name
from services.decoding.reports import TOO_LARGE, TRUNCATED, UNREADABLE, Report, Undecodable

PIXEL_LIMIT = 80_000_000
_TURNED = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112
_QUALITY = 82
# Of 0 to 6: beyond it half the time of a photo went into files of the same size.
_EFFORT = 2


def read_picture(path: Path, folder: Path) -> Report:
    """Decode the picture at `path`, write its thumbnails into `folder`.

    Raises Undecodable when nothing of it can be shown. A truncated file gives thumbnails of what
    there is, and the problem.
    """
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = PIXEL_LIMIT
    try:
        return _read(path, folder)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Undecodable(TOO_LARGE) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error):
        raise Undecodable(UNREADABLE) from None


def save_thumbnails(picture: Image.Image, folder: Path) -> dict[str, str]:
    """One WebP per size, never larger than the picture, without its metadata."""
    outputs: dict[str, str] = {}
    for size in sorted(THUMBNAIL_SIZES, reverse=True):
        picture.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=2.0)
        target = folder / thumbnail_name(size)
        picture.save(target, "WEBP", quality=_QUALITY, method=_EFFORT, exif=b"", xmp=b"")
        outputs[thumbnail_name(size)] = str(target)
    return outputs


def _read(path: Path, folder: Path) -> Report:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        picture: Image.Image = Image.open(path)
    with picture:
        report = _describe(picture)
        try:
            # JPEG alone can decode at a fraction of its size, which saves most of the time.
            picture.draft("RGB", (max(THUMBNAIL_SIZES),) * 2)
            picture.load()
        except OSError:
            report.problem = TRUNCATED
            picture = _load_what_there_is(path)
        small = _flatten(picture)
        small.thumbnail((max(THUMBNAIL_SIZES),) * 2, Image.Resampling.LANCZOS, reducing_gap=2.0)
        report.outputs = save_thumbnails(ImageOps.exif_transpose(small), folder)
    return report


def _load_what_there_is(path: Path) -> Image.Image:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        picture = Image.open(path)
        picture.load()
    except OSError:
        raise Undecodable(TRUNCATED) from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    return picture


def _describe(picture: Image.Image) -> Report:
    exif = picture.getexif()
    width, height = picture.size
    # pillow-heif turns the picture itself and says orientation 1 then.
    if exif.get(_ORIENTATION) in _TURNED:
        width, height = height, width
    report = Report(width=width, height=height)
    place, moment = read_place(exif), read_moment(exif)
    if place is not None:
        report.lat, report.lon = place
    if moment is not None:
        report.taken_at, report.taken_at_offset = moment
    return report


def _flatten(picture: Image.Image) -> Image.Image:
    """The first frame in a mode that WebP keeps."""
    if picture.mode in ("RGB", "RGBA"):
        return picture
    has_alpha = picture.mode in ("LA", "PA", "La") or "transparency" in picture.info
    flat = picture.convert("RGBA" if has_alpha else "RGB")
    if picture.mode == "CMYK":
        # The profile describes inks and would be wrong for light.
        flat.info.pop("icc_profile", None)
    return flat
