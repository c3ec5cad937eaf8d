"""Where the year will end, target by target."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.reference import Indicator
from pipeline.reporting.drawing.by_month import target_text
from pipeline.reporting.drawing.drawn import Drawn, Folder, capital, counted, figure_data
from pipeline.reporting.facts.records import AreaFacts, YearOutlook
from pipeline.reporting.figures.bullets import Bullet, outlook_figure
from pipeline.reporting.renderers import escape
from pipeline.reporting.report_context import REPORTED, ReportContext
from pipeline.reporting.shown.verdicts import why_withheld
from pipeline.reporting.text.wording import UNKNOWN, number, probability, short_window, span
from pipeline.words.translations import Translator

LIKELY = 0.9


def outlook(facts: AreaFacts, report: ReportContext, folder: Folder) -> Drawn | None:
    """Every indicator with a target; where there is no target at all, the four of every report."""
    _, rows = report.say, _rows(facts, report)
    if not rows:
        return None
    so_far, year = short_window(_, "ytd", facts.month), facts.month.year
    bullets = [_bullet(row, spec, report) for row, spec in rows]
    has_targets = any(_has_target(row) for row, _spec in rows)
    if has_targets:
        title = _target_title(_, [row for row, _spec in rows])
        subtitle = _("figures.outlook.subtitle_with_target", year=year, so_far=so_far)
        caption = _(
            "figures.outlook.caption_with_target",
            so_far=so_far,
        )
    else:
        title = _growth_title(_, facts.outlook.get("natural_growth_rate"))
        subtitle = _("figures.outlook.subtitle", year=year, so_far=so_far)
        caption = _(
            "figures.outlook.caption",
            so_far=so_far,
        )
    folder.draw("outlook", title, subtitle, lambda sheet: outlook_figure(sheet, bullets))
    alt = _(
        "figures.outlook.alt",
        finding=title,
        rows=_("language.list_separator_long").join(_spoken(bullet, report) for bullet in bullets),
    )
    header = [
        _("labels.indicator"),
        _("labels.so_far", so_far=so_far),
        _("labels.outlook"),
        _("labels.interval_80"),
        _("labels.interval_95_short"),
    ]
    header += [_("labels.target"), _("labels.probability_of_target")] if has_targets else []
    cells = [
        [
            escape(bullet.name),
            number(row.value_so_far, spec.decimals),
            number(row.projected, spec.decimals),
            span(_, row.lower_80, row.upper_80, spec.decimals),
            span(_, row.lower_95, row.upper_95, spec.decimals),
            target_text(_, row.target_lower, row.target_upper, "") if _has_target(row) else UNKNOWN,
            UNKNOWN if row.probability_met is None else probability(_, row.probability_met),
        ][: len(header)]
        for bullet, (row, spec) in zip(bullets, rows, strict=True)
    ]
    return Drawn(title, subtitle, caption, alt, figure_data(_, subtitle, header, cells))


def _target_title(_: Translator, rows: Sequence[YearOutlook]) -> str:
    chances = [row.probability_met for row in rows if row.probability_met is not None]
    if not chances:
        return _("labels.outlook")
    parts = counted(
        _,
        (_("figures.outlook.count_likely"), sum(chance >= LIKELY for chance in chances)),
        (_("figures.outlook.count_unlikely"), sum(chance <= 1 - LIKELY for chance in chances)),
        (_("figures.outlook.count_open"), sum(1 - LIKELY < chance < LIKELY for chance in chances)),
    )
    return _("figures.outlook.title_targets", parts=parts)


def _growth_title(_: Translator, growth: YearOutlook | None) -> str:
    """Without targets: what the year will bring, as far as the interval allows to say."""
    if growth is None:
        return _("labels.outlook")
    value = number(growth.projected, 2)
    if growth.lower_95 > 0:
        return _("figures.outlook.title_growing", value=value)
    if growth.upper_95 < 0:
        return _("figures.outlook.title_shrinking", value=value)
    return _("figures.outlook.title_unclear", value=value)


def _rows(facts: AreaFacts, report: ReportContext) -> list[tuple[YearOutlook, Indicator]]:
    threshold = report.settings.withhold_counts_below
    rows = []
    for name, spec in report.indicators.items():
        row, estimate = facts.outlook.get(name), facts.estimate(name)
        if row is None or estimate is None or row.months_left == 0:
            continue
        if not why_withheld(report.say, facts, estimate, spec, threshold):
            rows.append((row, spec))
    with_target = [(row, spec) for row, spec in rows if _has_target(row)]
    return with_target or [(row, spec) for row, spec in rows if spec.name in REPORTED]


def _has_target(row: YearOutlook) -> bool:
    return row.target_lower is not None or row.target_upper is not None


def _bullet(row: YearOutlook, spec: Indicator, report: ReportContext) -> Bullet:
    _, decimals = report.say, spec.decimals
    unit = spec.unit.zh if spec.unit.zh in ("‰", "%") else ""
    target = target_text(_, row.target_lower, row.target_upper, unit) if _has_target(row) else ""
    chance = row.probability_met
    return Bullet(
        capital(report.label(spec.name)),
        row.value_so_far,
        row.projected,
        row.lower_80,
        row.upper_80,
        row.lower_95,
        row.upper_95,
        row.target_lower,
        row.target_upper,
        _("figures.target", target=target) if target else "",
        _(
            "figures.outlook.projected",
            value=f"{number(row.projected, decimals)}{unit}",
            interval=span(_, row.lower_95, row.upper_95, decimals),
        ),
        "" if chance is None else _("figures.outlook.probability", probability=probability(_, chance)),
        is_count=spec.method == "count",
    )


def _spoken(bullet: Bullet, report: ReportContext) -> str:
    parts = [part[0].lower() + part[1:] for part in (bullet.target, bullet.projection, bullet.chance) if part]
    return report.say(
        "figures.outlook.alt_row", name=bullet.name, words=report.say("language.clause_separator").join(parts)
    )
