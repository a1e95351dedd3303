"""Word lists: the TOML files of the folder `lexicon`, read once per process.

A deployment adds words by editing these files; no code names a word of the language twice.
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


def is_chinese(word: str) -> bool:
    """True when any character is a CJK ideograph."""
    return any("\u3400" <= char <= "\u9fff" for char in word)


def alternation(words: Iterable[str]) -> str:
    """One regular expression for any of the words, longest first; Latin words only whole."""
    parts = []
    for word in sorted(set(words), key=lambda item: (-len(item), item)):
        if is_chinese(word):
            parts.append(re.escape(word))
            continue
        body = re.escape(word).replace(r"\ ", r"\s+")
        head = r"(?<![A-Za-z0-9])" if word[:1].isalnum() else ""
        tail = r"(?![A-Za-z0-9])" if word[-1:].isalnum() else ""
        parts.append(f"{head}{body}{tail}")
    return "(?:" + "|".join(parts) + ")" if parts else r"(?!)"


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """`alternation`, compiled, case ignored."""
    return re.compile(alternation(words), re.IGNORECASE)
