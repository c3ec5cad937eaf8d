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
            (_("{count} 个地区高于正常范围"), counts[HIGHER]),
            (_("{count} 个地区低于正常范围"), counts[LOWER]),
            (_("{count} 个地区与正常范围无法区分"), counts[UNCLEAR]),
        )
        title = _("{window}出生人口性别比：{parts}", window=window, parts=parts)
    elif counts[UNCLEAR]:
        title = _(
            "{window}出生人口性别比：可作比较的 {count} 个地区均与正常范围无法区分",
            window=window,
            count=counts[UNCLEAR],
        )
    else:
        title = _("{window}出生人口性别比：各地出生过少或数据不全，不作比较", window=window)
    subtitle = _("与正常范围相比，以95%置信区间为准")
    far = sum(place.is_far for place in places)
    if far:
        subtitle = _(
            "与正常范围相比，以95%置信区间为准；地区多，偶然也会有在外的，按99.8%区间仍在外的有 {far} 个（＊）",
            far=far,
        )
    elif counts[HIGHER] or counts[LOWER]:
        subtitle = _("与正常范围相比，以95%置信区间为准；地区多，偶然也会有在外的，按99.8%区间均不在外")
    key = {
        HIGHER: _("偏高 {count}", count=counts[HIGHER]),
        LOWER: _("偏低 {count}", count=counts[LOWER]),
        UNCLEAR: _("无法区分 {count}", count=counts[UNCLEAR]),
        "": _("出生过少或数据不全，不作比较 {count}", count=counts[""]),
    }
    outlines = _known(read_outlines(geometry), places) if geometry else []
    if outlines:
        folder.draw("map", title, subtitle, lambda sheet: map_figure(sheet, places, outlines, key))
        caption = _(
            "各地出生人口性别比与正常范围相比（地图）。在范围之外的注明名称，至多 {most} 个。",
            most=MOST_NAMES,
        )
        kind = _("地图")
    elif are_crowded(places):
        folder.draw("map", title, subtitle, lambda sheet: squares_figure(sheet, places, key))
        caption = _(
            "各地出生人口性别比与正常范围相比，{window}。每格一个地区，按区划代码排列；▲ 偏高，▼ 偏低，下方注明名称和数值，"
            "至多 {most} 个。",
            window=window,
            most=MOST_NAMED,
        )
        kind = _("方格图")
    else:
        folder.draw("map", title, subtitle, lambda sheet: tile_figure(sheet, places, key))
        caption = _(
            "各地出生人口性别比与正常范围相比，{window}。每格一个地区，▲ 偏高，▼ 偏低；出生人数较少的以灰色表示。",
            window=window,
        )
        kind = _("方格图")
    outside = [place.name for place in places if place.verdict in (HIGHER, LOWER)]
    alt = _("{kind}：{finding}。", kind=kind, finding=title)
    if 0 < len(outside) <= 20:
        alt += _("在正常范围之外的是：{names}。", names=_("、").join(outside))
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
