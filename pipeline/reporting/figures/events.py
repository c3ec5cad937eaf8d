"""Birth and death rates of each month, side by side."""

from datetime import date

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


def events(facts: ShownArea, report: ReportContext, folder: Folder) -> Drawn | None:
    """Birth and death rates of the months that may be shown."""
    _ = report.say
    births, deaths = (facts.monthly.get(name, []) for name in ("birth_rate", "death_rate"))
    if not births and not deaths:
        return None
    names = (_("labels.birth_rate"), _("labels.death_rate"))
    if births and deaths:
        compared = ("birth_rate", "death_rate", "natural_growth_rate")
        rolling = (facts.estimate(name, "rolling_12") for name in compared)
        title = _events_title(_, *(one and one.known for one in rolling))
        subtitle = _("figures.events.subtitle")
        caption = _("figures.events.caption")
    else:
        title = names[0] if births else names[1]
        subtitle = _("figures.events.subtitle_one_rate")
        caption = _("figures.events.caption_one_rate", rate=title)
    folder.draw(
        "events",
        title,
        subtitle,
        lambda sheet: _draw_events(sheet, facts, _, dict(zip(names, (births, deaths), strict=True))),
    )
    months = [point[0] for point in births or deaths]
    ends = {"first": month_name(_, months[0]), "last": month_name(_, months[-1])}
    alt = (
        _("figures.events.alt", **ends, finding=title)
        if births and deaths
        else _("figures.events.alt_one_rate", **ends, rate=title)
    )
    of_month = [{point[0]: point[1:] for point in series} for series in (births, deaths) if series]
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
    header += [_("labels.birth_rate_per_1000"), _("labels.interval_95")] if births else []
    header += [_("labels.death_rate_per_1000"), _("labels.interval_95")] if deaths else []
    data = figure_data(_, _("figures.events.table_caption") if births and deaths else title, header, rows)
    return Drawn(title, subtitle, caption, alt, data)


def _draw_events(sheet: Sheet, facts: ShownArea, _: Translator, rates: dict[str, list[Point]]) -> None:
    """Monthly birth and death rates, each with its 95 % interval; deaths are dashed."""
    both = [point for series in rates.values() for point in series]
    highest = 1.05 * max(upper for _month, _value, _lower, upper in both)
    axes = axes_by_month(sheet, 2.2, [month for month, *_rest in both], (0, highest), facts, _)
    labels = []
    for (name, series), color, dashes in zip(
        rates.items(), (BLUE, RUST), ("-", (0, (3.5, 1.5))), strict=True
    ):
        if not series:
            continue
        months, values, lower, upper = zip(*series, strict=True)
        draw_areas(axes, [between(days(months), lower, upper)], color, alpha=0.15, zorder=1)
        draw_line(axes, days(months), values, color, 1.3, linestyle=dashes, zorder=2)
        labels.append(Label(sum(values[-6:]) / len(values[-6:]), name, color))
    label_ends(axes, labels)


def _events_title(_: Translator, births: Known | None, deaths: Known | None, growth: Known | None) -> str:
    """Which rate is the higher, by the interval of their difference."""
    if births is None or deaths is None or growth is None:
        return _("figures.events.title")
    finding = "more_births" if growth.lower > 0 else "more_deaths" if growth.upper < 0 else "unclear"
    rates = {"births": number(births.value, 2), "deaths": number(deaths.value, 2)}
    return _(f"figures.events.title_{finding}", **rates)
