"""Who holds an office: a name beside a role, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from services.contradictions.claims import Claim, PersonValue
from services.contradictions.clause_view import ClauseView
from services.contradictions.readers.drafts import draft
from services.language import alternation, lexicon


@cache
def _zh_patterns() -> tuple[re.Pattern[str], ...]:
    table = lexicon("people")
    first = "[" + re.sub(r"\s", "", table["surnames"]) + "]"
    double = "(?:" + "|".join(table["double_surnames"]) + ")"
    name = rf"(?P<name>(?:{double}|{first})(?:某某?|[\u4e00-\u9fff]{{1,2}}))"
    role = "(?:" + "|".join(sorted(table["zh_roles"], key=len, reverse=True)) + ")"
    links = "(?:" + "|".join(sorted(table["zh_links"], key=len, reverse=True)) + ")"
    verbs = "(?:" + "|".join(table["zh_verbs_after"]) + ")"
    charge = "(?:" + "|".join(sorted(table["zh_charge"], key=len, reverse=True)) + ")"
    titles = "|".join(sorted(table["zh_titles"], key=len, reverse=True))
    end = rf"(?=$|[，。,；;、！!\s（(]|(?:{titles})?(?:来|在)?(?:{charge}|$|[，。,；;、！!\s]))"
    return (
        re.compile(rf"(?P<role>{role})[^，。,]{{0,6}}?[，,]?{links}(?P<tail>){name}{end}"),
        # 会长是老渔民出身的符永昌; 站长是个女同志，叫尤晓敏
        re.compile(rf"(?P<role>{role})(?P<link>{links}[^，。,是]{{1,12}}的){name}{end}"),
        re.compile(
            rf"(?P<role>{role})(?P<link>{links}[一]?[个位名][^，。,是]{{1,10}}[，,]?(?:名字)?(?:名?叫|姓名是)){name}{end}"
        ),
        re.compile(rf"(?P<role>{role})[^，。,]{{0,3}}?由{name}(?={verbs})"),
        re.compile(
            rf"{charge}[^，。,]{{0,10}}的(?:人|同志|领导|老师|干部|医生)?{links}{name}{end}"
        ),
        re.compile(
            rf"(?:由|归|是|让){name}(?=(?:{titles})?(?:来|在|一手|全权|亲自|具体)?{charge}|管(?:$|[，。,的]))"
        ),
        re.compile(
            rf"(?:(?<=^)|(?<=[，。,\s\0])){name}(?=(?:{titles})?(?:在|一直|目前|现在)?{charge}[\u4e00-\u9fff]{{2}})"
        ),
        re.compile(
            rf"(?:^|由|[，,\s\0]|(?<=[。！？]))?(?<![\u4e00-\u9fff]){name}(?={verbs}[^，。,]{{0,16}}(?P<role>{role})(?:一职|职务)?{end})"
        ),
    )


_EN_TITLES = (
    r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Doctor|Judge|Justice|Captain|Sister|Father|Sir|Madam)"
)
_EN_TITLED = re.compile(rf"\b{_EN_TITLES}\.?\s+$")


@cache
def _en_patterns() -> tuple[re.Pattern[str], ...]:
    table = lexicon("people")
    ends = alternation(lexicon("places")["suffixes"]["en"])
    title = rf"(?:{_EN_TITLES}\.?\s+)?"
    no_name = r"(?!(?i:the|a|an|our|this|it|he|she|they|there|in|at|on)\b)"
    words = r"[A-Z][\w'-]+(?:\s+(?:de|van|von|der|al|bin|la|le|del|da|di)\b)*(?:\s+[A-Z][\w'.-]*)+"
    name = rf"{title}(?P<name>{no_name}(?:{words}))(?!\s+(?i:{ends}))"
    role = rf"(?P<role>(?i:{alternation(table['en_roles'])}))"
    charge = rf"(?i:{alternation(table['en_charge'])})"
    charged = (
        r"(?i:is|was|are|has been|being)\s+(?:\w+ly\s+|now\s+|currently\s+)?"
        rf"(?i:{alternation(table['en_charged'])})"
    )
    verb = rf"(?i:{alternation(table['en_role_verbs'])})"
    article = r"(?:\s+(?i:the|a|an|our|their|its|new|currently|now|still))*"
    return (
        re.compile(
            rf"{role}(?:[^.,;\0]|\0){{0,60}}?\b{verb}(?P<link>{article}\s+(?:now\s+)?"
            rf"(?:(?:[a-z]+\s+){{1,3}}(?:called|named)\s+)?){name}"
        ),
        re.compile(rf"(?<!\w){name}\s+{verb}{article}\s+(?:[\w'-]+\s+){{0,4}}?{role}\b"),
        re.compile(rf"\b{charged}\s+by\s+{name}"),
        re.compile(
            rf"(?<!\w){name}\s+(?:(?i:now|currently|still)\s+)?{charge}\s+(?i:the|our|its|this|all|their)\b"
        ),
        re.compile(
            r"(?i:person|one|colleague|man|woman)\s+(?i:in charge of|responsible for|running)"
            rf"[^.,;\0]{{1,40}}?\b(?i:is|was)\s+{name}"
        ),
    )


@cache
def _gates() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a clause must hold: two capitals (English), an office or a charge (Chinese)."""
    table = lexicon("people")
    offices = alternation([*table["zh_roles"], *table["zh_charge"], "管"])
    return re.compile(r"[A-Z][\w'-]+\s+(?:[a-z]+\s+)?[A-Z]"), re.compile(offices)


@cache
def _titles() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(lexicon("people")["zh_titles"]) + ")")


def _is_name(text: str) -> bool:
    bad = lexicon("people")["not_names"]
    return not any(text.startswith(word) for word in bad)


def read_people(view: ClauseView) -> Iterator[Claim]:
    """One claim per office and holder of the clause."""
    if not _gates()[view.is_chinese].search(view.folded, view.sentence.start, view.end):
        return
    for pattern in _zh_patterns() if view.is_chinese else _en_patterns():
        match = pattern.search(view.folded[: view.end], view.sentence.start)
        if match is None or match.start("name") < view.start or not _is_name(match["name"]):
            continue
        span = (match.start("name"), match.end("name"))
        name = re.sub(r"\s+", " ", match["name"]).rstrip(".")
        title = _titles().match(view.folded, span[1])
        beside = [title.span()] if title else []
        titled = _EN_TITLED.search(view.folded[: span[0]][-12:])
        if titled:
            beside.append((span[0] - len(titled.group()), span[0]))
        if "link" in pattern.groupindex:
            # How the holder is described is not the office: "is a woman called", "is Captain".
            beside.append((match.start("link"), span[0]))
        yield draft(view, "person", PersonValue(name), span=span, without=beside)
        return
