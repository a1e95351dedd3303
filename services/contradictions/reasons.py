"""One sentence that says why two accounts differ, in Chinese and in English."""

from __future__ import annotations

from services.contradictions.claims import Claim, DateValue, LabelValue, NumberValue, PersonValue
from services.contradictions.judging import Finding

_KINDS_ZH = {
    "number": "数字不一致",
    "unit": "数字相同而单位不同",
    "bound": "超出了所说的范围",
    "date": "时间不一致",
    "status": "进展不一致",
    "polarity": "一方肯定，一方否认",
    "person": "人员不一致",
    "place": "地点不一致",
    "trend": "升降方向相反",
    "quantifier": "一方说全部，一方说还有缺",
}
_KINDS_EN = {
    "number": "the figures differ",
    "unit": "same figure, another unit",
    "bound": "one lies outside the other's bound",
    "date": "the dates differ",
    "status": "the stage of work differs",
    "polarity": "one affirms, the other denies",
    "person": "the persons differ",
    "place": "the places differ",
    "trend": "opposite directions",
    "quantifier": "one says all, the other that some lack it",
}
_LABELS_ZH = {
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
}
_LABELS_EN = {
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
}
_SHOWN_UNITS = {"kg": "kg", "m": "m", "m2": "m²", "CNY": "CNY", "USD": "USD"}


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.4g}"


def _interval(value: NumberValue) -> str:
    unit = f" {_SHOWN_UNITS.get(value.base, value.base)}" if value.base else ""
    if value.low is None:
        return f"≤ {_figure(value.high or 0.0)}{unit}"
    if value.high is None:
        return f"≥ {_figure(value.low)}{unit}"
    if value.low == value.high:
        return f"{_figure(value.low)}{unit}"
    return f"{_figure(value.low)}-{_figure(value.high)}{unit}"


def _days(value: DateValue) -> str:
    if value.grain == "year":
        return str(value.first.year)
    if value.grain == "month":
        return f"{value.first:%Y-%m}"
    return (
        value.first.isoformat()
        if value.first == value.last
        else f"{value.first.isoformat()}..{value.last.isoformat()}"
    )


def normalised(claim: Claim, language: str = "en") -> str:
    """The value in normal form, for people: base unit, ISO date, label."""
    value = claim.value
    if isinstance(value, NumberValue):
        return _interval(value)
    if isinstance(value, DateValue):
        return _days(value)
    if isinstance(value, LabelValue):
        return (_LABELS_ZH if language == "zh" else _LABELS_EN)[value.label]
    if isinstance(value, PersonValue):
        return value.name
    return " ".join(value.keys)


def _difference(finding: Finding) -> str:
    one, two = finding.first.value, finding.second.value
    if (
        not isinstance(one, NumberValue)
        or not isinstance(two, NumberValue)
        or finding.kind != "number"
    ):
        return ""
    if one.low is None or two.low is None or not max(abs(one.low), abs(two.low)):
        return ""
    return f"{100 * abs(one.low - two.low) / max(abs(one.low), abs(two.low)):.0f}%"


def reason(
    finding: Finding, read: tuple[str, str], language: str, who: tuple[str, str] = ("", "")
) -> str:
    """The sentence for a finding; `read` are the two values as written, `who` the speakers."""
    zh = language == "zh"
    sides = []
    for side, name, claim, written in zip(
        "AB", who, (finding.first, finding.second), read, strict=True
    ):
        norm = normalised(claim, language)
        shown = (
            written
            if norm == written or isinstance(claim.value, PersonValue)
            else f"{written}（{norm}）"
            if zh
            else f"{written} ({norm})"
        )
        sides.append(f"{name or side}{'：' if zh else ': '}{shown}")
    head = (_KINDS_ZH if zh else _KINDS_EN)[finding.kind]
    gap = _difference(finding)
    tail = (f"，相差{gap}" if zh else f", {gap} apart") if gap else ""
    return (
        f"{head}：{'；'.join(sides)}{tail}。"
        if zh
        else f"{head[0].upper()}{head[1:]}: {'; '.join(sides)}{tail}."
    )
