"""What the template of an area is given: its estimates, its sentences and its tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from pipeline.reporting import comparisons, grades, progress, quality, report_tables, wording, year_end
from pipeline.reporting.edition import Edition
from pipeline.reporting.facts import AreaFacts
from pipeline.reporting.key_figures import key_figures
from pipeline.reporting.neighbourhood import Neighbourhood
from pipeline.reporting.overview_links import linked
from pipeline.reporting.populations import population_name, population_of
from pipeline.reporting.questions import questions
from pipeline.reporting.renderers import escape
from pipeline.reporting.verdicts import has_sex_ratio, is_small


def page_context(facts: AreaFacts, edition: Edition) -> dict:
    _, estimates = edition.say, facts.estimates
    with_targets = progress.progress_of(facts, edition)
    members_level = facts.members[0].level if facts.members else ""
    return {
        "f": _with_own_trends(facts, edition),
        "title": _title(facts, edition),
        "is_small": is_small(facts, edition.settings.withhold_counts_below),
        "period": wording.window_name(_, "ytd", facts.month),
        "rolling_period": wording.window_name(_, "rolling_12", facts.month),
        "where": edition.whole(facts),
        "srb_spec": edition.indicators["sex_ratio_at_birth"],
        "srb_ytd": estimates.get(("sex_ratio_at_birth", "ytd")),
        "srb_rolling": estimates.get(("sex_ratio_at_birth", "rolling_12")),
        "has_births_for_trend": has_sex_ratio(
            estimates.get(("sex_ratio_at_birth", "rolling_12")), edition.indicators["sex_ratio_at_birth"]
        ),
        "growth_ytd": estimates.get(("natural_growth_rate", "ytd")),
        "birth_ytd": estimates.get(("birth_rate", "ytd")),
        "death_ytd": estimates.get(("death_rate", "ytd")),
        "cards": key_figures(facts, edition),
        "has_targets": bool(with_targets),
        "has_grades": any(grades.grade_of(facts, one.estimate, edition) for one in with_targets),
        "has_outlook": bool(year_end.outlook_of(facts, edition)),
        "progress_sentences": progress.summary(with_targets, facts, edition),
        "hides_comparisons": quality.hides_comparisons(facts, edition),
        "differences": comparisons.differences(facts, edition),
        "ranks": comparisons.rank_lines(facts, edition),
        "has_comparisons": bool(comparisons.compared_indicators(facts, edition)),
        "members_title": _members_title(edition, members_level),
        "quality_summary": quality.summary(facts, edition),
        "findings": [quality.finding_in_words(finding, edition) for finding in facts.findings],
        "flags": [
            quality.finding_in_words(flag, edition) for flag in quality.distinct_flags(facts, "target_missed")
        ],
        "questions": questions(facts, edition),
        "source_lines": _source_lines(edition),
        "population": population_name(edition),
        "people": population_of(facts, edition),
        "is_population_estimated": any(
            one.is_denominator_estimated for one in estimates.values() if one.denominator is not None
        ),
    }


def _with_own_trends(facts: AreaFacts, edition: Edition) -> AreaFacts:
    """Without the change of natural growth over twelve months where few births make it that of the areas around."""
    growth = facts.trends.get("natural_growth_rate")
    births, spec = facts.estimate("birth_rate", "rolling_12"), edition.indicators["sex_ratio_at_birth"]
    if growth is None or (births and births.is_known and births.numerator >= spec.withhold_below):
        return facts
    return replace(
        facts, trends=facts.trends | {"natural_growth_rate": replace(growth, change_12_months=None)}
    )


def tables_of(facts: AreaFacts, edition: Edition, around: Neighbourhood) -> dict[str, Callable[[int], str]]:
    """The tables of a page by name, each to be called with its number."""
    reported = edition.settings.levels[: edition.settings.levels.index(edition.settings.report_level) + 1]
    names = {
        member.area_code: linked(member.area_code, member.name, edition)
        if member.level in reported
        else escape(member.name)
        for member in facts.members
    }
    own = {one.name for one in progress.progress_of(facts, edition)}
    graded = {name: counts for name, counts in around.grades.items() if name in own}
    return {
        "situation": partial(report_tables.situation_table, facts, edition),
        "sex_ratio": partial(report_tables.sex_ratio_table, facts, edition),
        "targets": partial(progress.targets_table, progress.progress_of(facts, edition), facts, edition),
        "grades": partial(grades.grades_table, graded, edition),
        "outlook": partial(year_end.outlook_table, facts, edition),
        "neighbours": partial(comparisons.neighbours_table, facts, edition),
        "members": partial(report_tables.members_table, facts, edition, names),
        "completeness": partial(quality.completeness_table, facts, edition),
    }


def _title(facts: AreaFacts, edition: Edition) -> str:
    _, name = edition.say, escape(facts.name)
    if own := edition.settings.title.in_language(edition.language):
        return _("{name}{title}", name=name, title=escape(own))
    return _("{name}人口形势分析报告", name=name)


def _members_title(edition: Edition, level: str) -> str:
    """`各乡镇比较`, by what the areas below are called."""
    _, words = edition.say, edition.settings.level_names.get(level)
    if words is None:
        return _("各地比较")
    return _("各{level}比较", level=words.in_language(edition.language))


def _source_lines(edition: Edition) -> list[str]:
    """Each source with the elements for which it comes first."""
    _, labels = edition.say, edition.element_labels
    used_for: dict[str, list[str]] = {}
    for element, source in edition.preferred_sources.items():
        used_for.setdefault(source, []).append(labels.get(element, element))
    return [
        _(
            "{source}：{elements}",
            source=escape(edition.source_names.get(source, source)),
            elements=escape(wording.listed(_, elements)),
        )
        for source, elements in used_for.items()
    ]
