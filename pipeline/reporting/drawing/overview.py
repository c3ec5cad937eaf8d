"""The figures of the overview: where things stand on a map, and all areas in one funnel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.reporting.drawing.drawn import Drawn, Folder, counted
from pipeline.reporting.drawing.funnel import SERIES, neighbours_of, overview_funnel
from pipeline.reporting.facts.estimate import HIGHER, LOWER, UNCLEAR
from pipeline.reporting.facts.records import AreaFacts, Funnel
from pipeline.reporting.figures.map import MOST_NAMES, Place, map_figure, matched, tile_figure
from pipeline.reporting.figures.outlines import Outline, read_outlines
from pipeline.reporting.figures.squares import MOST_NAMED, are_crowded, squares_figure
from pipeline.reporting.renderers.last_resort import fonts_of
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.verdicts import sex_ratio_verdicts
from pipeline.reporting.text.wording import number, short_window


def draw_overview(
    areas: Sequence[AreaFacts],
    report: ReportContext,
    funnels: Mapping[tuple[str, str], Funnel],
    folder: Path,
    *,
    geometry: Path | None = None,
    formats: Sequence[str] = ("html", "pdf"),
) -> dict[str, Drawn]:
    """`map` (tiles where `geometry`, a GeoJSON or TopoJSON file, is not given) and `funnel` of all areas of a level."""
    folder.mkdir(parents=True, exist_ok=True)
    place = Folder(folder, "docx" in formats or "png" in formats, fonts_of(report.templates / "theme"))
    if not report.has(SERIES):
        return {}
    made = {
        "map": where(areas, report, place, geometry),
        "funnel": overview_funnel(report, funnels, neighbours_of(areas, report), place),
    }
    return {name: drawn for name, drawn in made.items() if drawn}


def where(
    areas: Sequence[AreaFacts], report: ReportContext, folder: Folder, geometry: Path | None
) -> Drawn | None:
    """The verdict on the sex ratio of the year so far, area by area; what stands behind it is the table of areas."""
    _ = report.say
    places = [_place(facts, report) for facts in areas]
    if not places:
        return None
    counts = {v: sum(place.verdict == v for place in places) for v in (HIGHER, LOWER, UNCLEAR, "")}
    window = short_window(_, "ytd", report.month)
    if counts[HIGHER] or counts[LOWER]:
        parts = counted(
            _,
            (_("figures.overview.count_higher"), counts[HIGHER]),
            (_("figures.overview.count_lower"), counts[LOWER]),
            (_("figures.overview.count_unclear"), counts[UNCLEAR]),
        )
        title = _("figures.overview.title", window=window, parts=parts)
    elif counts[UNCLEAR]:
        title = _(
            "figures.overview.title_none_differs",
            window=window,
            count=counts[UNCLEAR],
        )
    else:
        title = _("figures.overview.title_none_compared", window=window)
    subtitle = _("figures.overview.subtitle")
    far = sum(place.is_far for place in places)
    if far:
        subtitle = _(
            "figures.overview.subtitle_some_far",
            far=far,
        )
    elif counts[HIGHER] or counts[LOWER]:
        subtitle = _("figures.overview.subtitle_none_far")
    key = {
        HIGHER: _("figures.overview.key_higher", count=counts[HIGHER]),
        LOWER: _("figures.overview.key_lower", count=counts[LOWER]),
        UNCLEAR: _("figures.overview.key_unclear", count=counts[UNCLEAR]),
        "": _("figures.overview.key_not_compared", count=counts[""]),
    }
    outlines = _known(read_outlines(geometry), places) if geometry else []
    if outlines:
        folder.draw("map", title, subtitle, lambda sheet: map_figure(sheet, places, outlines, key))
        caption = _(
            "figures.overview.caption_map",
            most=MOST_NAMES,
        )
        kind = _("figures.overview.map")
    elif are_crowded(places):
        folder.draw("map", title, subtitle, lambda sheet: squares_figure(sheet, places, key))
        caption = _(
            "figures.overview.caption_squares_named",
            window=window,
            most=MOST_NAMED,
        )
        kind = _("figures.overview.squares")
    else:
        folder.draw("map", title, subtitle, lambda sheet: tile_figure(sheet, places, key))
        caption = _(
            "figures.overview.caption_squares",
            window=window,
        )
        kind = _("figures.overview.squares")
    outside = [place.name for place in places if place.verdict in (HIGHER, LOWER)]
    alt = _("figures.overview.alt", kind=kind, finding=title)
    if 0 < len(outside) <= 20:
        alt += _("figures.overview.alt_outside", names=_("language.list_separator").join(outside))
    return Drawn(title, subtitle, caption, alt)


def _place(facts: AreaFacts, report: ReportContext) -> Place:
    verdict, among_many = sex_ratio_verdicts(facts, report.indicators, report.settings.withhold_counts_below)
    estimate = facts.estimate(SERIES)
    value = number(estimate.value, report.indicators[SERIES].decimals) if verdict and estimate else ""
    group = facts.parents[-1] if facts.parents else ""
    few = estimate is not None and estimate.births < report.indicators[SERIES].uncertain_below
    is_far, official = among_many in (HIGHER, LOWER), facts.official_name or facts.name
    return Place(facts.area_code, facts.name, group, verdict, value, is_far, few, official)


def _known(outlines: list[Outline], places: Sequence[Place]) -> list[Outline]:
    """Outlines of areas that the edition knows; a file of another level has none, and then tiles are drawn."""
    found = matched(places, outlines)
    return [outline for outline in outlines if id(outline) in found]
