"""One sentence that says why two accounts differ, in Chinese and in English."""

from __future__ import annotations

from services.contradictions.claims import TRAIT, Claim, LabelValue, NumberValue, PersonValue
from services.contradictions.judging import Finding
from services.contradictions.values_shown import says_the_same, show_value

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
    "trait": "两种说法不能同时成立",
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
    "trait": "it cannot be of both sorts",
}


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
    colon, semicolon = ("：", "；") if zh else (": ", "; ")
    names = (one or letter for one, letter in zip(who, "甲乙" if zh else "AB", strict=True))
    sides = [
        f"{name}{colon}{_side(claim, written, language)}"
        for name, claim, written in zip(names, (finding.first, finding.second), read, strict=True)
    ]
    head = (_KINDS_ZH if zh else _KINDS_EN)[_head(finding)]
    gap = _difference(finding)
    if zh:
        return f"{head}：{semicolon.join(sides)}{f'，相差 {gap}' if gap else ''}。"
    return f"{head[0].upper()}{head[1:]}: {semicolon.join(sides)}{f', {gap} apart' if gap else ''}."


def _head(finding: Finding) -> str:
    value = finding.first.value
    is_trait = isinstance(value, LabelValue) and value.about.startswith(TRAIT)
    return "trait" if is_trait else finding.kind


def _side(claim: Claim, written: str, language: str) -> str:
    shown = show_value(claim, language)
    if isinstance(claim.value, PersonValue) or says_the_same(shown, written):
        return written
    return f"{written}（{shown}）" if language == "zh" else f"{written} ({shown})"
