"""Where things stand: the verdict on the sex ratio of each area, on a map of outlines, or on tiles where there is none."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Shape

from pipeline.reporting.figures.drawn import counted
from pipeline.reporting.figures.overview.outlines import Outline, Ring, area_of, read_outlines
from pipeline.reporting.figures.overview.tiles import (
    EDGES,
    GROUNDS,
    MOST_NAMED,
    NONE,
    Place,
    are_crowded,
    draw_key,
    draw_squares,
    draw_tiles,
    key_height,
)
from pipeline.reporting.figures.sheet import Folder, Sheet
from pipeline.reporting.figures.style import PAPER, SMALL
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import HIGHER, INSIDE, LOWER, UNCLEAR
from pipeline.reporting.shown.peers import SERIES
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.numbering import Drawn
from pipeline.reporting.text.wording import short_window
from pipeline.words.numbers import number

PATTERNS = {HIGHER: "////", LOWER: "||||", INSIDE: None, UNCLEAR: None, NONE: None}
VERDICTS = (HIGHER, LOWER, INSIDE, UNCLEAR)
TALLEST, NEAREST, MOST_NAMES = 4.6, 0.006, 12


def where(
    areas: Sequence[ShownArea], report: ReportContext, folder: Folder, geometry: Path | None
) -> Drawn | None:
    """The verdict on the sex ratio, area by area; what stands behind it is the table of areas.

    None where there is no normal range, and so no verdict.
    """
    _ = report.say
    places = [_place(facts, report) for facts in areas]
    if not places or not report.normal_range:
        return None
    counts = {verdict: sum(place.verdict == verdict for place in places) for verdict in (*VERDICTS, NONE)}
    window = short_window(_, "rolling_12", report.month)
    if counts[HIGHER] or counts[LOWER]:
        parts = [(_(f"figures.overview.count_{verdict}"), counts[verdict]) for verdict in VERDICTS]
        title = _("figures.overview.title", window=window, parts=counted(_, *parts))
    elif counts[UNCLEAR] or counts[INSIDE]:
        title = _(
            "figures.overview.title_none_differs",
            window=window,
            count=counts[UNCLEAR] + counts[INSIDE],
        )
    else:
        title = _("figures.overview.title_none_compared", window=window)
    subtitle = _("figures.overview.subtitle")
    key = {
        verdict: _(f"figures.overview.key_{verdict or 'not_compared'}", count=count)
        for verdict, count in counts.items()
    }
    outlines = _known(read_outlines(geometry), places) if geometry else []
    if outlines:
        folder.draw("map", title, subtitle, lambda sheet: _draw_map(sheet, places, outlines, key))
        caption = _("figures.overview.caption_map", most=MOST_NAMES)
        kind = _("figures.overview.map")
    elif are_crowded(places):
        folder.draw("map", title, subtitle, lambda sheet: draw_squares(sheet, places, key))
        caption = _("figures.overview.caption_squares_named", window=window, most=MOST_NAMED)
        kind = _("figures.overview.squares")
    else:
        folder.draw("map", title, subtitle, lambda sheet: draw_tiles(sheet, places, key))
        caption = _("figures.overview.caption_squares", window=window)
        kind = _("figures.overview.squares")
    outside = [place.name for place in places if place.verdict in (HIGHER, LOWER)]
    alt = _("figures.overview.alt", kind=kind, finding=title)
    if 0 < len(outside) <= 20:
        alt += _("figures.overview.alt_outside", names=_("language.list_separator").join(outside))
    return Drawn(title, subtitle, caption, alt)


def _place(facts: ShownArea, report: ReportContext) -> Place:
    estimate, spec = facts.headline(SERIES), report.indicators[SERIES]
    verdict = facts.verdict(SERIES, "normal_range")
    value = number(estimate.value, spec.decimals) if verdict and estimate else ""
    group = facts.parents[-1] if facts.parents else ""
    few = estimate is not None and (estimate.is_uncertain or bool(estimate.withheld))
    official = facts.official_name or facts.name
    told = report.say("figures.outlook.alt_row", name=facts.name, words=value) if value else facts.name
    return Place(facts.area_code, facts.name, group, verdict, value, told, few, official)


def _known(outlines: list[Outline], places: Sequence[Place]) -> list[Outline]:
    """Outlines of areas that the edition knows; a file of another level has none, and then tiles are drawn."""
    found = matched(places, outlines)
    return [outline for outline in outlines if id(outline) in found]


def _draw_map(
    sheet: Sheet, places: Sequence[Place], outlines: Sequence[Outline], key: Mapping[str, str]
) -> None:
    """`key` has the words of each verdict, with its count."""
    found = matched(places, outlines)
    points = [point for o in outlines for rings in o.polygons for ring in rings for point in ring]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    bottom, top = min(y for _, y in points), max(y for _, y in points)
    scale = min((sheet.width - 0.2) / ((right - left) or 1), TALLEST / ((top - bottom) or 1))
    margin = (sheet.width - (right - left) * scale) / 2
    height, foot = (top - bottom) * scale, key_height(sheet, key)

    def placed(ring: Ring) -> Ring:
        return _thinned([(margin + (x - left) * scale, foot + (y - bottom) * scale) for x, y in ring])

    sheet.open(foot + height + 0.06)
    axes = sheet.inches()
    for outline in outlines:
        place = found.get(id(outline))
        _draw_outline(sheet, axes, [[placed(ring) for ring in rings] for rings in outline.polygons], place)
    outside = [o for o in outlines if id(o) in found and found[id(o)].verdict in (HIGHER, LOWER)]
    for outline in outside[:MOST_NAMES]:
        x, y = _middle(placed(max((rings[0] for rings in outline.polygons), key=lambda r: abs(area_of(r)))))
        ground = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.85, "pad": 1}
        name = found[id(outline)].name
        sheet.text(x, y, name, size=SMALL, ha="center", va="center", bbox=ground, zorder=5)
    draw_key(sheet, axes, key, foot, PATTERNS)


def matched(places: Sequence[Place], outlines: Sequence[Outline]) -> dict[int, Place]:
    """The place of each outline, by code, else by a name that only one place has."""
    by_code = {place.area_code: place for place in places}
    names = [place.official_name or place.name for place in places]
    by_name = {name: place for name, place in zip(names, places, strict=True) if names.count(name) == 1}
    found = {id(o): by_code.get(o.code) or by_name.get(o.name) for o in outlines}
    return {key: place for key, place in found.items() if place}


def _draw_outline(sheet: Sheet, axes: Axes, polygons: list[list[Ring]], place: Place | None) -> None:
    verdict = place.verdict if place else NONE
    vertices, codes = [], []
    for rings in polygons:
        for index, ring in enumerate(rings):
            if len(ring) < 3:
                continue
            is_hole = index > 0
            ring = ring if (area_of(ring) < 0) == is_hole else ring[::-1]
            vertices += [*ring, ring[0]]
            codes += [Shape.MOVETO, *[Shape.LINETO] * (len(ring) - 1), Shape.CLOSEPOLY]
    if not vertices:
        return
    style = {"facecolor": GROUNDS[verdict], "edgecolor": EDGES[verdict], "hatch": PATTERNS[verdict]}
    patch = axes.add_patch(
        PathPatch(Shape(vertices, codes), linewidth=0.6, joinstyle="round", zorder=2, **style)
    )
    if place:
        sheet.name_marks(patch, [place.told])


def _thinned(ring: Ring) -> Ring:
    """Without points nearer to the last one kept than half a point of print."""
    kept = ring[:1]
    for x, y in ring[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= NEAREST:
            kept.append((x, y))
    return kept


def _middle(ring: Ring) -> tuple[float, float]:
    return (
        (min(x for x, _ in ring) + max(x for x, _ in ring)) / 2,
        (min(y for _, y in ring) + max(y for _, y in ring)) / 2,
    )
