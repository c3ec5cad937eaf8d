"""The page of one area: its figures drawn, its template filled, all in one folder ready to render."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.reference import Indicator
from pipeline.reporting import blocks, figures, wording
from pipeline.reporting.facts import UNCLEAR, AreaFacts, Estimate, Trend
from pipeline.reporting.renderers import Page, escape
from pipeline.workspace import Settings

_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Edition:
    """What all pages of one edition share."""

    month: date
    build: str
    version: str
    settings: Settings
    indicators: dict[str, Indicator]
    element_labels: dict[str, str]
    source_names: dict[str, str]
    templates: Path

    @property
    def name(self) -> str:
        return f"{self.month:%Y-%m}"


def write_page(facts: AreaFacts, edition: Edition, folder: Path) -> Page:
    """Write `folder/<code>/<code>.qmd` and its figures."""
    page = Page(facts.area_code, folder / facts.area_code)
    drawn = page.folder / "figures"
    drawn.mkdir(parents=True, exist_ok=True)
    environment = _environment(edition.templates)
    shared = _shared_context(edition)
    say = environment.get_template("sentences.j2").make_module(shared)
    context = shared | _context(facts, edition, say) | {"figures": {}, "alt": {}}
    for name, labels in _draw(facts, edition, say, drawn).items():
        context["figures"][name] = True
        context["alt"][name] = _attribute(f"{labels.title}。{labels.subtitle}")
    text = environment.get_template("county.qmd.j2").render(context)
    (page.folder / f"{page.name}.qmd").write_text(text, encoding="utf-8")
    return page


def write_index(areas: list[AreaFacts], edition: Edition, folder: Path, links: dict[str, list[str]]) -> Page:
    """Write `folder/index/index.qmd`, the page that links all reports of the edition; `links` are files by area."""
    page = Page("index", folder / "index")
    page.folder.mkdir(parents=True, exist_ok=True)
    say = _environment(edition.templates).get_template("sentences.j2").make_module(_shared_context(edition))
    spec = edition.indicators["sex_ratio_at_birth"]
    rows, higher, lower = [], 0, 0
    for facts in areas:
        ratio, growth = facts.estimate("sex_ratio_at_birth"), facts.estimate("natural_growth_rate")
        is_shown = bool(ratio and ratio.is_known and ratio.births >= spec.withhold_below)
        verdict = ratio.against_among_many(*spec.normal_range) if ratio and is_shown else UNCLEAR
        higher, lower = higher + (verdict == "higher"), lower + (verdict == "lower")
        rows.append(
            [
                _links(facts, links[facts.area_code]),
                wording.number(ratio.births) if ratio and is_shown else wording.UNKNOWN,
                f"{wording.number(ratio.value, 1)}（{wording.interval(ratio, 1)}）"
                if ratio and is_shown
                else "不计算",
                blocks.VERDICTS[verdict] if is_shown else wording.UNKNOWN,
                f"{wording.number(growth.value, 2)}（{wording.interval(growth, 2)}）"
                if growth
                and growth.is_known
                and not blocks.is_small(facts, edition.settings.withhold_counts_below)
                else wording.UNKNOWN,
            ]
        )
    header = ["地区", "出生（人）", "出生人口性别比", "与正常范围相比", "自然增长率（‰）"]
    period = wording.window_name("ytd", edition.month)
    table = blocks.pipe_table(
        f"表 1　各地{period}主要指标（括号内为{blocks.CI}；比较以99.8%置信区间为准）", header, rows
    )
    summary = say.overview(period, len(areas), higher, lower)
    context = _shared_context(edition) | {
        "name": edition.settings.name.zh,
        "place": "虚构示例" if edition.settings.is_fictional else "",
        "period": period,
        "srb_spec": spec,
        "summary": summary,
        "tables": {"areas": table},
    }
    text = _environment(edition.templates).get_template("index.qmd.j2").render(context)
    (page.folder / "index.qmd").write_text(text, encoding="utf-8")
    return page


def _links(facts: AreaFacts, files: list[str]) -> str:
    """The name as a link to the page, and the PDF beside it; what was not rendered is not linked."""
    name, page, pdf = escape(facts.name), f"{facts.area_code}.html", f"{facts.area_code}.pdf"
    linked = f"[{name}]({page})" if page in files else name
    return f"{linked} [PDF]({pdf})" if pdf in files else linked


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
        "units": {name: blocks.points_of(spec.unit.zh) for name, spec in edition.indicators.items()},
        "sources": sorted(edition.source_names.values()),
    }


def _context(facts: AreaFacts, edition: Edition, say) -> dict:
    spec, threshold = edition.indicators["sex_ratio_at_birth"], edition.settings.withhold_counts_below
    targets = blocks.target_table(facts, edition.indicators, say, 3)
    section, table = (4, 4) if targets else (3, 3)
    has_members = bool(facts.members)
    tables = {
        "situation": blocks.situation_table(facts, threshold),
        "sex_ratio": blocks.sex_ratio_table(facts, spec),
        "targets": targets,
        "members": blocks.members_table(facts, threshold, table),
        "completeness": blocks.completeness_table(facts, edition.source_names, table + has_members),
    }
    names = (*(["members"] if has_members else []), "quality", "method", "provenance")
    estimates = facts.estimates
    return {
        "f": facts,
        "place": " ".join(facts.parents),
        "is_small": blocks.is_small(facts, threshold),
        "period": wording.window_name("ytd", facts.month),
        "rolling_period": wording.window_name("rolling_12", facts.month),
        "where": wording.whole(facts.name),
        "srb_spec": spec,
        "srb_ytd": estimates.get(("sex_ratio_at_birth", "ytd")),
        "srb_rolling": estimates.get(("sex_ratio_at_birth", "rolling_12")),
        "growth_ytd": estimates.get(("natural_growth_rate", "ytd")),
        "birth_ytd": estimates.get(("birth_rate", "ytd")),
        "death_ytd": estimates.get(("death_rate", "ytd")),
        "cards": blocks.key_figures(facts, edition.indicators, threshold),
        "tables": tables,
        "numbers": {name: _NUMERALS[section + place] for place, name in enumerate(names)},
        "members_title": "各地比较",
        "members_summary": "",
        "quality_summary": _quality_summary(facts, edition),
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
        elements = "、".join(sorted({edition.element_labels.get(element, element) for element, _ in taken}))
        parts.append(
            f"{months}部分地区的{elements}首选来源缺报，取自{edition.source_names.get(source, source)}。"
        )
    parts.append(f"数据疑点 {len(facts.findings)} 条。" if facts.findings else "未发现数据疑点。")
    return "".join(parts)


def _draw(facts: AreaFacts, edition: Edition, say, folder: Path) -> dict[str, figures.Labels]:
    """Draw the figures that the facts allow; returns the words of each."""
    spec = edition.indicators["sex_ratio_at_birth"]
    drawn: dict[str, figures.Labels] = {}
    births, deaths = (_intervals(facts, name) for name in ("birth_rate", "death_rate"))
    rolling = [facts.estimate(name, "rolling_12") for name in ("birth_rate", "death_rate")]
    shows_months = _shows_months(rolling, edition.settings.withhold_counts_below)
    if shows_months and (births or deaths):
        labels = figures.Labels(
            str(say.events_title(*rolling)),
            "各月，年率，‰；浅色带为95%置信区间",
            first="出生率",
            second="死亡率",
        )
        figures.events_figure(folder / "events.svg", labels, births, deaths)
        drawn["events"] = labels
    if trend := facts.trends.get("sex_ratio_at_birth"):
        low, high = spec.normal_range
        years = [
            figures.Interval(date(year, 7, 1), e.value, e.lower, e.upper)
            for year, e in facts.years
            if e.is_known and e.births >= spec.withhold_below
        ]
        labels = figures.Labels(
            str(say.sex_ratio_title(trend, spec)),
            "出生人口性别比（女=100）；深、浅色带为80%和95%趋势区间",
            first=f"趋势 {wording.number(trend.trend[-1], 1)}",
            reference=f"正常范围\n{low:g}～{high:g}",
        )
        figures.sex_ratio_figure(folder / "sex_ratio.svg", labels, _band(trend), years, (low, high))
        drawn["sex_ratio"] = labels
    if trend := facts.trends.get("natural_growth_rate"):
        labels = figures.Labels(
            str(say.growth_title(trend)),
            "人口自然增长率，季节调整后，年率，‰；深、浅色带为80%和95%趋势区间",
            first=f"趋势 {wording.number(trend.trend[-1], 2)}‰",
        )
        points = zip(trend.months, trend.observed, strict=True) if shows_months else ()
        observed = [(month, value) for month, value in points if value is not None]
        figures.growth_figure(folder / "growth.svg", labels, _band(trend), observed)
        drawn["growth"] = labels
    if compared := _compared(facts, edition.settings.withhold_counts_below):
        own = facts.estimate("birth_rate", "rolling_12")
        where = wording.whole(facts.name)
        apart = sum(1 for area in compared if area.lower > own.upper or area.upper < own.lower)
        labels = figures.Labels(
            str(say.comparison_title(apart, len(compared), where)),
            "出生率，近12个月，‰；横线为95%置信区间",
            reference=f"{where} {wording.number(own.value, 1)}",
        )
        reference = figures.Interval("", own.value, own.lower, own.upper)
        figures.comparison_figure(folder / "members.svg", labels, compared, reference)
        drawn["members"] = labels
    return drawn


def _shows_months(rolling: list[Estimate | None], threshold: int) -> bool:
    """Whether single months may be drawn: not where they would show counts that are withheld."""
    counts = [estimate.numerator for estimate in rolling if estimate and estimate.numerator is not None]
    return all(count >= 12 * threshold for count in counts)


def _compared(facts: AreaFacts, threshold: int) -> list[figures.Interval]:
    own = facts.estimate("birth_rate", "rolling_12")
    if own is None or not own.is_known:
        return []
    known = [(member.name, member.estimate("birth_rate", "rolling_12")) for member in facts.members]
    hidden = wording.withheld([estimate.numerator if estimate else None for _, estimate in known], threshold)
    return [
        figures.Interval(name, estimate.value, estimate.lower, estimate.upper)
        for (name, estimate), is_hidden in zip(known, hidden, strict=True)
        if estimate and estimate.is_known and not is_hidden
    ]


def _intervals(facts: AreaFacts, indicator: str) -> list[figures.Interval]:
    return [figures.Interval(*point) for point in facts.monthly.get(indicator, [])]


def _band(trend: Trend) -> figures.Band:
    return figures.Band(
        trend.months, trend.trend, trend.lower_80, trend.upper_80, trend.lower_95, trend.upper_95
    )


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
