"""Words of both languages sought in a text, each language only where its letters stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from services.language.lexicon_files import alternation, is_chinese

_LETTER = re.compile("[A-Za-z]")


class Finder:
    """Patterns of both languages as one. A text of one language costs the search of one.

    Matches are of the text in lower case: their spans hold for the text as it is.
    """

    def __init__(self, words: Iterable[str] = (), *, zh: str = "", en: str = "") -> None:
        """`words` of either language; `zh` and `en` are more alternatives, in lower case."""
        listed = list(words)
        self._zh = _compiled(zh, [word for word in listed if is_chinese(word)])
        self._en = _compiled(en, [word for word in listed if not is_chinese(word)])

    @classmethod
    def of_all(cls, finders: Iterable[Finder]) -> Finder:
        """One that finds what any of the others finds."""
        parts = list(finders)
        zh, en = ("|".join(one.sources[at] for one in parts if one.sources[at]) for at in (0, 1))
        return cls(zh=zh, en=en)

    @property
    def sources(self) -> tuple[str, str]:
        """The Chinese and the English pattern."""
        return self._zh.pattern, self._en.pattern

    def search(self, text: str) -> re.Match[str] | None:
        """The first match."""
        if text.isascii():
            return self._en.search(text.lower())
        found = self._zh.search(text)
        if not _LETTER.search(text):
            return found
        other = self._en.search(_lower(text))
        if found and other:
            return min(found, other, key=lambda match: match.start())
        return found or other

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches of each language, Chinese first."""
        if not text.isascii():
            yield from self._zh.finditer(text)
            if not _LETTER.search(text):
                return
        yield from self._en.finditer(_lower(text))

    def cut_from(self, text: str) -> str:
        """The text in lower case without its matches."""
        if text.isascii():
            return self._en.sub("", text.lower())
        rest = self._zh.sub("", text)
        return self._en.sub("", _lower(rest)) if _LETTER.search(rest) else rest


def _lower(text: str) -> str:
    """Lower case of the same length; a letter that grows (İ) leaves the text as it is."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def _compiled(more: str, words: list[str]) -> re.Pattern[str]:
    # Without IGNORECASE the search skips to a possible first letter at once.
    parts = [part for part in (more, alternation(words) if words else "") if part]
    return re.compile("|".join(parts) or r"(?!)")
