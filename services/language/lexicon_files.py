"""Word lists: the TOML files of the folder `lexicon`, read once per process.

A deployment adds words by editing these files; code holds only small grammar words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "lexicon"


@cache
def lexicon(name: str) -> dict[str, Any]:
    """The tables of `lexicon/<name>.toml`."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


_CJK = re.compile("[\u3400-\u9fff]")


def is_chinese(word: str) -> bool:
    """True when any character is a CJK ideograph."""
    return not word.isascii() and bool(_CJK.search(word))


def _tree(words: set[str]) -> str:
    """A pattern that shares common beginnings; a longer word is tried before its beginning."""
    tails: dict[str, set[str]] = {}
    for word in words - {""}:
        tails.setdefault(word[0], set()).add(word[1:])
    if not tails:
        return ""
    parts = [
        (r"\s+" if char == " " else re.escape(char)) + _tree(rest)
        for char, rest in sorted(tails.items())
    ]
    body = parts[0] if len(parts) == 1 else "(?:" + "|".join(parts) + ")"
    return f"(?:{body})?" if "" in words else body


def alternation(words: Iterable[str]) -> str:
    """A pattern for any of the words, longest first; Latin words only whole ("n't" ends a word)."""
    chosen = {word if is_chinese(word) else word.lower() for word in words}
    chinese = {word for word in chosen if is_chinese(word)}
    parts = [_tree(chinese)] if chinese else []
    shapes: dict[tuple[bool, bool], set[str]] = {}
    for word in chosen - chinese:
        shape = (word[:1].isalnum() and word != "n't", word[-1:].isalnum())
        shapes.setdefault(shape, set()).add(word)
    for (head, tail), group in sorted(shapes.items()):
        before, after = "(?<![A-Za-z0-9])" if head else "", "(?![A-Za-z0-9])" if tail else ""
        parts.append(before + _tree(group) + after)
    return "(?:" + "|".join(parts) + ")" if parts else r"(?!)"


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """`alternation`, compiled, case ignored."""
    return re.compile(alternation(words), re.IGNORECASE)
