"""Every pair of colours that the interface uses can be read: WCAG 2 contrast of the tokens."""

import re
from functools import cache

import pytest

from tests.support.tree import ROOT

TEXT, EDGE = 4.5, 3.0
SURFACES = ("--paper", "--paper-sunk", "--card")
WASHES = ("--accent-wash", "--safe-wash", "--warn-wash")
PAIRS = [
    *((f"--{ink}", on, TEXT) for ink in ("ink", "ink-2", "ink-3") for on in SURFACES),
    *((f"--{ink}", on, TEXT) for ink in ("accent", "safe", "warn") for on in SURFACES),
    *(("--ink", on, TEXT) for on in (*WASHES, "--mark")),
    *(("--ink-2", on, TEXT) for on in WASHES),
    *((f"--{ink}", f"--{ink}-wash", TEXT) for ink in ("accent", "safe", "warn")),
    ("--on-warn", "--warn-fill", TEXT),
    ("--on-ink", "--ink", TEXT),
    ("--on-accent", "--accent-fill", TEXT),
    ("--on-accent", "--accent-press", TEXT),
    *((edge, on, EDGE) for edge in ("--edge", "--focus") for on in SURFACES),
]


@pytest.mark.parametrize("theme", ["light", "dark", "sun"])
def test_every_pair_of_a_theme_has_enough_contrast(theme: str) -> None:
    colours = _colours(":root")
    if theme != "light":
        colours = colours | _colours(f':root[data-theme="{theme}"]')
    weak = [
        f"{ink} on {on}: {_ratio(colours[ink], colours[on]):.2f} < {need}"
        for ink, on, need in PAIRS
        if _ratio(colours[ink], colours[on]) < need
    ]
    assert not weak, "\n".join(weak)


def test_dark_by_choice_and_dark_by_device_are_the_same() -> None:
    assert _colours(':root[data-theme="dark"]') == _colours(":root:not([data-theme])")


@cache
def _css() -> str:
    tokens = ROOT / "frontend" / "src" / "ui" / "css" / "tokens.css"
    return re.sub(r"/\*.*?\*/", "", tokens.read_text(encoding="utf-8"), flags=re.DOTALL)


def _colours(selector: str) -> dict[str, str]:
    body = re.search(re.escape(selector) + r"\s*\{(.*?)\}", _css(), re.DOTALL)
    assert body, f"no {selector} in the tokens"
    return dict(re.findall(r"(--[\w-]+)\s*:\s*(#[0-9A-Fa-f]{6})\b", body[1]))


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _ratio(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
