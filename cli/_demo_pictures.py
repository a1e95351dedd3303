"""The demo's photographs, drawn when it is made, with EXIF like a phone's."""

import io
import math
from collections.abc import Callable
from datetime import datetime

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1600, 1200)
Point = tuple[float, float]


def draw_picture(name: str, taken_at: datetime, place: tuple[float, float] | None) -> bytes:
    """A JPEG of the picture called so, taken then (local time) and there (latitude, longitude)."""
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    _PICTURES[name](draw)
    softened = image.filter(ImageFilter.GaussianBlur(1.2))
    out = io.BytesIO()
    softened.save(out, "JPEG", quality=85, exif=_exif(taken_at, place))
    return out.getvalue()


def _terraces(draw: ImageDraw.ImageDraw) -> None:
    _sky(draw, (188, 214, 228), (238, 240, 232), 520)
    for step in range(14):
        base = 430 + step * 58
        green = (70 + step * 5, 118 + step * 6, 62 + step * 2)
        ridge = [(x, base + _wave(x, step)) for x in range(0, SIZE[0] + 20, 20)]
        draw.polygon([*ridge, (SIZE[0], SIZE[1]), (0, SIZE[1])], fill=green)
        draw.line(ridge, fill=(48, 84, 44), width=5)
        for x in range(step % 2 * 14, SIZE[0], 28):
            top = base + _wave(x, step) + 14
            draw.ellipse((x, top, x + 22, top + 18), fill=(54, 104 + step * 4, 50))


def _road(draw: ImageDraw.ImageDraw) -> None:
    _sky(draw, (170, 200, 222), (232, 236, 230), 560)
    for hill in range(4):
        base = 420 + hill * 50
        ridge = [(x, base + 3 * _wave(x, hill + 5)) for x in range(0, SIZE[0] + 20, 20)]
        shade = (96 + hill * 14, 128 + hill * 10, 104 + hill * 4)
        draw.polygon([*ridge, (SIZE[0], SIZE[1]), (0, SIZE[1])], fill=shade)
    draw.polygon([(760, 640), (840, 640), (1300, 1200), (240, 1200)], fill=(132, 132, 130))
    for mark in range(9):
        near, far = 1200 - mark * 66, 1170 - mark * 66
        width = 9 - mark
        draw.polygon(
            [(785 - width, near), (795 + width, near), (796 + width / 2, far), (788, far)],
            fill=(240, 236, 220),
        )
    draw.rectangle((1180, 700, 1196, 930), fill=(90, 80, 70))
    draw.rectangle((1090, 620, 1290, 720), fill=(36, 92, 160), outline=(240, 240, 240), width=6)


def _forum(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, *SIZE), fill=(226, 218, 204))
    draw.rectangle((0, 760, SIZE[0], SIZE[1]), fill=(168, 142, 112))
    for window in range(3):
        left = 150 + window * 480
        draw.rectangle((left, 120, left + 320, 480), fill=(206, 226, 232), outline=(150, 130, 104))
        draw.line((left + 160, 120, left + 160, 480), fill=(150, 130, 104), width=8)
    for seat in range(6):
        middle = 200 + seat * 240
        coat = ((60, 72, 92), (112, 58, 52), (64, 96, 78))[seat % 3]
        draw.ellipse((middle - 46, 520, middle + 46, 620), fill=(214, 178, 148))
        draw.pieslice(((middle - 50, 506), (middle + 50, 610)), 180, 360, fill=(40, 34, 30))
        draw.rounded_rectangle((middle - 84, 615, middle + 84, 860), 40, fill=coat)
    draw.polygon([(60, 800), (1540, 800), (1600, 1010), (0, 1010)], fill=(122, 84, 52))
    for seat in range(6):
        middle = 200 + seat * 240
        draw.rectangle((middle - 50, 830, middle + 50, 880), fill=(246, 244, 238))
        draw.ellipse((middle + 62, 836, middle + 96, 870), fill=(236, 236, 230))


_PICTURES: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "terraces": _terraces,
    "road": _road,
    "forum": _forum,
}


def _sky(
    draw: ImageDraw.ImageDraw, top: tuple[int, int, int], low: tuple[int, int, int], height: int
) -> None:
    for y in range(height):
        part = y / height
        shade = tuple(round(a + (b - a) * part) for a, b in zip(top, low, strict=True))
        draw.line((0, y, SIZE[0], y), fill=(shade[0], shade[1], shade[2]))


def _wave(x: float, seed: int) -> float:
    return 26 * math.sin(x / 190 + seed * 1.7) + 12 * math.sin(x / 71 + seed)


def _exif(taken_at: datetime, place: tuple[float, float] | None) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Suixing demo"
    details = exif.get_ifd(0x8769)
    details[0x9003] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    details[0x9011] = taken_at.strftime("%z")[:3] + ":" + taken_at.strftime("%z")[3:]
    if place is not None:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = ("N" if place[0] >= 0 else "S"), _degrees(place[0])
        gps[3], gps[4] = ("E" if place[1] >= 0 else "W"), _degrees(place[1])
    return exif


def _degrees(angle: float) -> tuple[float, float, float]:
    minutes = (abs(angle) % 1) * 60
    return float(int(abs(angle))), float(int(minutes)), round((minutes % 1) * 60, 3)
