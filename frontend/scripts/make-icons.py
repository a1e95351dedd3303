"""Draws the app's PNG icons from public/favicon.svg with Chromium; run by hand when the mark changes.

The PNGs are committed, so that a build needs neither the font nor a browser.
"""

from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PUBLIC = Path(__file__).parent.parent / "public"
# name -> pixels, share of the square that the mark fills (a maskable icon is cropped by the system)
ICONS = {
    "icon-192.png": (192, 1.0),
    "icon-512.png": (512, 1.0),
    "icon-maskable-512.png": (512, 0.8),
    "apple-touch-icon.png": (180, 1.0),
}
PAGE = """<body style="margin:0;background:{ground};display:grid;place-items:center;height:100vh">
<div style="width:{share}%;height:{share}%">{svg}</div></body>"""


def _with_few_colours(path: Path) -> None:
    """Two colours and what lies between them need 64, and a third of the bytes kept offline."""
    method = Image.Quantize.FASTOCTREE
    few = Image.open(path).quantize(64, method=method, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def draw(executable: str = "/usr/bin/chromium") -> None:
    svg = (PUBLIC / "favicon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        for name, (size, share) in ICONS.items():
            whole = share < 1 or name.startswith("apple")
            ground = "#B02E17" if whole else "transparent"
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(PAGE.format(ground=ground, share=round(share * 100), svg=svg))
            page.screenshot(path=PUBLIC / name, omit_background=not whole)
            page.close()
            _with_few_colours(PUBLIC / name)
        browser.close()


if __name__ == "__main__":
    draw()
