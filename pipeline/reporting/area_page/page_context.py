"""What the template of an area is given: its estimates, its sentences and its tables."""

from collections.abc import Callable
from functools import partial
from typing import Any

from pipeline.reporting.area_page import comparisons, grades, progress, quality, report_tables, year_end
from pipeline.reporting.area_page.attention import attention
from pipeline.reporting.area_page.key_figures import key_figures
from pipeline.reporting.area_page.questions import questions
from pipeline.reporting.area_page.since_last import since_last
from pipeline.reporting.area_page.situation import situation_table
from pipeline.reporting.report_context import REPORTED, ReportContext
from pipeline.reporting.shown.peers import Peers
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text import wording
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.links import linked


def page_context(facts: ShownArea, report: ReportContext) -> dict:
    _, estimates = report.say, facts.estimates
    with_targets = progress.progress_of(facts, report)
    members_level = facts.members[0].level if facts.members else ""
    return {
        "f": facts,
        "title": _title(facts, report),
        "period": wording.window_name(_, "ytd", facts.month),
        "rolling_period": wording.window_name(_, _long_window(facts, "sex_ratio_at_birth"), facts.month),
        "where": report.whole(facts.name, facts.level),
        "srb_spec": report.indicators["sex_ratio_at_birth"],
        **_headline(facts, report, "srb", "sex_ratio_at_birth"),
        **_headline(facts, report, "growth", "natural_growth_rate"),
        "srb_verdict": facts.verdict("sex_ratio_at_birth", "normal_range"),
        "growth_change": facts.verdict("natural_growth_rate", "change"),
        "srb_ytd": estimates.get(("sex_ratio_at_birth", "ytd")),
        "srb_rolling": estimates.get(("sex_ratio_at_birth", _long_window(facts, "sex_ratio_at_birth"))),
        "growth_ytd": estimates.get(("natural_growth_rate", "ytd")),
        "birth_ytd": estimates.get(("birth_rate", "ytd")),
        "death_ytd": estimates.get(("death_rate", "ytd")),
        "has_yearly_trend": any(trend.is_yearly for trend in facts.trends.values()),
        "cards": key_figures(facts, report),
        "has_targets": bool(with_targets),
        "has_grades": any(grades.grade_of(facts, one.estimate, report) for one in with_targets),
        "grade_bounds": grades.bounds(facts, [one.spec for one in with_targets], report),
        "has_outlook": bool(year_end.outlook_of(facts, report)),
        "progress_sentences": progress.summary(with_targets, facts, report),
        "differences": comparisons.differences(facts, report),
        "ranks": comparisons.rank_lines(facts, report),
        "has_comparisons": bool(comparisons.compared_indicators(facts, report)),
        "members_title": _members_title(report, members_level),
        "quality_summary": quality.summary(facts, report),
        "findings": [quality.finding_in_words(finding, report) for finding in facts.findings],
        "flags": [
            quality.finding_in_words(flag, report) for flag in quality.distinct_flags(facts, "target_missed")
        ],
        "questions": questions(facts, report),
        "attention": [*attention(with_targets, facts, report), *since_last(facts, report)],
        "source_lines": _source_lines(report),
        "sources_of_counts": _sources_of_counts(report),
        "population": report.population_name,
        "people": facts.people,
        "is_population_estimated": any(
            one.is_denominator_estimated for one in estimates.values() if one.denominator is not None
        ),
    }


def tables_of(facts: ShownArea, report: ReportContext, peers: Peers) -> dict[str, Callable[[int], str]]:
    """The tables of a page by name, each to be called with its number."""
    names = {
        member.area_code: linked(member.area_code, member.name, report)
        if member.level in report.settings.reported_levels
        else escape(member.name)
        for member in facts.members
    }
    own = {one.spec.name for one in progress.progress_of(facts, report)}
    graded = {name: counts for name, counts in peers.grades.items() if name in own}
    return {
        "situation": partial(situation_table, facts, report),
        "sex_ratio": partial(report_tables.sex_ratio_table, facts, report),
        "targets": partial(progress.targets_table, progress.progress_of(facts, report), facts, report),
        "grades": partial(grades.grades_table, graded, report),
        "outlook": partial(year_end.outlook_table, facts, report),
        "neighbours": partial(comparisons.neighbours_table, facts, report),
        "members": partial(report_tables.members_table, facts, report, names),
        "completeness": partial(quality.completeness_table, facts, report),
    }


def _headline(facts: ShownArea, report: ReportContext, short: str, indicator: str) -> dict[str, Any]:
    """The value that leads, and the name of its window."""
    estimate = facts.headline(indicator)
    window = estimate.time_window if estimate else "ytd"
    return {
        f"{short}_headline": estimate,
        f"{short}_period": wording.window_name(report.say, window, facts.month),
    }


def _long_window(facts: ShownArea, indicator: str) -> str:
    """The twelve months, or the whole year that stands in for them."""
    return "year" if indicator in facts.yearly else "rolling_12"


def _title(facts: ShownArea, report: ReportContext) -> str:
    _, name = report.say, escape(facts.name)
    if own := report.named(report.settings.title):
        return _("page.title_with_name", name=name, title=escape(own))
    return _("page.title", name=name)


def _members_title(report: ReportContext, level: str) -> str:
    """`各乡镇比较`, by what the areas below are called."""
    _, words = report.say, report.settings.level_names.get(level)
    if words is None:
        return _("members.heading")
    return _("members.heading_of_level", level=report.named(words))


def _sources_of_counts(report: ReportContext) -> str:
    """Where births, deaths and population come from: `住院分娩直报（出生人数）；公安户籍（死亡人数、户籍人口）`."""
    _ = report.say
    counted: dict[str, list[str]] = {}
    for name in REPORTED:
        formula = report.indicators[name].formula
        for element in (*formula.numerator, *formula.denominator) if name != "sex_ratio_at_birth" else ():
            for source in report.sources_of(element):
                if (label := report.label(element)) not in counted.setdefault(source, []):
                    counted[source].append(label)
    parts = (
        _(
            "situation.source",
            source=report.source_names.get(source, source),
            elements=wording.listed(_, labels),
        )
        for source, labels in counted.items()
    )
    return escape(_("language.list_separator_long").join(parts))


def _source_lines(report: ReportContext) -> list[str]:
    """Each source with the elements for which it comes first."""
    _, labels = report.say, report.element_labels
    used_for: dict[str, list[str]] = {}
    for element, source in report.preferred_sources.items():
        used_for.setdefault(source, []).append(labels.get(element, element))
    return [
        _(
            "method.preferred_sources",
            source=escape(report.source_names.get(source, source)),
            elements=escape(wording.listed(_, elements)),
        )
        for source, elements in used_for.items()
    ]
