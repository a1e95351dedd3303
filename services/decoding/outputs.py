"""Names of what is derived from a file, and the sizes thumbnails come in."""

THUMBNAIL_SIZES = (320, 1600)
PLAYABLE = "playable.m4a"
PEAKS = "peaks.json"


def thumbnail_name(size: int) -> str:
    return f"thumbnail-{size}.webp"
