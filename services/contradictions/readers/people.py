"""Who holds an office: a name beside a role, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from services.contradictions.claims import Claim, PersonValue
from services.contradictions.clause_view import ClauseView
from services.contradictions.readers.drafts import draft
from services.language import alternation, is_chinese, lexicon


@cache
def _zh_patterns() -> tuple[re.Pattern[str], ...]:
    table = lexicon("people")
    first = "[" + re.sub(r"\s", "", table["surnames"]) + "]"
    double = "(?:" + "|".join(table["double_surnames"]) + ")"
    name = rf"(?P<name>(?:{double}|{first})(?:某某?|[\u4e00-\u9fff]{{1,2}}))"
    role = "(?:" + "|".join(sorted(table["zh_roles"], key=len, reverse=True)) + ")"
    links = "(?:" + "|".join(sorted(table["zh_links"], key=len, reverse=True)) + ")"
    verbs = "(?:" + "|".join(table["zh_verbs_after"]) + ")"
    end = r"(?=$|[，。,；;、！!\s]|同志|先生|女士|师傅|老师)"
    return (
        re.compile(rf"(?P<role>{role})[^，。,]{{0,6}}?[，,]?{links}(?P<tail>){name}{end}"),
        re.compile(rf"(?P<role>{role})[^，。,]{{0,3}}?由{name}(?={verbs})"),
        re.compile(
            rf"(?:^|由|[，,\s\0]|(?<=[。！？]))?(?<![\u4e00-\u9fff]){name}(?={verbs}[^，。,]{{0,16}}(?P<role>{role})(?:一职|职务)?{end})"
        ),
    )


@cache
def _en_patterns() -> tuple[re.Pattern[str], ...]:
    table = lexicon("people")
    ends = alternation(lexicon("places")["suffixes"]["en"])
    title = r"(?:(?:[Mm]r|[Mm]rs|[Mm]s|[Dd]r|[Pp]rof)\.?\s+)?"
    no_name = r"(?!(?i:the|a|an|our|this|it|he|she|they|there|in|at|on)\b)"
    words = r"[A-Z][\w'-]+(?:\s+[A-Z][\w'.-]*)+"
    name = rf"{title}(?P<name>{no_name}{words})(?!\s+(?i:{ends}))"
    role = rf"(?P<role>(?i:{alternation(table['en_roles'])}))"
    verb = rf"(?i:{alternation(table['en_role_verbs'])})"
    article = r"(?:\s+(?i:the|a|an|our|their|its|new|currently|now|still))*"
    return (
        re.compile(rf"{role}(?:[^.,;\0]|\0){{0,60}}?\b{verb}{article}\s+(?:now\s+)?{name}"),
        re.compile(rf"(?<!\w){name}\s+{verb}{article}\s+(?:[\w'-]+\s+){{0,4}}?{role}\b"),
    )


def _is_name(text: str) -> bool:
    bad = lexicon("people")["not_names"]
    return not any(text.startswith(word) for word in bad)


def read_people(view: ClauseView) -> Iterator[Claim]:
    """One claim per office and holder of the clause."""
    chinese = is_chinese(view.text)
    for pattern in _zh_patterns() if chinese else _en_patterns():
        match = pattern.search(view.folded[: view.end], view.sentence.start)
        if match is None or match.start("name") < view.start or not _is_name(match["name"]):
            continue
        span = (match.start("name"), match.end("name"))
        name = re.sub(r"\s+", " ", match["name"])
        yield draft(view, "person", PersonValue(name), span=span)
        return
