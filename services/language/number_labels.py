"""Numbers that name, order or merely sound like a count: 第22条, berth four, 三文鱼, 万一."""

from __future__ import annotations

import re
from functools import cache

from services.language.lexicon_files import alternation, lexicon
from services.language.numbers import Number
from services.language.units import unit_after
from services.language.words import tag


@cache
def _labels() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = lexicon("numbers")["labels"]
    before = re.compile(alternation(table["before"]) + r"[\s.:#]*$", re.IGNORECASE)
    after = re.compile(
        f"{table['after_pattern']}|(?:"
        + "|".join(re.escape(word) for word in table["after"])
        + r")(?![A-Za-z])",
        re.IGNORECASE,
    )
    return before, after


_ARTICLE = re.compile(r"[条款](?=[的、，。；;\s]|$)")


@cache
def _law() -> re.Pattern[str]:
    return re.compile(lexicon("numbers")["labels"]["law_pattern"])


@cache
def numbered_pattern() -> str:
    """A pattern of things named by number or letter: berth four, line 3, block C."""
    nouns = lexicon("numbers")["labels"]["numbered"]
    figure = r"(?:\d{1,3}[a-z]?|(?-i:[A-Z])|one|two|three|four|five|six|seven|eight|nine|ten)"
    follower = (
        r"(?=\s*(?:$|[,.;:!?)\0])|\s+(?:is|are|was|were|has|have|had|will|of|in|at|on|for|to|and|or"
        r"|by|can|did|does|got|still|also|opened|closed|needs|alone|now|already|itself)\b)"
    )
    return rf"\b(?:{nouns})\s+(?:no\.?\s*|number\s+)?{figure}\b{follower}"


@cache
def _numbered() -> re.Pattern[str]:
    return re.compile(numbered_pattern(), re.IGNORECASE)


def is_label(folded: str, number: Number) -> bool:
    """True for numbers that name or order something: 第22条, section 5, G20, 5:30, 3.2.1."""
    before, after = _labels()
    left, right = (
        folded[max(0, number.start - 14) : number.start],
        folded[number.end : number.end + 4],
    )
    if before.search(left) or after.match(right):
        return True
    if _ARTICLE.match(right) and _law().search(left):
        return True
    if any(
        match.start() < number.start and number.end <= match.end()
        for match in _numbered().finditer(folded, max(0, number.start - 24), number.end + 9)
    ):
        return True
    if not number.worded and (re.search(r"[A-Za-z_/.:#-]$", left) and not re.search(r"\s-$", left)):
        return not re.search(r"[$¥€£]$", left) and not _range_link(folded, number.start)
    return bool(
        not number.worded
        and re.match(r"[:/]\d|\.\d|[A-Z]{1,2}\d|[、.]\s?\D", right)
        and _opens(left, right)
    )


def _opens(left: str, right: str) -> bool:
    """Numbers like "2." or "3、" count list points only where a line or sentence opens."""
    return right[:1] not in "、." or not left.strip() or left.rstrip()[-1:] in "。；;.!?"


def _range_link(folded: str, start: int) -> bool:
    return bool(re.search(r"[\d%]\s?[-~]\s?$", folded[max(0, start - 4) : start]))


def _opens_word(folded: str, number: Number) -> bool:
    """True for 三 in 三文鱼, 二 in 二维码, 四 in 四合院: part of a noun."""
    if number.end - number.start != 1 or unit_after(folded, number.end):
        return False
    return any(tag(folded[number.start : number.start + size])[:1] == "n" for size in (3, 4))


def is_indefinite(folded: str, number: Number) -> bool:
    """一个, 一些, "one": too vague to be a count."""
    text = folded[number.start : number.end]
    if not number.worded or number.share:
        return False
    if text == "一" or text.lower() in {"one", "a"} or _opens_word(folded, number):
        return True
    return bool(
        re.match(
            r"十分|百姓|百货|百科|百合|千斤顶|千万别|千万不|万能|万一|万分|百般|千方|两者|两边|四处|三农|四川|一",
            text + folded[number.end : number.end + 2],
        )
        and len(text) <= 2
    )
