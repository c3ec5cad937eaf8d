"""What a finding says: one English line for the terminal, one Chinese sentence for the page.

The figures come from the evidence. A kind without words here, or evidence without the figures its words need, is
shown as it is: nothing is left unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from pipeline.plain_words import counted, figure

Evidence = Mapping[str, Any]

_ENGLISH = {
    "sum_differs": (
        "printed {printed}, but its parts beside it add up to {computed}",
        "{stated} stated for {span}, but its parts add up to {sum_of_parts}",
    ),
    "rate_differs": ("printed {printed}, but {computed} from the counts beside it",),
    "unit_slip": (
        "printed {printed}, {factor} times the {computed} that follow from the counts beside it: another unit",
    ),
    "total_row_differs": (
        "the row {label} states {stated}, the {rows_added} it stands for add up to {computed}",
    ),
    "cumulative_falls": ("{found} since January, but {previous} already in {previous_month}",),
    "cumulative_differs": ("{stated} stated for {span}, but its months add up to {sum_of_months}",),
    "children_differ": ("{stated} stated, but the {areas} below add up to {sum_of_areas}",),
    "sources_disagree": ("{preferred} in {preferred_source}, {found} in {source}, over the same {months}",),
    "stuck": ("{value} in each of {months} since {first_month}",),
    "copied_month": ("{figures} of {areas} as in {previous_month}",),
    "zero_for_missing": ("0 in {figures}, where about {usual} are usual",),
    "duplicate_file": ("the same content as {same_as}",),
    "long_silent": (
        "no return to {source} for {months_silent} from {areas}, the last one in {last_return}",
        "no return to {source} for {months_silent} from {areas}",
    ),
    "area_code_out_of_use": (
        "the code {code} was not in use in {months} since {first_month}; its figures are {is_counted}",
    ),
    "unusual_month": (
        "{observed} in the month, where about {expected} were to be expected (99.8 %: {lower_998} to {upper_998})",
        "{observed} in the month, where about {expected} were to be expected (99.8 %: at least {lower_998})",
    ),
    "level_shift": (
        "from this month on, a level that is {change_percent} % off the one before, at a stroke",
    ),
    "outside_normal_range": (
        "{value} in {time_window} (95 % interval {lower_95} to {upper_95}), {verdict} of the normal range, {bound}, "
        "beyond chance",
    ),
    "target_missed": (
        "{value} in {time_window} (95 % interval {lower_95} to {upper_95}), {verdict} of the target, {bound}, beyond "
        "chance",
    ),
}

_CHINESE = {
    "sum_differs": (
        "上报合计 {printed}，同行分项相加为 {computed}，相差 {difference}。",
        "{span}上报合计 {stated}，分项相加为 {sum_of_parts}，相差 {difference}。",
    ),
    "rate_differs": ("上报 {printed}，按同行数字计算为 {computed}，两者不符。",),
    "unit_slip": ("上报 {printed}，按同行数字计算为 {computed}，前者是后者的 {factor} 倍，计量单位不一致。",),
    "total_row_differs": (
        "“{label}”行为 {stated}，所含 {rows_added} 行相加为 {computed}，相差 {difference}。",
    ),
    "cumulative_falls": ("本月累计 {found}，小于{previous_month}累计 {previous}。",),
    "cumulative_differs": ("{span}上报 {stated}，各月相加为 {sum_of_months}，相差 {difference}。",),
    "children_differ": ("本级上报 {stated}，下级 {areas} 个单位相加为 {sum_of_areas}，相差 {difference}。",),
    "sources_disagree": (
        "{months} 个月，{preferred_source}为 {preferred}，{source}为 {found}，相差 {difference}。",
    ),
    "stuck": ("自{first_month}起连续 {months} 个月均为 {value}。",),
    "copied_month": ("{areas} 个单位的 {figures} 个数字与{previous_month}完全相同。",),
    "zero_for_missing": ("{figures} 个数字为 0，前后各月通常约为 {usual}。",),
    "duplicate_file": ("与“{same_as}”内容相同。",),
    "long_silent": (
        "{source}已连续 {months_silent} 个月未报（{areas} 个单位），最近一次为{last_return}。",
        "{source}已连续 {months_silent} 个月未报（{areas} 个单位）。",
    ),
    "area_code_out_of_use": (
        "自{first_month}起，{months} 个月的数字使用了已停用的区划代码 {code}，这些数字{is_counted}。",
    ),
    "unusual_month": (
        "本月为 {observed}，按以往各月和周边地区同月推算约为 {expected}（99.8%预测区间 {lower_998}～{upper_998}）。",
        "本月为 {observed}，按以往各月和周边地区同月推算约为 {expected}（99.8%预测下限 {lower_998}）。",
    ),
    "level_shift": ("自本月起水平突然变化 {change_percent}%，来源、口径或范围可能有变。",),
    "outside_normal_range": (
        "{time_window}为 {value}（95%置信区间 {lower_95}～{upper_95}），{verdict}正常范围{end} {bound}，"
        "超出随机波动所能解释的程度。",
    ),
    "target_missed": (
        "{time_window}为 {value}（95%置信区间 {lower_95}～{upper_95}），{verdict}目标{end} {bound}，"
        "超出随机波动所能解释的程度。",
    ),
}

_TITLES = {
    "sum_differs": "合计与分项不符",
    "rate_differs": "比率与计数不符",
    "unit_slip": "计量单位不一致",
    "total_row_differs": "合计行不符",
    "cumulative_falls": "累计数下降",
    "cumulative_differs": "累计数与各月不符",
    "children_differ": "本级与下级不符",
    "sources_disagree": "来源之间不一致",
    "stuck": "多月数字相同",
    "copied_month": "与上月完全相同",
    "zero_for_missing": "零值待核",
    "duplicate_file": "文件重复",
    "long_silent": "长期未报",
    "area_code_out_of_use": "代码已停用",
    "unusual_month": "数值异于推算",
    "level_shift": "水平突变",
    "outside_normal_range": "正常范围之外",
    "target_missed": "未达到目标",
}

_DIFFERENCES = (
    ("printed", "computed"),
    ("stated", "computed"),
    ("stated", "sum_of_parts"),
    ("stated", "sum_of_months"),
    ("stated", "sum_of_areas"),
    ("preferred", "found"),
)
_WINDOWS = {"ytd": "1月至本月累计", "rolling_12": "近12个月"}
_WINDOWS_ENGLISH = {"ytd": "the year to date", "rolling_12": "the last twelve months"}
_SPANS = {"ytd": "1月至本月累计", "quarter": "本季度", "year": "全年", "month": "本月"}
_SPANS_ENGLISH = {
    "ytd": "the year to date",
    "quarter": "the quarter",
    "year": "the year",
    "month": "the month",
}
_UNITS = {
    "areas": "area",
    "figures": "figure",
    "months": "month",
    "months_silent": "month",
    "rows_added": "row",
}
_ABOUT_RATES = ("rate_differs", "unit_slip")
ABOUT_INDICATORS = ("outside_normal_range", "target_missed")
_WITH_LIMITS = ("value", "lower_95", "upper_95")
_COUNTS = (
    "previous",
    "value",
    "usual",
    "observed",
    "expected",
    *{key: None for pair in _DIFFERENCES for key in pair},
)
_NO_BREAK = "\N{NO-BREAK SPACE}"
_PLACE = ("source", "path", "sheet", "row", "column")


def english(kind: str, evidence: Evidence) -> str:
    """One line; where the figures stand is not in it."""
    words = _named(
        evidence,
        {
            "span": _SPANS_ENGLISH,
            "time_window": _WINDOWS_ENGLISH,
            "is_counted": {"True": "counted", "False": "not counted"},
            "verdict": {"higher": "above the upper end", "lower": "below the lower end"},
        },
    )
    words |= {
        key: counted(words[key], unit) for key, unit in _UNITS.items() if isinstance(words.get(key), int)
    }
    return _filled(_ENGLISH.get(kind, ()), words, figure) or _as_it_is(kind, evidence, figure)


def chinese(kind: str, evidence: Evidence, source_names: Mapping[str, str]) -> str:
    """One sentence; sources stand in it by the names they have in the reports."""
    names = {"source": source_names, "preferred_source": source_names, "span": _SPANS}
    words = _named(
        {**evidence, "end": evidence.get("verdict")},
        names
        | {
            "is_counted": {"True": "已计入", "False": "未计入"},
            "time_window": _WINDOWS,
            "verdict": {"higher": "高于", "lower": "低于"},
            "end": {"higher": "上限", "lower": "下限"},
        },
    )
    templates = [template.replace(" ", _NO_BREAK) for template in _CHINESE.get(kind, ())]
    return _filled(templates, words, _figure_or_month) or _as_it_is(title(kind), evidence, _figure_or_month)


def has_small_count(kind: str, evidence: Evidence, threshold: int) -> bool:
    """Whether the sentence would print a count from 1 to below the threshold; rates and numbers of months are none."""
    if kind in (*_ABOUT_RATES, *ABOUT_INDICATORS):
        return False
    return any(
        isinstance(evidence.get(key), int | float) and 0 < evidence[key] < threshold for key in _COUNTS
    )


def title(kind: str) -> str:
    """What a kind of finding is called on the page."""
    return _TITLES.get(kind, kind)


def chinese_month(month: date) -> str:
    return f"{month.year}年{month.month}月"


def _figure_or_month(value: Any) -> str:
    if isinstance(value, str) and len(value) in (7, 10) and value[4] == "-":
        try:
            return chinese_month(date.fromisoformat(f"{value[:7]}-01"))
        except ValueError:
            return value
    return figure(value)


def _named(evidence: Evidence, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The evidence with names in place of codes, and the difference of the two figures it is about."""
    words: dict[str, Any] = {key: value for key, value in evidence.items() if value is not None}
    if "decimals" in words:
        words |= {key: f"{words[key]:,.{words['decimals']}f}" for key in _WITH_LIMITS if key in words}
    for key, other in _DIFFERENCES:
        if all(isinstance(words.get(name), int | float) for name in (key, other)):
            words["difference"] = abs(words[key] - words[other])
    return words | {
        key: known.get(str(words[key]), words[key]) for key, known in names.items() if key in words
    }


def _filled(templates: Iterable[str], words: Mapping[str, Any], shown: Callable[[Any], str]) -> str:
    """The first template whose words are all known; empty if there is none."""
    texts = {key: shown(value) for key, value in words.items()}
    for template in templates:
        try:
            return template.format_map(texts)
        except KeyError:
            continue
    return ""


def _as_it_is(name: str, evidence: Evidence, shown: Callable[[Any], str]) -> str:
    rest = ", ".join(f"{key} {shown(value)}" for key, value in evidence.items() if key not in _PLACE)
    return f"{name}: {rest}" if rest else name
