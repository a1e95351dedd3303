"""One written form for comparison: simplified characters, ASCII digits and letters.

Every character maps to exactly one character, so an offset in the folded text is an offset in
the original. Sentence marks stay as they are, because splitting needs them.
"""

from __future__ import annotations

from functools import cache

from services.language.lexicon_files import lexicon

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；：？！（）"}
_QUOTES = {"’": "'", "‘": "'", "“": '"', "”": '"', "\u3000": " ", "\u00a0": " ", "￥": "¥"}
_DASHES = {"–": "-", "−": "-", "‐": "-", "‑": "-", "〜": "~"}


@cache
def _table() -> dict[int, int | str]:
    tables = lexicon("traditional")
    source = tables["traditional"].replace("\n", "")
    target = tables["simplified"].replace("\n", "")
    table: dict[int, int | str] = {ord(a): b for a, b in zip(source, target, strict=True)}
    table.update(_WIDE)
    table.update({ord(a): b for a, b in (_QUOTES | _DASHES).items()})
    return table


def fold(text: str) -> str:
    """The text in simplified, half-width form; same length, same offsets."""
    return text.translate(_table())
