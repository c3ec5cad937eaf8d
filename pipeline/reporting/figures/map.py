"""Where things stand: a map of outlines, or a grid of tiles where there is none; a verdict is a tone and a pattern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.path import Path as Shape

from pipeline.reporting.figures.lettering import two_lines, width, wrap
from pipeline.reporting.figures.outlines import Outline, Ring, area_of
from pipeline.reporting.figures.palette import BLUE, INK, MUTED, PALE, PALE_BLUE, PALE_RUST, PAPER, RUST
from pipeline.reporting.figures.sheet import LINE, SMALL, Body, Sheet, body_of

HIGHER, LOWER, UNCLEAR, NONE = "higher", "lower", "unclear", ""
GROUNDS = {HIGHER: PALE_RUST, LOWER: PALE_BLUE, UNCLEAR: PALE, NONE: PAPER}
EDGES = {HIGHER: RUST, LOWER: BLUE, UNCLEAR: MUTED, NONE: MUTED}
PATTERNS = {HIGHER: "////", LOWER: "||||", UNCLEAR: None, NONE: None}
SIGNS = {HIGHER: "▲", LOWER: "▼", UNCLEAR: "", NONE: ""}
TILE_HEIGHT, GAP = 0.42, 0.05  # inches
COLUMNS, NARROW_COLUMNS = 6, 4
TALLEST, NEAREST, MOST_NAMES = 4.6, 0.006, 12


@dataclass(frozen=True)
class Place:
    """One area: its verdict, its value in words (empty: not printed), the area above it; far: by 99.8 % as well."""

    area_code: str
    name: str
    group: str
    verdict: str
    value: str
    is_far: bool = False
    is_uncertain: bool = False
    official_name: str = ""


def map_figure(
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

    with body_of(sheet, foot + height + 0.06) as body:
        for outline in outlines:
            place = found.get(id(outline))
            _draw_outline(body, [[placed(ring) for ring in rings] for rings in outline.polygons], place)
        outside = [o for o in outlines if id(o) in found and found[id(o)].verdict in (HIGHER, LOWER)]
        named = sorted(outside, key=lambda o: not found[id(o)].is_far)[:MOST_NAMES]
        for outline in named:
            x, y = _middle(
                placed(max((rings[0] for rings in outline.polygons), key=lambda r: abs(area_of(r))))
            )
            ground = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.85, "pad": 1}
            name = found[id(outline)].name
            body.text(x, y, name, size=SMALL, ha="center", va="center", bbox=ground, zorder=5)
        draw_key(body, sheet, key, foot, PATTERNS)


def tile_figure(sheet: Sheet, places: Sequence[Place], key: Mapping[str, str]) -> None:
    """A row or more of tiles for each area above, its name before them; every tile has its name and value."""
    groups = by_group(places)
    columns = NARROW_COLUMNS if sheet.is_narrow else COLUMNS
    left = 0.04 if sheet.is_narrow or len(groups) < 2 else 1.0
    above = 0.22 if sheet.is_narrow and len(groups) > 1 else 0.0
    tile = (sheet.width - left - 0.04 - GAP * (columns - 1)) / columns
    foot = key_height(sheet, key)
    rows = {group: -(-len(members) // columns) for group, members in groups.items()}
    names = {place.area_code: two_lines(place.name, SMALL, 72 * tile - 5) for place in places}
    tall = TILE_HEIGHT + (max(map(len, names.values())) - 1) * SMALL * LINE / 72
    height = sum(above + count * (tall + GAP) + 0.06 for count in rows.values())
    with body_of(sheet, foot + height) as body:
        top = foot + height
        for group, members in groups.items():
            if len(groups) > 1:
                words = wrap(group, SMALL, 72 * (tile * columns if above else left - 0.1))
                y = top if above else top - tall / 2
                align = "top" if above else "center"
                body.text(0.04, y, "\n".join(words), size=SMALL, color=MUTED, va=align)
            top -= above
            for number, place in enumerate(members):
                row, column = divmod(number, columns)
                x, y = left + column * (tile + GAP), top - (row + 1) * (tall + GAP) + GAP
                _draw_tile(body, place, names[place.area_code], (x, y, tile, tall))
            top -= rows[group] * (tall + GAP) + 0.06
        draw_key(body, sheet, key, foot, {})


def by_group(places: Sequence[Place]) -> dict[str, list[Place]]:
    groups: dict[str, list[Place]] = {}
    for place in places:
        groups.setdefault(place.group, []).append(place)
    return groups


def tiles_height(places: Sequence[Place]) -> float:
    """Of the wide sheet with tiles, in inches."""
    rows = [-(-len(members) // COLUMNS) for members in by_group(places).values()]
    return sum(count * (TILE_HEIGHT + GAP) + 0.06 for count in rows)


def matched(places: Sequence[Place], outlines: Sequence[Outline]) -> dict[int, Place]:
    """The place of each outline, by code, else by a name that only one place has."""
    by_code = {place.area_code: place for place in places}
    names = [place.official_name or place.name for place in places]
    by_name = {name: place for name, place in zip(names, places, strict=True) if names.count(name) == 1}
    found = {id(o): by_code.get(o.code) or by_name.get(o.name) for o in outlines}
    return {key: place for key, place in found.items() if place}


def _draw_tile(body: Body, place: Place, name: Sequence[str], box: tuple[float, float, float, float]) -> None:
    left, bottom, wide, tall = box
    verdict, is_outside = place.verdict, place.verdict in (HIGHER, LOWER)
    style = {"edgecolor": EDGES[verdict], "linewidth": 1.1 if is_outside else 0.4}
    body.fill(corners(*box), GROUNDS[verdict], joinstyle="miter", **style)
    x = left + wide / 2
    value = " ".join(part for part in (SIGNS[verdict], place.value) if part) or "—"
    value += "＊" if place.is_far and is_outside else ""
    color = MUTED if place.is_uncertain else INK
    body.text(x, bottom + 0.12, value, size=SMALL, color=color, ha="center", va="center")
    middle = bottom + 0.2 + (tall - 0.2) / 2 - 0.02
    body.text(x, middle, "\n".join(name), size=SMALL, ha="center", va="center", linespacing=1.0)


def _draw_outline(body: Body, polygons: list[list[Ring]], place: Place | None) -> None:
    verdict = place.verdict if place else NONE
    vertices, codes = [], []
    for rings in polygons:
        for number, ring in enumerate(rings):
            if len(ring) < 3:
                continue
            is_hole = number > 0
            ring = ring if (area_of(ring) < 0) == is_hole else ring[::-1]
            vertices += [*ring, ring[0]]
            codes += [Shape.MOVETO, *[Shape.LINETO] * (len(ring) - 1), Shape.CLOSEPOLY]
    if not vertices:
        return
    style = {"edgecolor": EDGES[verdict], "hatch": PATTERNS[verdict]}
    body.shape(Shape(vertices, codes), GROUNDS[verdict], linewidth=0.6, zorder=2, **style)


def corners(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


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


def _key_rows(sheet: Sheet, key: Mapping[str, str]) -> list[list[tuple[str, str]]]:
    rows: list[list[tuple[str, str]]] = [[]]
    for verdict, words in key.items():
        used = sum(
            0.42 + width(f"{SIGNS[v]} {text}", SMALL) / 72 for v, text in [*rows[-1], (verdict, words)]
        )
        if rows[-1] and used > sheet.width:
            rows.append([])
        rows[-1].append((verdict, words))
    return rows


def key_height(sheet: Sheet, key: Mapping[str, str]) -> float:
    return len(_key_rows(sheet, key)) * (SMALL * LINE / 72 + 0.05) + 0.12


def draw_key(
    body: Body,
    sheet: Sheet,
    key: Mapping[str, str],
    height: float,
    patterns: Mapping[str, str | None],
) -> None:
    """The verdicts with their counts below the map, as they are drawn in it: by pattern, or by sign."""
    y = height - 0.16
    for row in _key_rows(sheet, key):
        x = 0.04
        for verdict, words in row:
            style = {"edgecolor": EDGES[verdict], "hatch": patterns.get(verdict), "linewidth": 0.6}
            body.fill(corners(x, y - 0.055, 0.2, 0.11), GROUNDS[verdict], joinstyle="miter", **style)
            sign = f"{SIGNS[verdict]} " if SIGNS[verdict] and not patterns else ""
            body.text(x + 0.25, y, f"{sign}{words}", size=SMALL, color=MUTED, va="center")
            x += 0.42 + width(sign + words, SMALL) / 72
        y -= SMALL * LINE / 72 + 0.05
