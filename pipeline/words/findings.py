"""What a finding says, in one sentence of each language: for the reports, and in English for the commands.

The sentences are written in Chinese; the catalogue has the others. The figures come from the evidence. A kind without
words here, or evidence without the figures its words need, is shown as it is: nothing is left unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.words.finding_values import Evidence, Measure, figures_of
from pipeline.words.intervals import between
from pipeline.words.months import month_name, months_so_far
from pipeline.words.numbers import figure
from pipeline.words.translations import SOURCE_LANGUAGE, Translator, read_translator

_CATALOGUES = Path(__file__).resolve().parents[2] / "reports" / "translations"
_ = str  # marks the texts of these tables for translation

_SENTENCES = {
    "sum_differs": (
        _("上报合计 {printed}，同行分项相加为 {computed}，相差 {difference}。"),
        _("{span}上报合计 {stated}，分项相加为 {sum_of_parts}，相差 {difference}。"),
    ),
    "rate_differs": (_("上报 {printed}，按同行数字计算为 {computed}，两者不符。"),),
    "unit_slip": (
        _("上报 {printed}，按同行数字计算为 {computed}，前者是后者的 {factor} 倍，计量单位不一致。"),
    ),
    "total_row_differs": (
        _("“{label}”行为 {stated}，所含 {rows_added}相加为 {computed}，相差 {difference}。"),
    ),
    "cumulative_falls": (_("本月累计 {found}，小于{previous_month}累计 {previous}。"),),
    "cumulative_differs": (_("{span}上报 {stated}，各月相加为 {sum_of_months}，相差 {difference}。"),),
    "children_differ": (_("本级上报 {stated}，下级 {areas}相加为 {sum_of_areas}，相差 {difference}。"),),
    "sources_disagree": (
        _("{months}，{preferred_source}为 {preferred}，{source}为 {found}，相差 {difference}。"),
    ),
    "stuck": (_("自{first_month}起连续 {months}均为 {value}。"),),
    "copied_month": (_("{areas}的 {figures}与{previous_month}完全相同。"),),
    "zero_for_missing": (_("{figures}为 0，前后各月通常约为 {usual}。"),),
    "blank_cell": (
        _("{areas}本月为空白，因此以下地区有关的合计和指标无从计算：{unknown}。"),
        _("本月为空白，因此以下地区有关的合计和指标无从计算：{unknown}。"),
        _("{areas}本月为空白，上级的合计不含这些地区。"),
        _("本月为空白，上级的合计不含该地区。"),
    ),
    "duplicate_file": (_("与“{same_as}”内容相同。"),),
    "long_silent": (
        _("{source}已连续 {months_silent}未报（{areas}），最近一次为{last_return}。"),
        _("{source}已连续 {months_silent}未报（{areas}）。"),
    ),
    "nothing_for_years": (_("{first_month}至{last_month}没有任何数据，此前有 {figures}。"),),
    "area_code_out_of_use": (
        _("自{first_month}起，{months}的数字使用了已停用的区划代码 {code}，这些数字{is_counted}。"),
    ),
    "unusual_month": (
        _("本月为 {observed}，按以往各月和周边地区同月推算约为 {expected}（99.8%预测区间 {interval_998}）。"),
        _("本月为 {observed}，按以往各月和周边地区同月推算约为 {expected}（99.8%预测下限 {lower_998}）。"),
    ),
    "level_shift": (_("自本月起水平突然{moved} {change_percent}%，超出随机波动所能解释的程度。"),),
    "outside_normal_range": (
        _("{time_window}为 {value}（95%置信区间 {interval_95}），{bound_is}，超出随机波动所能解释的程度。"),
    ),
    "target_missed": (
        _("{time_window}为 {value}（95%置信区间 {interval_95}），{bound_is}，超出随机波动所能解释的程度。"),
    ),
}

_TITLES = {
    "sum_differs": _("合计与分项不符"),
    "rate_differs": _("比率与计数不符"),
    "unit_slip": _("计量单位不一致"),
    "total_row_differs": _("合计行不符"),
    "cumulative_falls": _("累计数下降"),
    "cumulative_differs": _("累计数与各月不符"),
    "children_differ": _("本级与下级不符"),
    "sources_disagree": _("来源之间不一致"),
    "stuck": _("多月数字相同"),
    "copied_month": _("与上月完全相同"),
    "zero_for_missing": _("零值待核"),
    "blank_cell": _("空白待补"),
    "duplicate_file": _("文件重复"),
    "long_silent": _("长期未报"),
    "nothing_for_years": _("多年无数据"),
    "area_code_out_of_use": _("代码已停用"),
    "unusual_month": _("数值异于推算"),
    "level_shift": _("水平突变"),
    "outside_normal_range": _("正常范围之外"),
    "target_missed": _("未达到目标"),
}

_NAMES = {
    "time_window": {"ytd": _("1月至本月累计"), "rolling_12": _("近12个月")},
    "span": {"ytd": _("1月至本月累计"), "quarter": _("本季度"), "year": _("全年"), "month": _("本月")},
    "moved": {"True": _("升高"), "False": _("降低")},
    "is_counted": {"True": _("已计入"), "False": _("未计入")},
}
_BOUNDS = {
    "outside_normal_range": {"higher": _("高于正常范围上限 {bound}"), "lower": _("低于正常范围下限 {bound}")},
    "target_missed": {"higher": _("高于目标上限 {bound}"), "lower": _("低于目标下限 {bound}")},
}
_NO_BREAK = "\N{NO-BREAK SPACE}"
_PLACE = ("source", "path", "sheet", "row", "column")


def english(kind: str, evidence: Evidence) -> str:
    """One line for the terminal; where the figures stand is not in it, sources and months are as in the files."""
    translator = read_translator("en", [_CATALOGUES])
    return _sentence(kind, evidence, {}, translator, figure, Measure()) or _as_it_is(kind, evidence, figure)


def chinese(kind: str, evidence: Evidence, source_names: Mapping[str, str]) -> str:
    """One sentence; sources stand in it by the names they have in the reports."""
    return sentence(kind, evidence, source_names, Translator(SOURCE_LANGUAGE))


def sentence(
    kind: str,
    evidence: Evidence,
    source_names: Mapping[str, str],
    translator: Translator,
    month: date | None = None,
    measure: Measure | None = None,
) -> str:
    """One sentence in the language of the translator; with `month`, the year to date is named by its months."""

    def shown(value: Any) -> str:
        return _figure_or_month(value, translator)

    said = _sentence(kind, evidence, source_names, translator, shown, measure or Measure(), month)
    return said or _as_it_is(title(kind, translator), evidence, shown)


def title(kind: str, translator: Translator | None = None) -> str:
    """What a kind of finding is called on the page."""
    name = _TITLES.get(kind, kind)
    return translator(name) if translator else name


def chinese_month(month: date) -> str:
    return f"{month.year}年{month.month}月"


def _sentence(
    kind: str,
    evidence: Evidence,
    source_names: Mapping[str, str],
    translator: Translator,
    shown: Callable[[Any], str],
    measure: Measure,
    month: date | None = None,
) -> str:
    words = {key: shown(value) for key, value in figures_of(kind, evidence, measure).items()}
    for key in ("source", "preferred_source"):
        if key in words:
            words[key] = source_names.get(words[key], words[key])
    for key, count in evidence.items():
        if isinstance(count, int) and key in ("areas", "figures", "months", "months_silent", "rows_added"):
            words[key] = _counted(key, count, translator)
    for level in ("95", "998"):
        if f"lower_{level}" in words and f"upper_{level}" in words:
            limits = between(translator, words[f"lower_{level}"], words[f"upper_{level}"])
            words[f"interval_{level}"] = limits
    named = {"moved": evidence["change_percent"] > 0} if "change_percent" in evidence else {}
    for key, names in _NAMES.items():
        if (value := str((evidence | named).get(key))) in names:
            words[key] = translator(names[value])
    if month and "ytd" in (evidence.get("time_window"), evidence.get("span")):
        since_january = translator(_("{months}累计"), months=months_so_far(translator, month))
        words |= {key: since_january for key in ("time_window", "span") if evidence.get(key) == "ytd"}
    if bound := _BOUNDS.get(kind, {}).get(evidence.get("verdict")):
        words["bound_is"] = translator(bound, bound=words["bound"])
    return _filled((translator(text) for text in _SENTENCES.get(kind, ())), words, translator)


def _counted(key: str, count: int, translator: Translator) -> str:
    number = f"{count:,}"
    _ = translator
    if key == "areas":
        return _.plural("{count} 个单位", "{count} 个单位", count, count=number)
    if key == "figures":
        return _.plural("{count} 个数字", "{count} 个数字", count, count=number)
    if key == "rows_added":
        return _.plural("{count} 行", "{count} 行", count, count=number)
    return _.plural("{count} 个月", "{count} 个月", count, count=number)


def _figure_or_month(value: Any, translator: Translator) -> str:
    if isinstance(value, str) and len(value) in (7, 10) and value[4] == "-":
        try:
            return month_name(translator, date.fromisoformat(f"{value[:7]}-01"))
        except ValueError:
            return value
    return figure(value)


def _filled(templates: Iterable[str], words: Mapping[str, str], translator: Translator) -> str:
    """The first template whose words are all known; empty if there is none."""
    for template in templates:
        try:
            text = template.format_map(words)
        except KeyError:
            continue
        return text.replace(" ", _NO_BREAK) if translator.language == SOURCE_LANGUAGE else text
    return ""


def _as_it_is(name: str, evidence: Evidence, shown: Callable[[Any], str]) -> str:
    rest = ", ".join(f"{key} {shown(value)}" for key, value in evidence.items() if key not in _PLACE)
    return f"{name}: {rest}" if rest else name
