"""The two trends of the first page: small, beside each other on the desk, below each other on the phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reporting.figures.axes import (
    Label,
    Reference,
    across,
    draw_band,
    label_ends,
    limits_of,
    mark_range,
    name_months,
    reference_label,
)
from pipeline.reporting.figures.drawn import figure_data, normal_range
from pipeline.reporting.figures.sheet import PAGE_WIDE, Folder, Line, Sheet, height_of
from pipeline.reporting.figures.style import BLUE, INK, LABEL, MUTED, SMALL, wrap
from pipeline.reporting.figures.trends import growth_title, sex_ratio_title, verdict_on_ratio
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.records import ShownArea, Trend
from pipeline.reporting.text.numbering import Drawn
from pipeline.reporting.text.wording import sentences, span
from pipeline.words.months import month_name
from pipeline.words.numbers import UNKNOWN, number
from pipeline.words.translations import Translator

LEFT, RIGHT, BELOW, GAP, HEIGHT = 0.32, 0.86, 0.24, 0.2, 0.95  # inches


@dataclass(frozen=True)
class Panel:
    """A trend with its finding and its name, and what it is held against."""

    finding: str
    name: str
    band: Trend
    decimals: int
    unit: str
    reference: Reference | None


def small_trends(facts: ShownArea, report: ReportContext, folder: Folder) -> Drawn | None:
    """The sex ratio before the normal range, and natural growth before zero, as far as there are trends of them."""
    _, panels = report.say, []
    if ratio := facts.trends.get("sex_ratio_at_birth"):
        finding = sex_ratio_title(_, ratio, verdict_on_ratio(facts, report))
        name = _("figures.sex_ratio.subtitle")
        panels.append(Panel(finding, name, ratio, 1, "", normal_range(report)))
    if growth := facts.trends.get("natural_growth_rate"):
        by_year = "figures.growth.subtitle_by_year"
        name = _(by_year if growth.is_yearly else "figures.small_trends.growth")
        zero = Reference(0, 0, _("figures.growth.zero"))
        panels.append(Panel(growth_title(_, growth), name, growth, 2, "‰", zero))
    if not panels:
        return None
    folder.draw("small_trends", "", "", lambda sheet: _draw(sheet, panels, facts, _), PAGE_WIDE)
    between = _("language.list_separator_long")
    title, subtitle = (between.join(getattr(panel, part) for panel in panels) for part in ("finding", "name"))
    alt = _("figures.small_trends.alt", names=subtitle, finding=title)
    data = figure_data(_, subtitle, _header(_, panels), _rows(_, panels))
    caption = [_("figures.small_trends.caption")]
    if ratio and report.normal_range:
        caption.append(_("figures.strip_normal_range"))
    return Drawn(title, subtitle, sentences(_, caption), alt, data)


def _draw(sheet: Sheet, panels: Sequence[Panel], facts: ShownArea, _: Translator) -> None:
    columns = 1 if sheet.is_narrow else len(panels)
    each = (sheet.width - GAP * (columns - 1)) / columns
    words = [_words(panel, 72 * each - 6) for panel in panels]
    above = max(height_of(lines) for lines in words) + 0.1
    height = above + HEIGHT + BELOW
    rows = len(panels) // columns
    sheet.open(rows * height + (rows - 1) * GAP)
    for index, (panel, lines) in enumerate(zip(panels, words, strict=True)):
        left = index % columns * (each + GAP)
        bottom = (rows - 1 - index // columns) * (height + GAP)
        sheet.write(left + 0.04, bottom + height, lines)
        axes = sheet.axes(left + LEFT, bottom + BELOW, each - LEFT - RIGHT, HEIGHT)
        band, ends = panel.band, panel.reference.ends if panel.reference else []
        values = limits_of([*band.lower_95, *band.upper_95, *ends], ())
        name_months(axes, band.months, values, facts, _, (4, 4), SMALL)
        draw_band(axes, band)
        if ends and ends[0] < ends[1]:
            mark_range(axes, panel.reference)
        else:
            across(axes, ends[:1], MUTED, 0.9, zorder=1)
        now = _(
            "figures.sex_ratio.trend_value", value=f"{number(band.trend[-1], panel.decimals)}{panel.unit}"
        )
        labels = [Label(band.trend[-1], now, BLUE), *reference_label(axes, panel.reference)]
        label_ends(axes, labels, left + each)


def _words(panel: Panel, points: float) -> list[Line]:
    """The finding, and below it what it is about."""
    return [
        (line, size, color)
        for text, size, color in ((panel.finding, LABEL, INK), (panel.name, SMALL, MUTED))
        for line in wrap(text, size, points)
    ]


def _header(_: Translator, panels: Sequence[Panel]) -> list[str]:
    return [
        _("labels.period"),
        *(head for panel in panels for head in (panel.name, _("labels.trend_band_95"))),
    ]


def _rows(_: Translator, panels: Sequence[Panel]) -> list[list[str]]:
    """The months, the newest first: each trend with its band, where it has the month."""
    of_month = [
        {
            month: (number(level, panel.decimals), span(_, lower, upper, panel.decimals))
            for month, level, lower, upper in zip(
                panel.band.months, panel.band.trend, panel.band.lower_95, panel.band.upper_95, strict=True
            )
        }
        for panel in panels
    ]
    months = sorted({month for known in of_month for month in known}, reverse=True)
    return [
        [month_name(_, month), *(cell for known in of_month for cell in known.get(month, (UNKNOWN, UNKNOWN)))]
        for month in months
    ]
