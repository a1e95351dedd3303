"""Cues of a clause: planned or stated, denied, which part of the whole, which office."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from services.language import Finder, Sentence, alternation, concept, lexicon, numbered_pattern

# Among the parts: how it was, not how it is.
FORMERLY = "formerly"
# Among what else is told of a claim: denied for all the time until it was said.
EVER = "ever"


@dataclass(frozen=True, slots=True)
class Cues:
    """Modality and scope words of a clause."""

    modality: str
    planned: frozenset[str]
    negated: bool
    parts: frozenset[str]
    offices: frozenset[str]


@cache
def _cue(table: str, language: str = "") -> Finder:
    tables = lexicon("cues")[table]
    return Finder(tables[language] if language else [*tables["zh"], *tables["en"]])


@cache
def _hedges() -> Finder:
    words = [word for group in lexicon("numbers")["before"].values() for word in group]
    return Finder([*words, *lexicon("numbers")["after"]["below"]])


@cache
def _subject_plans() -> Finder:
    table = lexicon("cues")["planned"]
    forms = [form for word in table["subject_en"] for form in (word, word + "s")]
    return Finder([*table["subject_zh"], *forms])


@cache
def _plans() -> Finder:
    """Words of a plan, and 要 before a verb of change (主要, 需要 apart)."""
    table = lexicon("cues")["planned"]
    return Finder([*table["zh"], *table["en"]], zh=table["zh_pattern"])


@cache
def _no_suppositions() -> re.Pattern[str]:
    """Words that only hold one of supposition: 主要是 holds 要是."""
    return re.compile(alternation(lexicon("cues")["supposed"]["compounds"]))


def _supposes(text: str) -> bool:
    if not _cue("supposed").search(text):
        return False
    return bool(_cue("supposed").search(_no_suppositions().sub("", text)))


@cache
def _no_denials() -> re.Pattern[str]:
    """Compounds that only look like a denial: 无障碍, 不锈钢, 不少."""
    return re.compile(alternation(lexicon("cues")["negated"]["compounds"]))


@cache
def _parts() -> Finder:
    table = lexicon("places")["parts"]
    return Finder([*table["zh"], *table["en"]], zh=table["zh_pattern"], en=table["en_pattern"])


_LATIN = re.compile("[A-Za-z]")


@cache
def _numbered() -> re.Pattern[str]:
    return re.compile(numbered_pattern(), re.IGNORECASE)


@cache
def _offices() -> Finder:
    """Other office than the one itself, only where a role follows at once."""
    table = lexicon("people")
    chinese = (
        "(?:"
        + "|".join(table["other_office"]["zh"])
        + r")(?=[^，。,]{0,8}(?:"
        + "|".join(table["zh_roles"])
        + "))"
    )
    roles = alternation(table["en_roles"])
    english = (
        rf"\b(?:{'|'.join(table['other_office']['en'])})[\s-](?=(?:[\w'-]+\s+){{0,3}}?{roles})"
    )
    zh_roles, was = "|".join(table["zh_roles"]), "|".join(table["was_office"]["zh"])
    was_zh = rf"(?:{zh_roles})(?:{was})"
    was_en = rf"{roles}\s+(?:{'|'.join(table['was_office']['en'])})\b"
    return Finder(zh=f"{chinese}|{was_zh}", en=f"{english}|{was_en}")


# 第三中学 and 三中, 第二人民医院 and 二院 are one.
_NUMBERED_HOUSE = re.compile(
    "第?([一二三四五六七八九十]+)(?:人民|实验|中心|初级|高级|完全)?(中|小|院)(?:学)?|"
    "第([一二三四五六七八九十]+)(?:人民|中心)?医(院)"
)


def _part(said: str) -> str:
    house = _NUMBERED_HOUSE.fullmatch(said)
    if house:
        return f"{house[1] or house[3]}{house[2] or house[4]}"
    return "average" if said.lower() == "on average" else said.lower()


def parts_in(text: str) -> frozenset[str]:
    """The words of a text that name a part, or one of several numbered alike."""
    return frozenset(_part(match.group()) for match in _parts().finditer(text))


@cache
def _holidays() -> re.Pattern[str]:
    return re.compile(alternation(lexicon("places")["parts"]["holidays"]))


def holidays_in(text: str) -> frozenset[str]:
    """The holidays named in a text."""
    found = (match for match in _holidays().finditer(text))
    # 十七块五一斤 is a price and no holiday.
    return frozenset(
        one.group()[:2] for one in found if text[one.start() - 1 : one.start()] != "块"
    )


@cache
def _levels() -> Finder:
    return Finder(word for group in lexicon("places")["levels"].values() for word in group)


@cache
def _level_names() -> dict[str, str]:
    return {word: name for name, words in lexicon("places")["levels"].items() for word in words}


def level_of(text: str) -> str:
    """How wide a folded text says that its figures are: county, town; empty when it does not."""
    match = _levels().search(text)
    return _level_names().get(match.group().lower(), "") if match else ""


@cache
def _owners() -> tuple[Finder, Finder]:
    table = lexicon("places")["owners"]
    mine = Finder(zh=table["self_zh"], en=table["self_en"])
    return mine, Finder(zh=table["group_zh"], en=table["group_en"])


@cache
def _whose() -> Finder:
    """What a text must hold to say whose it is, or how wide: most hold nothing."""
    return Finder(
        zh="[我咱俺本全自这]", en=r"\b(?:my|i|we|ours?|here|us)\b|" + _levels().sources[1]
    )


def says_whose(text: str) -> bool:
    """True when a folded text may say whose its figures are, or how wide."""
    return bool(_whose().search(text))


def own_of(text: str) -> str:
    """ "self" for 我家 and "my", "group" for 我们 and "our"; empty when nobody owns it."""
    mine, ours = _owners()
    if mine.search(text):
        return "self"
    return "group" if ours.search(text) else ""


_IS = re.compile(r"[\s\0]*(?:就?是|为|定在|定为|is\b|was\b)")


def _modality(text: str, before: str, topic: str, sentence: Sentence) -> tuple[str, frozenset[str]]:
    if sentence.asks or _cue("asked", "zh").search(text):
        return "asked", frozenset()
    if _supposes(text) or _supposes(before):
        return "supposed", frozenset()
    nouns = frozenset(concept(match.group()) for match in _subject_plans().finditer(text))
    if _plans().search(text) or nouns:
        return "planned", nouns
    if topic and _IS.match(text):
        # "今年的目标呢，是六十万": the topic says that it is a plan.
        nouns = frozenset(concept(match.group()) for match in _subject_plans().finditer(topic))
        if nouns:
            return "planned", nouns
    return "stated", frozenset()


def denies(text: str) -> bool:
    """True when a word of denial stands in the text; "not more than" and 不锈钢 are none."""
    if not _cue("negated").search(text):
        return False
    return bool(_cue("negated").search(_no_denials().sub("", _hedges().cut_from(text))))


def read_cues(text: str, before: str, topic: str, sentence: Sentence) -> Cues:
    """The cues of a clause; `before` is its sentence ahead of it, `topic` its topic clauses."""
    modality, planned = _modality(text, before, topic, sentence)
    # "night-shift nurses" and "the night shift" name one part.
    whole = (topic + text).replace("-", " ")
    parts = parts_in(whole)
    if _LATIN.search(whole):
        parts |= frozenset(match.group().lower() for match in _numbered().finditer(whole))
    if re.search("其中|当中|of (?:these|those|them|this|which|whom)", before, re.IGNORECASE):
        parts |= {"of these"}
    if _cue("formerly").search(whole):
        parts |= {FORMERLY}
    return Cues(
        modality,
        planned,
        denies(text),
        parts,
        frozenset(match.group().lower().strip(" -") for match in _offices().finditer(whole)),
    )
