"""Normalised values in the reader's words: 120 万元 or 1,200,000 yuan, an ISO date, a label."""

from __future__ import annotations

from services.contradictions.claims import Claim, DateValue, LabelValue, NumberValue, PersonValue
from services.language import lexicon

LABELS: dict[str, dict[str, str]] = {
    "zh": {
        "done": "已完成",
        "underway": "未完成",
        "unstarted": "未开始",
        "up": "上升",
        "down": "下降",
        "flat": "持平",
        "held": "有",
        "denied": "没有",
        "all": "全部",
        "some_lack": "有缺",
    },
    "en": {
        "done": "done",
        "underway": "not done",
        "unstarted": "not started",
        "up": "up",
        "down": "down",
        "flat": "level",
        "held": "affirmed",
        "denied": "denied",
        "all": "all",
        "some_lack": "some lack it",
    },
}
_LARGE_ZH = ((1e8, "亿"), (1e4, "万"))


def show_value(claim: Claim, language: str = "en") -> str:
    """The value in normal form, for people who read `language` (zh or en)."""
    value = claim.value
    if isinstance(value, NumberValue):
        return _interval(value, language)
    if isinstance(value, DateValue):
        return _days(value)
    if isinstance(value, LabelValue):
        return _label(value.label, "zh" if language == "zh" else "en")
    if isinstance(value, PersonValue):
        return value.name
    return " ".join(value.keys)


def _label(label: str, language: str) -> str:
    trait, dot, name = label.partition(".")
    if not dot:
        return LABELS[language][label]
    return str(lexicon("traits")[trait][name][language][0])


def normalised_value(claim: Claim) -> str:
    """The value in one form for all languages, to keep beside its quote.

    Numbers in base units (`3200000 CNY`, `>=300 household`, `270..330 household`), dates in ISO
    8601 (`2026-09-30`, `2026-09`, `2026-Q3`, `2026`), else the label, the name or the words.
    """
    value = claim.value
    if isinstance(value, NumberValue):
        return f"{_plain_interval(value)} {_plain_unit(value)}".rstrip()
    if isinstance(value, DateValue):
        return _plain_days(value)
    if isinstance(value, LabelValue):
        return value.label
    if isinstance(value, PersonValue):
        return value.name
    return " ".join(value.keys)


def says_the_same(shown: str, written: str) -> bool:
    """True when the normal form would only repeat what stands there."""
    return _bare(shown) == _bare(written)


def _bare(text: str) -> str:
    return text.replace(" ", "").replace(",", "").replace("，", "").removesuffix("年").lower()


_SIGNS = {"above": ">", "from": ">=", "below": "<", "upto": "<="}


def _plain_interval(value: NumberValue) -> str:
    low, high = value.low, value.high
    if low is None:
        return f"{_SIGNS.get(value.hedge, '<=')}{_plain(high or 0.0)}"
    if high is None:
        return f"{_SIGNS.get(value.hedge, '>=')}{_plain(low)}"
    return _plain(low) if low == high else f"{_plain(low)}..{_plain(high)}"


def _plain(number: float) -> str:
    """A figure without exponent and separators; ten digits are enough for any claim."""
    text = f"{number:.4f}" if abs(number) >= 1 else f"{number:.10f}"
    return text.rstrip("0").rstrip(".") or "0"


def _plain_unit(value: NumberValue) -> str:
    """The base unit; of plain things and pieces what they are."""
    counted = value.things[-1] if value.things else value.base
    return counted if value.base in {"", "piece"} else value.base


def _plain_days(value: DateValue) -> str:
    year, month = value.first.year, value.first.month
    if value.grain == "quarter":
        return f"{year}-Q{(month + 2) // 3}"
    if value.grain == "half":
        return f"{year}-H{1 if month < 7 else 2}"
    return _days(value)


def _interval(value: NumberValue, language: str) -> str:
    if value.low is None:
        return "≤ " + _amount(value.high or 0.0, value.base, language)
    if value.high is None:
        return "≥ " + _amount(value.low, value.base, language)
    if value.low == value.high:
        return _amount(value.low, value.base, language)
    return f"{_figure(value.low, language)}-{_amount(value.high, value.base, language)}"


def _amount(number: float, base: str, language: str) -> str:
    zh, one, many = lexicon("shown").get(base, (base, base, base))
    unit = zh if language == "zh" else one if number == 1 else many
    figure = _figure(number, language)
    # 80 万元 and 6% are written in one; 42 户 and 3 kg are not.
    joined = unit == "%" or figure.endswith(("万", "亿"))
    return f"{figure}{unit}" if joined else f"{figure} {unit}".rstrip()


def _figure(number: float, language: str) -> str:
    if language == "zh":
        for size, word in _LARGE_ZH:
            if abs(number) >= size:
                return f"{number / size:,.6g} {word}"
    whole = number == int(number) or abs(number) >= 1000
    return f"{number:,.0f}" if whole else f"{number:,.4g}"


def _days(value: DateValue) -> str:
    if value.grain == "year":
        return str(value.first.year)
    if value.grain == "month":
        return f"{value.first:%Y-%m}"
    first, last = value.first.isoformat(), value.last.isoformat()
    return first if first == last else f"{first}..{last}"
