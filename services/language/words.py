"""Content words of a stretch of text: keys, weights and offsets, for Chinese and English."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from services.language.concepts import compounds, concept, stem
from services.language.lexicon_files import lexicon

_RUN = re.compile(r"[\u3400-\u9fff]+|[A-Za-z][A-Za-z0-9]*(?:[-'][A-Za-z0-9]+)*")
_LIGHT, _VERB, _NOUN, _NAME = 0.25, 0.6, 1.0, 1.5
_DROPPED_TAGS = frozenset("upcryoewmqdft")


@dataclass(frozen=True, slots=True)
class Word:
    """A content word at `[start, end)`: its key, weight, and whether it is part of a name."""

    key: str
    start: int
    end: int
    weight: float
    name: bool = False


@cache
def _jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42 looks for pkg_resources, which warns
        import jieba
    jieba.setLogLevel(60)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word in _compounds():
        tokenizer.add_word(word)
    return tokenizer


@cache
def _compounds() -> frozenset[str]:
    return frozenset(lexicon("compounds")["nouns"].split())


@cache
def _tags() -> dict[str, str]:
    import jieba

    with Path(jieba.__file__).with_name("dict.txt").open(encoding="utf-8") as file:
        rows = (line.split() for line in file)
        tags = {row[0]: row[2] for row in rows if len(row) == 3}
    return tags | {word: "n" for word in _compounds() if word not in tags}


@cache
def _words(table: str, language: str) -> frozenset[str]:
    listed = lexicon("generic")[table][language].split()
    return frozenset(listed if language == "zh" else {stem(word) for word in listed})


@cache
def _place_ends() -> tuple[frozenset[str], frozenset[str]]:
    table = lexicon("places")["suffixes"]
    return frozenset(table["administrative_zh"]), frozenset(table["administrative_en"])


def tag(word: str) -> str:
    """The part of speech of a Chinese word in jieba's dictionary; empty when it is not there."""
    return _tags().get(word, "")


def cut(text: str) -> list[str]:
    """Chinese words of a run of Chinese characters, by the dictionary alone."""
    return list(_jieba().cut(text, HMM=False))


def _joins_a_name(token: str) -> bool:
    """True when a token may be the proper part of a place name such as 白沙 in 白沙乡."""
    if token in _words("stop", "zh") or (len(token) > 1 and token in _words("light", "zh")):
        return False
    if len(token) > 2 and tag(token) == "n":
        # 停车场县旅游公司: the company of a county, and a car park before it.
        return False
    return not tag(token).startswith(("u", "p", "c", "d", "r", "v")) or (
        len(token) == 1 and tag(token) == "v"
    )


# They tell villages of one name apart: 上坪村 and 下坪村, 东沟 and 西沟.
_BEFORE_NAMES = frozenset("上下东西南北前后大小")


def _is_bare_name(before: str, token: str) -> bool:
    """下塘 at the head of a clause, which the dictionary does not know: a village's name."""
    return before in _BEFORE_NAMES and tag(token)[:1] in {"n", "j"} and not tag(before + token)


def _ends_as_name(token: str, ends: Collection[str]) -> bool:
    return (
        len(token) in {2, 3} and token[-1] in ends and tag(token) != "n" and concept(token) == token
    )


def _places(tokens: Sequence[str]) -> list[str]:
    """Tokens with place names put together: 东 坪 村 -> 东坪村, 白沙 乡 -> 白沙乡."""
    ends = _place_ends()[0]
    out: list[str] = []
    for token in tokens:
        whole = token
        if token[-1] in ends and (
            len(token) == 1 or (len(token) == 2 and tag(token) != "n" and concept(token) == token)
        ):
            while out and len(whole) < 3 and _joins_a_name(out[-1]):
                whole = out.pop() + whole
            if len(whole) == 2 and out and out[-1] in _BEFORE_NAMES:
                whole = out.pop() + whole
        elif out and out[-1] in _BEFORE_NAMES and _ends_as_name(token, ends):
            # 下坪村 is no 坪村: 上坪村 lies beside it.
            whole = out.pop() + whole
        elif len(out) == 1 and len(token) == 1 and _is_bare_name(out[0], token):
            whole = out.pop() + whole
        out.append(whole)
    return out


def _glued(tokens: Sequence[str]) -> Iterator[str]:
    """Neighbouring single characters that are no known small words are one unknown word."""
    held = ""
    for token in _places(tokens):
        small = token in _words("stop", "zh") or tag(token).startswith(
            ("u", "p", "c", "d", "r", "v", "f")
        )
        if len(token) == 1 and not small:
            held += token
            continue
        if held:
            yield held
            held = ""
        yield token
    if held:
        yield held


def _zh_weight(token: str) -> float:
    if token in _words("stop", "zh"):
        return 0.0
    if token in _words("light", "zh"):
        return _LIGHT
    kind = tag(token)
    if kind[:1] in _DROPPED_TAGS and kind not in {"ns", "nt"}:
        return 0.0
    if kind[:1] in {"v", "a", "z"} and kind not in {"vn", "an"}:
        return _VERB if len(token) > 1 else _LIGHT
    return _NOUN if len(token) > 1 else _VERB


def _halves(token: str) -> list[str]:
    """A compound such as 价格上涨 in its two words; a word the concepts know stays whole."""
    if len(token) != 4 or concept(token) != token or token[-1] in _place_ends()[0]:
        return [token]
    first, second = token[:2], token[2:]
    return [first, second] if tag(first) and tag(second) else [token]


def _is_place(token: str) -> bool:
    if token in _words("light", "zh") or len(token) < 2:
        return False
    if concept(token) != token:
        return False
    return tag(token) in {"ns", "nt"} or (
        len(token) > 2 and token[-1] in _place_ends()[0] and tag(token) != "n"
    )


def _chinese(run: str, start: int, glossary: Mapping[str, str] | None) -> Iterator[Word]:
    at = start
    for token in (part for whole in _glued(cut(run)) for part in _halves(whole)):
        weight = _zh_weight(token)
        name = _is_place(token)
        if weight:
            yield Word(
                concept(token, glossary),
                at,
                at + len(token),
                max(weight, _NAME) if name else weight,
                name,
            )
        at += len(token)


def _is_name(folded: str, match: re.Match[str]) -> bool:
    """Capitalised and not merely opening a sentence (then its neighbour must be a name too)."""
    word = match.group()
    if not word[0].isupper() or stem(word) in _words("stop", "en"):
        return False
    left = folded[: match.start()].rstrip(" \"'(")
    if left and left[-1] not in ".!?:;。，,！？\n":
        return True
    follower = re.match(r"\s+([A-Za-z]+)", folded[match.end() :])
    return bool(follower and (follower[1][0].isupper() or follower[1].lower() in _place_ends()[1]))


_SPLIT = re.compile(r"[A-Za-z][A-Za-z0-9']*")


def _english_words(
    folded: str, match: re.Match[str], glossary: Mapping[str, str] | None
) -> Iterator[Word]:
    """The word of a match, or those that a hyphen joins where nobody knows them as one."""
    parts = [match]
    if "-" in match.group() and concept(match.group(), glossary) == stem(match.group()):
        parts = list(_SPLIT.finditer(folded, match.start(), match.end())) or parts
        parts = parts if all(len(part.group()) > 2 for part in parts) else [match]
    for part in parts:
        word = _english(folded, part, glossary)
        if word:
            yield word


def _english(folded: str, match: re.Match[str], glossary: Mapping[str, str] | None) -> Word | None:
    word = match.group()
    if len(word) < 2 or stem(word) in _words("stop", "en"):
        return None
    name = _is_name(folded, match)
    light = stem(word) in _words("light", "en") or word.lower() in _place_ends()[1]
    weight = _LIGHT if light else _NAME if name else _NOUN
    return Word(concept(word, glossary), match.start(), match.end(), weight, name)


def _joined(folded: str, words: list[Word], glossary: Mapping[str, str] | None) -> Iterator[Word]:
    """English words with those put together that the concepts know as one: fishing boat."""
    at = 0
    while at < len(words):
        one, two = words[at], words[at + 1] if at + 1 < len(words) else None
        if two and folded[one.end : two.start] == " " and folded[one.start].isascii():
            whole = f"{folded[one.start : one.end]}-{folded[two.start : two.end]}"
            key = concept(whole, glossary) if stem(whole) in compounds() else ""
            if key:
                yield Word(key, one.start, two.end, _NOUN)
                at += 2
                continue
        yield one
        at += 1


def find_words(
    folded: str,
    start: int,
    end: int,
    *,
    taken: Sequence[tuple[int, int]] = (),
    glossary: Mapping[str, str] | None = None,
) -> list[Word]:
    """Content words of `folded[start:end]` outside `taken`; offsets are of `folded`."""
    masked = folded[:end]
    for first, last in taken:
        if first < end and last > start:
            masked = masked[:first] + "\0" * (min(last, end) - first) + masked[min(last, end) :]
    found: list[Word] = []
    for match in _RUN.finditer(masked, start):
        if "\u3400" <= match.group()[0] <= "\u9fff":
            found.extend(_chinese(match.group(), match.start(), glossary))
        else:
            found.extend(_english_words(masked, match, glossary))
    if any(word.key.isascii() for word in found):
        return list(_joined(folded, found, glossary))
    return found
