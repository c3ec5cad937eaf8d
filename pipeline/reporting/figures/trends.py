"""The trends along the months: of the sex ratio at birth, and of natural growth."""

from collections.abc import Sequence
from datetime import date

from matplotlib.axes import Axes

from pipeline.reporting.figures.axes import (
    Label,
    Reference,
    across,
    axes_by_month,
    days,
    draw_band,
    draw_marks,
    draw_points,
    label_ends,
    limits_of,
    mark_beyond,
    mark_range,
    mark_target,
    reference_label,
)
from pipeline.reporting.figures.drawn import figure_data, normal_range, range_text, target_of, told
from pipeline.reporting.figures.sheet import Folder, Sheet
from pipeline.reporting.figures.style import BLUE, INK, MUTED
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import HIGHER, INSIDE, LOWER, UNCLEAR, Known, verdict_of
from pipeline.reporting.shown.records import ShownArea, Trend
from pipeline.reporting.text.numbering import Drawn
from pipeline.reporting.text.wording import sentences, span
from pipeline.words.months import month_name
from pipeline.words.numbers import UNKNOWN, number
from pipeline.words.translations import Translator

NOT_JUDGED = "not_judged"  # without a normal range
FARTHEST = 15  # boys per 100 girls: how far the intervals of single years may stretch the axis of the trend


def verdict_on_ratio(facts: ShownArea, report: ReportContext) -> str:
    """What the edition says of the sex ratio against its normal range; that nothing is said where it has none."""
    return facts.verdict("sex_ratio_at_birth", "normal_range") if report.normal_range else NOT_JUDGED


def sex_ratio(facts: ShownArea, report: ReportContext, folder: Folder) -> Drawn | None:
    """The trend of the sex ratio with its band, each calendar year's own ratio, normal range, baseline and target."""
    _, trend = report.say, facts.trends.get("sex_ratio_at_birth")
    if trend is None:
        return None
    years = [(year, e.known) for year, e in facts.years if e.known]
    title = sex_ratio_title(_, trend, verdict_on_ratio(facts, report))
    subtitle = _("figures.sex_ratio.subtitle")
    caption, baseline, normal = [_("figures.sex_ratio.caption")], None, normal_range(report)
    if normal:
        caption.append(_("figures.strip_normal_range"))
    if limits := report.indicators["sex_ratio_at_birth"].baseline:
        caption.append(_("figures.sex_ratio.lines_baseline"))
        words = _("figures.sex_ratio.baseline", range=range_text(_, *limits))
        baseline = Reference(limits[0], limits[1], words)
    folder.draw(
        "sex_ratio",
        title,
        subtitle,
        lambda sheet: _draw_sex_ratio(sheet, facts, _, years, normal, baseline),
    )
    alt = [_("figures.sex_ratio.alt", **_course(_, trend, 1), finding=title)]
    if report.normal_range:
        alt.append(_("figures.sex_ratio.alt_normal_range", range=range_text(_, *report.normal_range)))
    rows = [
        [_("figures.sex_ratio.whole_year", year=year), number(value, 1), UNKNOWN, span(_, lower, upper, 1)]
        for year, (value, lower, upper) in reversed(years)
    ] + _trend_rows(_, trend, 1)
    header = [_("labels.period"), _("labels.value"), _("labels.trend_band_80"), _("labels.interval_95_short")]
    data = figure_data(_, _("figures.sex_ratio.table_caption"), header, rows)
    return Drawn(title, subtitle, sentences(_, caption), sentences(_, alt), data)


def _draw_sex_ratio(
    sheet: Sheet,
    facts: ShownArea,
    _: Translator,
    years: Sequence[tuple[int, Known]],
    normal: Reference | None,
    baseline: Reference | None,
) -> None:
    band = facts.trends["sex_ratio_at_birth"]
    target = target_of(_, facts.estimate("sex_ratio_at_birth"), "")
    low, high = min(band.lower_95) - FARTHEST, max(band.upper_95) + FARTHEST
    ends = [min(max(end, low), high) for _year, e in years for end in (e.lower, e.upper)]
    shown = [
        *band.lower_95,
        *band.upper_95,
        *(normal.ends if normal else ()),
        *(e.value for _year, e in years),
        *ends,
    ]
    middles = [date(year, 7, 1) for year, _e in years]
    axes = axes_by_month(sheet, 2.3, [*band.months, *middles], limits_of(shown, (baseline, target)), facts, _)
    draw_band(axes, band)
    values, limits = [e.value for _year, e in years], [(e.lower, e.upper) for _year, e in years]
    points = draw_points(axes, days(middles), values, limits)
    sheet.name_marks(points, [told(_, _("labels.year", year=year), *e) for year, e in years])
    mark_range(axes, normal)
    if baseline:  # the second range: dotted lines, thinner than the first
        across(axes, baseline.ends, MUTED, 0.8, linestyle=(0, (1, 2.2)), zorder=1)
    mark_target(axes, date(band.months[-1].year, 1, 1), target)
    labels = [
        Label(band.trend[-1], _("figures.sex_ratio.trend_value", value=number(band.trend[-1], 1)), BLUE),
        *reference_label(axes, normal),
    ]
    if baseline:  # named at its upper end, away from the label of the first
        labels += reference_label(axes, Reference(None, baseline.upper, baseline.label))
    label_ends(axes, [*labels, *reference_label(axes, target, INK)])


def growth(facts: ShownArea, report: ReportContext, folder: Folder) -> Drawn | None:
    """Natural growth with its band over the months' own figures, zero and the target marked."""
    _, trend = report.say, facts.trends.get("natural_growth_rate")
    if trend is None:
        return None
    births, deaths = (
        {month for month, *_rest in facts.monthly.get(name, [])} for name in ("birth_rate", "death_rate")
    )
    shown, pairs = births & deaths, zip(trend.months, trend.adjusted, strict=True)
    points = [(month, value) for month, value in pairs if value is not None and month in shown]
    title = growth_title(_, trend)
    subtitle = _("figures.growth.subtitle_by_year" if trend.is_yearly else "figures.growth.subtitle")
    caption = _("figures.growth.caption_with_months") if points else _("figures.growth.caption")
    folder.draw("growth", title, subtitle, lambda sheet: _draw_growth(sheet, facts, _, points))
    alt = _(
        "figures.growth.alt_by_year" if trend.is_yearly else "figures.growth.alt",
        **_course(_, trend, 2),
        finding=title,
    )
    of_month = dict(points)
    rows = _trend_rows(_, trend, 2)
    header = [_("labels.period"), _("labels.trend"), _("labels.trend_band_80"), _("labels.trend_band_95")]
    if points:
        header.append(_("figures.growth.column_month_adjusted"))
        adjusted = (number(of_month.get(month), 2) for month in reversed(trend.months))
        rows = [[*row, value] for row, value in zip(rows, adjusted, strict=True)]
    data = figure_data(_, _("figures.growth.table_caption"), header, rows)
    return Drawn(title, subtitle, caption, alt, data)


def _draw_growth(sheet: Sheet, facts: ShownArea, _: Translator, points: Sequence[tuple[date, float]]) -> None:
    band = facts.trends["natural_growth_rate"]
    target = target_of(_, facts.estimate("natural_growth_rate", "rolling_12"), "‰")
    middle = sorted(value for _month, value in points) or [0.0]
    trimmed = middle[len(middle) // 20 : len(middle) - len(middle) // 20] or middle
    limits = limits_of([*band.lower_95, *band.upper_95, 0, trimmed[0], trimmed[-1]], (target,))
    axes = axes_by_month(sheet, 2.3, [*band.months, *(month for month, _value in points)], limits, facts, _)
    across(axes, [0], MUTED, 0.9, zorder=1)
    dots = [(month.toordinal(), value) for month, value in points]
    inside = [dot for dot in dots if limits[0] <= dot[1] <= limits[1]]
    draw_marks(axes, inside, "o", 3, MUTED, markeredgewidth=0, alpha=0.55, zorder=1.5)
    mark_beyond(axes, dots)
    draw_band(axes, band)
    mark_target(axes, date(band.months[-1].year, 1, 1), target)
    labels = [
        Label(
            band.trend[-1], _("figures.sex_ratio.trend_value", value=f"{number(band.trend[-1], 2)}‰"), BLUE
        ),
        Label(0, _("figures.growth.zero")),
        *reference_label(axes, _nearer_end(axes, target), INK),
    ]
    label_ends(axes, labels)


def _nearer_end(axes: Axes, target: Reference | None) -> Reference | None:
    """A target with two ends far apart is named once, at the end nearer to the values."""
    if target is None or len(target.ends) < 2:
        return target
    nearest = min(target.ends, key=lambda end: abs(end - sum(axes.get_ylim()) / 2))
    is_lower = nearest == target.lower
    return Reference(nearest if is_lower else None, None if is_lower else nearest, target.label)


def _trend_rows(_: Translator, trend: Trend, decimals: int) -> list[list[str]]:
    """The newest month first."""
    return [
        [
            month_name(_, month),
            number(trend.trend[at], decimals),
            span(_, trend.lower_80[at], trend.upper_80[at], decimals),
            span(_, trend.lower_95[at], trend.upper_95[at], decimals),
        ]
        for at, month in reversed([*enumerate(trend.months)])
    ]


def _course(_: Translator, trend: Trend, decimals: int) -> dict[str, str]:
    low, high = min(trend.trend), max(trend.trend)
    ends = {"low": number(low, decimals), "high": number(high, decimals)}
    if high - low <= 3 * 10**-decimals:
        course = _("figures.course_level", **ends)
    else:
        start, end = number(trend.trend[0], decimals), number(trend.trend[-1], decimals)
        course = _("figures.course", start=start, end=end, **ends)
    return {
        "first": month_name(_, trend.months[0]),
        "last": month_name(_, trend.months[-1]),
        "course": course,
        "interval": span(_, trend.lower_95[-1], trend.upper_95[-1], decimals),
    }


def sex_ratio_title(_: Translator, trend: Trend, verdict: str) -> str:
    """The level now, and what the edition says of it."""
    titles = {
        HIGHER: "figures.sex_ratio.title_higher",
        LOWER: "figures.sex_ratio.title_lower",
        INSIDE: "figures.sex_ratio.title_inside",
        NOT_JUDGED: "figures.sex_ratio.title",
    }
    message = titles.get(verdict, "figures.sex_ratio.title_unclear")
    return _(message, value=number(trend.trend[-1], 1))


def growth_title(_: Translator, trend: Trend) -> str:
    titles = {
        HIGHER: "figures.growth.title_growing",
        LOWER: "figures.growth.title_shrinking",
        UNCLEAR: "figures.growth.title_unclear",
    }
    verdict = verdict_of(trend.lower_95[-1], trend.upper_95[-1], 0, 0)
    return _(titles[verdict], value=number(trend.trend[-1], 2))
