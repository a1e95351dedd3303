"""The regular expressions of dates and periods; `dates` turns their groups into days."""

from __future__ import annotations

import re
from functools import cache

from services.language.lexicon_files import alternation, is_chinese, lexicon

_ZH_NUM = r"[一二三四五六七八九十]{1,3}"
_ZH_YEAR = r"(?<!\d)(?:1[89]|20|21)\d\d|[一二][〇零九一二八]{1}[〇零一二三四五六七八九]{2}"
# 零八年, 〇三年: so one says the years since 2000.
_ZH_SHORT_YEAR = r"(?P<year>(?<![\d一二三四五六七八九十百千万〇零])[〇零][一二三四五六七八九])"
_ZH_DAY = rf"(?P<day>\d{{1,2}}|{_ZH_NUM})[日号]"
_ZH_MONTH = rf"(?P<month>\d{{1,2}}|{_ZH_NUM})月份?(?:{_ZH_DAY})?"
_ZH_HALF = r"(?P<half>上|下)半年度?"
_ZH_QUARTER = r"第?(?P<quarter>[一二三四1-4])(?:季度|季)"
_EDGE = r"(?P<edge>年?[底末初尾]|中旬|上旬|下旬)?"


def _split(words: dict[str, int]) -> tuple[str, str]:
    chinese = alternation(word for word in words if is_chinese(word))
    english = alternation(word for word in words if not is_chinese(word))
    return chinese, english


def worded_year() -> str:
    """A pattern of years said in English words: nineteen fifty-eight, two thousand and nineteen."""
    ones = lexicon("numbers")["english"]["ones"]
    small = alternation(word for word, worth in ones.items() if 0 < worth < 20)
    tens = alternation(word for word, worth in ones.items() if worth >= 20)
    rest = rf"(?:{tens}(?:[\s-]{small})?|{small})"
    return (
        rf"two\s+thousand(?:\s+(?:and\s+)?{rest})?"
        rf"|(?:eighteen|nineteen|twenty)[\s-](?:(?:oh|o)[\s-]{small}|{rest})"
    )


def _chinese(zh_years: str) -> list[str]:
    season = rf"(?:的?(?:{alternation(lexicon('time')['seasons']['zh'])})[，,]?)?"
    tail = rf"(?:的?(?:{_ZH_HALF}|{_ZH_QUARTER}|{season}{_ZH_MONTH}))?{_EDGE}"
    return [
        rf"民国(?P<roc>\d{{1,3}}|{_ZH_NUM})年度?{tail}",
        rf"(?<![\d.])(?P<roc>1[01]\d)年(?:度|(?=\d{{1,2}}月)){tail}",
        r"(?P<year>(?:19|20)\d\d)\s?[-~至到]\s?(?P<through>(?:19|20)\d\d)年?",
        rf"(?P<year>{_ZH_YEAR})(?:年度?|财年){tail}",
        rf"{_ZH_SHORT_YEAR}年{tail}",
        rf"(?P<year>(?<!\d)[0-9]{{2}})年(?:{_ZH_HALF}|{_ZH_QUARTER}|{_ZH_MONTH}){_EDGE}",
        rf"(?P<rel>{zh_years}){tail}",
        rf"(?<![\d一二三四五六七八九十])(?:{_ZH_MONTH}(?![\d个大])|{_ZH_HALF}|{_ZH_QUARTER}|年(?P<edge>底|末|初)){{1}}",
    ]


def _english(en_years: str, names: str) -> list[str]:
    year = r"(?P<year>(?:1[89]|20|21)\d\d)(?!\d|,\d|\.\d|%)"
    of_year = rf"(?:\s*,?\s*(?:of\s+|in\s+)?(?:{year}|(?P<rel>{en_years})))"
    day = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    part = r"(?P<edge>(?:the\s+)?(?:end|start|beginning|close|middle)\s+of\s+)"
    edge = rf"(?:{part}|(?:early|late|mid)[\s-]+)?"
    ordinal = r"(?P<quarter>first|second|third|fourth|last|1st|2nd|3rd|4th)"
    day_word = rf"(?:the\s+)?(?P<day>{alternation(lexicon('time')['ordinals']['number'])})\s+of"
    lead = r"\b(?:in|by|since|until|during|of|for|from|before|after|year)"
    return [
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)",
        rf"{day_word}\s+(?P<name>{names})(?:{of_year}|(?!\w))",
        rf"(?:the\s+)?(?P<half>first|second)\s+half{of_year}",
        rf"(?P<half>H[12]){of_year}",
        rf"(?:the\s+)?{ordinal}\s+quarter{of_year}",
        rf"\bQ(?P<quarter>[1-4]){of_year}",
        rf"{edge}{day}\s+(?:of\s+)?(?P<name>{names})\.?{of_year}",
        rf"{edge}(?P<name>{names})\.?\s+{day}{of_year}(?!\d)",
        rf"{edge}(?P<name>{names})\.?{of_year}",
        rf"\b(?P<back>last|this|next)\s+(?P<name>{names})(?!\w)",
        rf"\b(?:on|by|since|until|before|after|in|of|from|and)\s+(?:(?:the\s+)?{day}\s+(?:of\s+)?(?P<name>{names}))(?!\w)",
        rf"(?P<name>{names})\.?\s+{day}(?![\d%,]|\s*(?:percent|million|thousand))",
        rf"\b(?:in|by|since|until|during|of|from)\s+(?P<name>{names})(?!\w)",
        rf"{edge}(?P<rel>{en_years})(?:'s)?",
        rf"{lead}\s+(?P<wyear>{worded_year()})(?!\s+[a-z]+s\b)",
        r"\bFY\s?'?(?P<year>\d\d)(?!\d)",
        rf"\b(?:FY|fiscal\s+year|financial\s+year|the\s+year|year)\s?'?{year}",
        rf"\b(?:{edge}(?:in|by|since|until|during|of|for|from|end|before|after|as\s+of|year|to|through)\s+){year}",
        rf"(?:(?<=^)|(?<=[\s(])){year}(?=[\s,.)]|$)(?!\s+(?:people|households|pigs|acres|km))",
    ]


def _relative(chinese: bool) -> list[str]:
    tables = lexicon("time")
    rows = []
    for group, table in (("relday", "days"), ("relweek", "weeks"), ("relmonth", "months")):
        words = _split(tables[table]["offset"])[0 if chinese else 1]
        edge = "(?P<edge>底|末|初)?" if group == "relmonth" and chinese else ""
        day = rf"(?:的?{_ZH_DAY})?" if edge else ""
        week = _weekday(chinese) if group == "relweek" else ""
        rows.append(rf"(?P<{group}>{words}){day}{edge}{week}")
    return rows


@cache
def bare_day() -> re.Pattern[str]:
    """A day without its month: 28号发的; 3号泊位 is none."""
    after = (
        "上午|下午|晚上|早上|凌晨|中午|发|到|开|动工|完|签|交|起|之前|以前|以后"
        "|当天|那天|就|才|又|付|停|恢复"
    )
    return re.compile(rf"(?<![第\d月一二三四五六七八九十]){_ZH_DAY}(?={after})")


def _weekday(chinese: bool) -> str:
    """The day of a week already named: 上周四. English names it first: Thursday last week."""
    return (
        r"的?(?:周|星期|礼拜)?(?P<weekday>[一二三四五六日天](?![个名家户位十百千万]))?"
        if chinese
        else ""
    )


@cache
def date_patterns(language: str) -> tuple[re.Pattern[str], ...]:
    """Patterns of zh or en text in order of trust: the first that matches a stretch keeps it."""
    tables = lexicon("time")
    zh_years, en_years = _split(tables["years"]["offset"])
    names = alternation(tables["month_names"]["number"])
    english = _english(en_years, names)
    if language == "zh":
        sources = [english[0], *_relative(True), *_chinese(zh_years)]
    else:
        sources = [english[0], *_relative(False), *english[1:]]
    return tuple(re.compile(source, re.IGNORECASE) for source in sources)
