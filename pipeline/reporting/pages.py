"""The page of one area: its figures drawn, its template filled, all in one folder ready to render."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline import finding_words
from pipeline.reporting import report_tables, verdicts, wording
from pipeline.reporting.edition import Edition
from pipeline.reporting.estimate import HIGHER, LOWER
from pipeline.reporting.facts import AreaFacts, Finding
from pipeline.reporting.key_figures import key_figures
from pipeline.reporting.renderers import Page, escape

_NUMERALS = "一二三四五六七八九十"


def write_page(facts: AreaFacts, edition: Edition, folder: Path) -> Page:
    """Write `folder/<code>/<code>.qmd` and its figures."""
    from pipeline.reporting.drawing import draw  # half a second, which a run without a new page does not need

    page = Page(facts.area_code, folder / facts.area_code)
    drawn = page.folder / "figures"
    drawn.mkdir(parents=True, exist_ok=True)
    environment = _environment(edition.templates)
    shared = _shared_context(edition)
    say = environment.get_template("sentences.j2").make_module(shared)
    context = shared | _context(facts, edition, say) | {"figures": {}, "alt": {}}
    for name, labels in draw(facts, edition, say, drawn).items():
        context["figures"][name] = True
        context["alt"][name] = _attribute(f"{labels.title}。{labels.subtitle}")
    text = environment.get_template("county.qmd.j2").render(context)
    (page.folder / f"{page.name}.qmd").write_text(text, encoding="utf-8")
    return page


def write_index(areas: list[AreaFacts], edition: Edition, folder: Path, links: dict[str, list[str]]) -> Page:
    """Write `folder/index/index.qmd`, the page that links all reports of the edition; `links` are files by area."""
    page = Page("index", folder / "index")
    page.folder.mkdir(parents=True, exist_ok=True)
    environment, shared = _environment(edition.templates), _shared_context(edition)
    say = environment.get_template("sentences.j2").make_module(shared)
    threshold = edition.settings.withhold_counts_below
    pairs = [verdicts.sex_ratio_verdicts(facts, edition.indicators, threshold) for facts in areas]
    by_95, by_998 = ([pair[place] for pair in pairs] for place in (0, 1))
    among_many = by_998.count(HIGHER) + by_998.count(LOWER)
    period = wording.window_name("ytd", edition.month)
    context = shared | {
        "name": edition.settings.name.zh,
        "place": "虚构示例" if edition.settings.is_fictional else "",
        "period": period,
        "srb_spec": edition.indicators["sex_ratio_at_birth"],
        "summary": say.overview(period, len(areas), by_95.count(HIGHER), by_95.count(LOWER), among_many),
        "tables": {"areas": report_tables.index_table(areas, links, edition.indicators, threshold, period)},
    }
    text = environment.get_template("index.qmd.j2").render(context)
    (page.folder / "index.qmd").write_text(text, encoding="utf-8")
    return page


def _shared_context(edition: Edition) -> dict:
    settings = edition.settings
    return {
        "settings": settings,
        "edition": edition.name,
        "build": edition.build,
        "version": edition.version,
        "attribution": settings.attribution.zh,
        "withhold_below": settings.withhold_counts_below,
        "nbsp": wording.NO_BREAK,
        "element_labels": edition.element_labels,
        "source_names": edition.source_names,
        "units": {name: verdicts.points_of(spec.unit.zh) for name, spec in edition.indicators.items()},
        "sources": sorted(edition.source_names.values()),
    }


def _context(facts: AreaFacts, edition: Edition, say) -> dict:
    spec, threshold = edition.indicators["sex_ratio_at_birth"], edition.settings.withhold_counts_below
    targets = report_tables.target_table(facts, edition.indicators, say, threshold, 3)
    section, table = (4, 4) if targets else (3, 3)
    has_members = bool(facts.members)
    tables = {
        "situation": report_tables.situation_table(facts, threshold),
        "sex_ratio": report_tables.sex_ratio_table(facts, spec),
        "targets": targets,
        "members": report_tables.members_table(facts, threshold, table),
        "completeness": report_tables.completeness_table(facts, edition.source_names, table + has_members),
    }
    names = (*(["members"] if has_members else []), "quality", "method", "provenance")
    estimates = facts.estimates
    return {
        "f": facts,
        "place": " ".join(facts.parents),
        "is_small": verdicts.is_small(facts, threshold),
        "period": wording.window_name("ytd", facts.month),
        "rolling_period": wording.window_name("rolling_12", facts.month),
        "where": wording.whole(facts.name),
        "srb_spec": spec,
        "srb_ytd": estimates.get(("sex_ratio_at_birth", "ytd")),
        "srb_rolling": estimates.get(("sex_ratio_at_birth", "rolling_12")),
        "growth_ytd": estimates.get(("natural_growth_rate", "ytd")),
        "birth_ytd": estimates.get(("birth_rate", "ytd")),
        "death_ytd": estimates.get(("death_rate", "ytd")),
        "cards": key_figures(facts, edition.indicators, threshold),
        "tables": tables,
        "numbers": {name: _NUMERALS[section + place] for place, name in enumerate(names)},
        "members_title": "各地比较",
        "quality_summary": _quality_summary(facts, edition),
        "findings": [_finding(finding, edition) for finding in facts.findings],
        "flags": [_finding(flag, edition) for flag in facts.flags],
        "population": wording.population(edition.indicators["natural_growth_rate"].concept),
        "is_population_estimated": any(estimate.is_denominator_estimated for estimate in estimates.values()),
    }


def _quality_summary(facts: AreaFacts, edition: Edition) -> str:
    parts = []
    if not facts.completeness:
        parts.append("没有收到该地区的任何数据，本报告各项均不能计算。")
    elif all(not record.months_incomplete for record in facts.completeness):
        parts.append("近12个月各数据来源报送齐全。")
    else:
        parts.append("近12个月有报送不齐的月份，见下表。")
    for source in sorted({source for _, source, _ in facts.substitutes}):
        taken = [(element, month) for element, used, month in facts.substitutes if used == source]
        months = wording.month_list(sorted({month for _, month in taken}))
        used_for = {element for element, _ in taken}
        elements = "、".join(label for name, label in edition.element_labels.items() if name in used_for)
        parts.append(
            f"{months}部分地区的{elements}首选来源缺报，取自{edition.source_names.get(source, source)}。"
        )
    if facts.revisions:
        parts.append(f"近12个月有 {len(facts.revisions)} 项数字经后续报表修订，见下。")
    parts.append(f"数据疑点 {len(facts.findings)} 条。" if facts.findings else "未发现数据疑点。")
    return "".join(parts)


def _finding(finding: Finding, edition: Edition) -> dict[str, str | int]:
    """The words of a finding, as the templates take them."""
    evidence = json.loads(finding.evidence)
    return {
        "title": finding_words.title(finding.kind),
        "text": "涉及的数值较小，不予公布。"
        if finding_words.has_small_count(finding.kind, evidence, edition.settings.withhold_counts_below)
        else finding_words.chinese(finding.kind, evidence, edition.source_names),
        "month": wording.window_name("month", finding.month),
        "area": finding.area_name,
        "subject": edition.label(finding.subject),
        "path": evidence.get("path") or "",
        "row": evidence.get("row") or 0,
    }


def _attribute(text: str) -> str:
    """Text for a quoted Markdown attribute."""
    return " ".join(text.replace("\\", "").replace('"', "”").split())


@cache
def _environment(templates: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        keep_trailing_newline=True,
        comment_start_string="<#",
        comment_end_string="#>",
    )
    environment.filters |= {
        "number": wording.number,
        "people": wording.people,
        "interval": wording.interval,
        "change_interval": wording.change_interval,
        "esc": escape,
        "fromjson": json.loads,
        "plain": wording.plain,
        "percent": _percent,
        "yaml": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    }
    return environment


def _percent(value: float) -> str:
    """A probability in whole per cent, never printed as certain."""
    if value < 1:
        return "不到1%"
    return "99%以上" if value > 99 else f"{wording.number(value)}%"
