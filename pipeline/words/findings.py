"""What a finding says, in one sentence of each language: for the reports, and in English for the commands.

The sentences are written in Chinese; the catalogue has the others. The figures come from the evidence. A kind without
words here, or evidence without the figures its words need, is shown as it is: nothing is left unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from pipeline.words.finding_values import Evidence, Measure, figures_of
from pipeline.words.intervals import between
from pipeline.words.months import month_name, months_so_far
from pipeline.words.numbers import figure
from pipeline.words.translations import Translator, read_translator

_ = str  # marks the texts of these tables for translation

_SENTENCES = {
    "sum_differs": (
        _("findings.sum_differs.printed"),
        _("findings.sum_differs"),
    ),
    "rate_differs": (_("findings.rate_differs"),),
    "unit_slip": (_("findings.unit_slip"),),
    "total_row_differs": (_("findings.total_row_differs"),),
    "cumulative_falls": (_("findings.cumulative_falls"),),
    "cumulative_differs": (_("findings.cumulative_differs"),),
    "children_differ": (_("findings.children_differ"),),
    "sources_disagree": (_("findings.sources_disagree"),),
    "stuck": (_("findings.stuck"),),
    "copied_month": (_("findings.copied_month"),),
    "zero_for_missing": (_("findings.zero_for_missing"),),
    "blank_cell": (
        _("findings.blank_cell.some_areas_unknown"),
        _("findings.blank_cell.unknown"),
        _("findings.blank_cell.some_areas"),
        _("findings.blank_cell"),
    ),
    "duplicate_file": (_("findings.duplicate_file"),),
    "long_silent": (
        _("findings.long_silent.last_return"),
        _("findings.long_silent"),
    ),
    "nothing_for_years": (_("findings.nothing_for_years"),),
    "area_code_out_of_use": (_("findings.area_code_out_of_use"),),
    "unusual_month": (
        _("findings.unusual_month"),
        _("findings.unusual_month.lower"),
    ),
    "level_shift": (_("findings.level_shift"),),
    "outside_normal_range": (_("findings.outside_limits"),),
    "target_missed": (_("findings.outside_limits"),),
}

_TITLES = {
    "sum_differs": _("findings.title.sum_differs"),
    "rate_differs": _("findings.title.rate_differs"),
    "unit_slip": _("findings.title.unit_slip"),
    "total_row_differs": _("findings.title.total_row_differs"),
    "cumulative_falls": _("findings.title.cumulative_falls"),
    "cumulative_differs": _("findings.title.cumulative_differs"),
    "children_differ": _("findings.title.children_differ"),
    "sources_disagree": _("findings.title.sources_disagree"),
    "stuck": _("findings.title.stuck"),
    "copied_month": _("findings.title.copied_month"),
    "zero_for_missing": _("findings.title.zero_for_missing"),
    "blank_cell": _("findings.title.blank_cell"),
    "duplicate_file": _("findings.title.duplicate_file"),
    "long_silent": _("findings.title.long_silent"),
    "nothing_for_years": _("findings.title.nothing_for_years"),
    "area_code_out_of_use": _("findings.title.area_code_out_of_use"),
    "unusual_month": _("findings.title.unusual_month"),
    "level_shift": _("findings.title.level_shift"),
    "outside_normal_range": _("findings.title.outside_normal_range"),
    "target_missed": _("findings.title.target_missed"),
}

_NAMES = {
    "time_window": {"ytd": _("findings.span.ytd"), "rolling_12": _("months.rolling_12_short")},
    "span": {
        "ytd": _("findings.span.ytd"),
        "quarter": _("findings.span.quarter"),
        "year": _("labels.whole_year"),
        "month": _("findings.span.month"),
    },
    "moved": {"True": _("findings.moved.up"), "False": _("findings.moved.down")},
    "is_counted": {"True": _("findings.is_counted.yes"), "False": _("findings.is_counted.no")},
}
_BOUNDS = {
    "outside_normal_range": {
        "higher": _("findings.above_normal_range"),
        "lower": _("findings.below_normal_range"),
    },
    "target_missed": {"higher": _("findings.above_target"), "lower": _("findings.below_target")},
}
_NO_BREAK = "\N{NO-BREAK SPACE}"
_PLACE = ("source", "path", "sheet", "row", "column")


def english(kind: str, evidence: Evidence) -> str:
    """One line for the terminal; where the figures stand is not in it, sources and months are as in the files."""
    translator = read_translator("en")
    return _sentence(kind, evidence, {}, translator, figure, Measure()) or _as_it_is(kind, evidence, figure)


def chinese(kind: str, evidence: Evidence, source_names: Mapping[str, str]) -> str:
    """One sentence; sources stand in it by the names they have in the reports."""
    return sentence(kind, evidence, source_names, read_translator("zh"))


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
    name = _TITLES.get(kind)
    return (translator or read_translator("zh"))(name) if name else kind


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
        since_january = translator("months.cumulative", months=months_so_far(translator, month))
        words |= {key: since_january for key in ("time_window", "span") if evidence.get(key) == "ytd"}
    if bound := _BOUNDS.get(kind, {}).get(evidence.get("verdict")):
        words["bound_is"] = translator(bound, bound=words["bound"])
    return _filled((translator(text) for text in _SENTENCES.get(kind, ())), words, translator)


def _counted(key: str, count: int, translator: Translator) -> str:
    number = f"{count:,}"
    _ = translator
    if key == "areas":
        return _.plural("findings.count_areas", count, count=number)
    if key == "figures":
        return _.plural("findings.count_figures", count, count=number)
    if key == "rows_added":
        return _.plural("findings.count_rows", count, count=number)
    return _.plural("findings.count_months", count, count=number)


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
        return text.replace(" ", _NO_BREAK) if translator.language == "zh" else text
    return ""


def _as_it_is(name: str, evidence: Evidence, shown: Callable[[Any], str]) -> str:
    rest = ", ".join(f"{key} {shown(value)}" for key, value in evidence.items() if key not in _PLACE)
    return f"{name}: {rest}" if rest else name
