"""Birth and death rates of each month, side by side."""

from datetime import date
from typing import Any

from pipeline.reporting.figures.axes import (
    Label,
    axes_by_month,
    between,
    days,
    draw_areas,
    draw_line,
    label_ends,
)
from pipeline.reporting.figures.drawn import figure_data
from pipeline.reporting.figures.sheet import Folder, Sheet
from pipeline.reporting.figures.style import BLUE, RUST
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import Known
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.numbering import Drawn
from pipeline.reporting.text.wording import span
from pipeline.words.months import month_name
from pipeline.words.numbers import UNKNOWN, number
from pipeline.words.translations import Translator

Point = tuple[date, float, float, float]
STYLES: dict[str, tuple[str, Any]] = {"birth_rate": (BLUE, "-"), "death_rate": (RUST, (0, (3.5, 1.5)))}


def events(facts: ShownArea, report: ReportContext, folder: Folder) -> Drawn | None:
    """Birth and death rates of the months that may be shown."""
    _ = report.say
    rates = {name: series for name in STYLES if (series := facts.monthly.get(name))}
    if not rates:
        return None
    months = [month for month, *_rest in next(iter(rates.values()))]
    ends = {"first": month_name(_, months[0]), "last": month_name(_, months[-1])}
    if len(rates) == 1:
        title = _(f"labels.{next(iter(rates))}")
        subtitle = _("figures.events.subtitle_one_rate")
        caption = _("figures.events.caption_one_rate", rate=title)
        alt = _("figures.events.alt_one_rate", **ends, rate=title)
    else:
        rolling = (facts.estimate(name, "rolling_12") for name in (*STYLES, "natural_growth_rate"))
        title = _events_title(_, *(one and one.known for one in rolling))
        subtitle, caption = _("figures.events.subtitle"), _("figures.events.caption")
        alt = _("figures.events.alt", **ends, finding=title)
    folder.draw("events", title, subtitle, lambda sheet: _draw_events(sheet, facts, _, rates))
    of_month = [{point[0]: point[1:] for point in series} for series in rates.values()]
    rows = [
        [
            month_name(_, month),
            *(
                cell
                for series in of_month
                for value, lower, upper in [series.get(month, (None,) * 3)]
                for cell in (number(value, 2), UNKNOWN if value is None else span(_, lower, upper, 2))
            ),
        ]
        for month in sorted({month for series in of_month for month in series}, reverse=True)
    ]
    header = [_("labels.month")]
    for name in rates:
        header += [_(f"labels.{name}_per_1000"), _("labels.interval_95")]
    data = figure_data(_, title if len(rates) == 1 else _("figures.events.table_caption"), header, rows)
    return Drawn(title, subtitle, caption, alt, data)


def _draw_events(sheet: Sheet, facts: ShownArea, _: Translator, rates: dict[str, list[Point]]) -> None:
    """Monthly birth and death rates, each with its 95 % interval; deaths are dashed."""
    points = [point for series in rates.values() for point in series]
    highest = 1.05 * max(upper for _month, _value, _lower, upper in points)
    axes = axes_by_month(sheet, 2.2, [month for month, *_rest in points], (0, highest), facts, _)
    labels = []
    for name, series in rates.items():
        color, dashes = STYLES[name]
        months, values, lower, upper = zip(*series, strict=True)
        draw_areas(axes, [between(days(months), lower, upper)], color, alpha=0.15, zorder=1)
        draw_line(axes, days(months), values, color, 1.3, linestyle=dashes, zorder=2)
        labels.append(Label(sum(values[-6:]) / len(values[-6:]), _(f"labels.{name}"), color))
    label_ends(axes, labels)


def _events_title(_: Translator, births: Known | None, deaths: Known | None, growth: Known | None) -> str:
    """Which rate is the higher, by the interval of their difference."""
    if births is None or deaths is None or growth is None:
        return _("figures.events.title")
    finding = "more_births" if growth.lower > 0 else "more_deaths" if growth.upper < 0 else "unclear"
    rates = {"births": number(births.value, 2), "deaths": number(deaths.value, 2)}
    return _(f"figures.events.title_{finding}", **rates)
