"""The verdict on each area as a tile with its name, or as a small square where there are hundreds; rows by area above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from pipeline.reporting.figures.axes import draw_marks
from pipeline.reporting.figures.sheet import Sheet
from pipeline.reporting.figures.style import (
    BLUE,
    INK,
    LINE,
    MUTED,
    PALE,
    PALE_BLUE,
    PALE_RUST,
    PAPER,
    RUST,
    SMALL,
    two_lines,
    width,
    wrap,
)
from pipeline.reporting.shown.estimate import HIGHER, INSIDE, LOWER, UNCLEAR

NONE = ""
GROUNDS = {HIGHER: PALE_RUST, LOWER: PALE_BLUE, INSIDE: PAPER, UNCLEAR: PALE, NONE: PAPER}
EDGES = {HIGHER: RUST, LOWER: BLUE, INSIDE: MUTED, UNCLEAR: MUTED, NONE: MUTED}
SIGNS = {HIGHER: "▲", LOWER: "▼", INSIDE: "", UNCLEAR: "", NONE: ""}
MARKS = {HIGHER: "^", LOWER: "v"}
TILE_HEIGHT, GAP = 0.42, 0.05  # inches
COLUMNS, NARROW_COLUMNS = 6, 4
SIDE, SQUARE_GAP = 0.19, 0.03  # of a square, inches
TALLEST = 7.8  # what a page has room for, with the title above and the caption below
MOST_NAMED = 24
NAME_LINE = SMALL * LINE / 72
Box = list[tuple[float, float]]


@dataclass(frozen=True)
class Place:
    """One area: the area above it, the verdict, its value in words (empty: not printed).

    told: to a reader who points at it. is_uncertain: few births.
    """

    area_code: str
    name: str
    group: str
    verdict: str
    value: str
    told: str
    is_uncertain: bool = False
    official_name: str = ""


def draw_tiles(sheet: Sheet, places: Sequence[Place], key: Mapping[str, str]) -> None:
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
    sheet.open(foot + height)
    axes, top = sheet.inches(), foot + height
    boxes: dict[str, list[Box]] = {}
    for group, members in groups.items():
        if len(groups) > 1:
            words = wrap(group, SMALL, 72 * (tile * columns if above else left - 0.1))
            y = top if above else top - tall / 2
            align = "top" if above else "center"
            sheet.text(0.04, y, "\n".join(words), size=SMALL, color=MUTED, va=align)
        top -= above
        for number, place in enumerate(members):
            row, column = divmod(number, columns)
            x, y = left + column * (tile + GAP), top - (row + 1) * (tall + GAP) + GAP
            boxes.setdefault(place.verdict, []).append(corners(x, y, tile, tall))
            _name_tile(sheet, place, names[place.area_code], (x, y, tile, tall))
        top -= rows[group] * (tall + GAP) + 0.06
    for verdict, each in boxes.items():
        fill(axes, each, verdict, 1.1 if SIGNS[verdict] else 0.4)
    draw_key(sheet, axes, key, foot, {})


def by_group(places: Sequence[Place]) -> dict[str, list[Place]]:
    groups: dict[str, list[Place]] = {}
    for place in places:
        groups.setdefault(place.group, []).append(place)
    return groups


def tiles_height(places: Sequence[Place]) -> float:
    """Of the wide sheet with tiles, in inches."""
    rows = [-(-len(members) // COLUMNS) for members in by_group(places).values()]
    return sum(count * (TILE_HEIGHT + GAP) + 0.06 for count in rows)


def _name_tile(
    sheet: Sheet, place: Place, name: Sequence[str], box: tuple[float, float, float, float]
) -> None:
    left, bottom, wide, tall = box
    verdict = place.verdict
    x = left + wide / 2
    value = " ".join(part for part in (SIGNS[verdict], place.value) if part) or "—"
    color = MUTED if place.is_uncertain else INK
    sheet.text(x, bottom + 0.12, value, size=SMALL, color=color, ha="center", va="center")
    middle = bottom + 0.2 + (tall - 0.2) / 2 - 0.02
    sheet.text(x, middle, "\n".join(name), size=SMALL, ha="center", va="center", linespacing=1.0)


def corners(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def fill(
    axes: Axes, boxes: Sequence[Box], verdict: str, line_width: float, hatch: str | None = None
) -> PolyCollection:
    """Boxes in the tone of a verdict, drawn as one."""
    made = PolyCollection(
        boxes,
        facecolor=GROUNDS[verdict],
        edgecolor=EDGES[verdict],
        linewidth=line_width,
        joinstyle="miter",
        hatch=hatch,
    )
    axes.add_collection(made, autolim=False)
    return made


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
    sheet: Sheet,
    axes: Axes,
    key: Mapping[str, str],
    height: float,
    patterns: Mapping[str, str | None],
) -> None:
    """The verdicts with their counts below the map, as they are drawn in it: by pattern, or by sign."""
    y = height - 0.16
    for row in _key_rows(sheet, key):
        x = 0.04
        for verdict, words in row:
            fill(axes, [corners(x, y - 0.055, 0.2, 0.11)], verdict, 0.6, patterns.get(verdict))
            sign = f"{SIGNS[verdict]} " if SIGNS[verdict] and not patterns else ""
            sheet.text(x + 0.25, y, f"{sign}{words}", size=SMALL, color=MUTED, va="center")
            x += 0.42 + width(sign + words, SMALL) / 72
        y -= SMALL * LINE / 72 + 0.05


def are_crowded(places: Sequence[Place]) -> bool:
    """Too many for tiles with names."""
    return tiles_height(places) > 0.85 * TALLEST


def draw_squares(sheet: Sheet, places: Sequence[Place], key: Mapping[str, str]) -> None:
    """`key` has the words of each verdict, with its count."""
    groups, left = by_group(places), 0.04 if sheet.is_narrow else 1.2
    if len(groups) < 2 or sum(_heights(sheet, groups, left)) > TALLEST:
        groups, left = {"": list(places)}, 0.04
    heights = _heights(sheet, groups, left)
    names = _names(places, 72 * sheet.width - 8)
    foot = key_height(sheet, key) + len(names) * NAME_LINE + 0.06
    sheet.open(foot + sum(heights))
    axes, top = sheet.inches(), foot + sum(heights)
    for (group, members), height in zip(groups.items(), heights, strict=True):
        _draw_group(sheet, axes, group, members, (left, top))
        top -= height
    draw_key(sheet, axes, key, foot, {})
    for place, line in enumerate(reversed(names)):
        sheet.text(0.04, 0.04 + place * NAME_LINE, line, size=SMALL, va="bottom")


def _columns(sheet: Sheet, left: float) -> int:
    """How many squares there are in a row."""
    return int((sheet.width - left - 0.04 + SQUARE_GAP) / (SIDE + SQUARE_GAP))


def _heights(sheet: Sheet, groups: Mapping[str, Sequence[Place]], left: float) -> list[float]:
    """Inches that each group takes, its name above it on the phone, else before it."""
    heights = []
    for group, members in groups.items():
        squares = -(-len(members) // _columns(sheet, left)) * (SIDE + SQUARE_GAP) + 0.05
        words = len(_words(sheet, group, left)) * NAME_LINE if group else 0
        heights.append(squares + words if sheet.is_narrow else max(squares, words + 0.05))
    return heights


def _words(sheet: Sheet, group: str, left: float) -> list[str]:
    return wrap(group, SMALL, 72 * (sheet.width if sheet.is_narrow else left) - 8)


def _draw_group(
    sheet: Sheet, axes: Axes, group: str, members: Sequence[Place], corner: tuple[float, float]
) -> None:
    left, top = corner
    columns, pitch = _columns(sheet, left), SIDE + SQUARE_GAP
    for line in _words(sheet, group, left) if group else ():
        sheet.text(0.04, corner[1], line, size=SMALL, color=MUTED, va="top")
        corner = left, corner[1] - NAME_LINE
    if sheet.is_narrow:
        top = corner[1]
    for verdict in {place.verdict: None for place in members}:  # each kind is drawn as one
        middles, told = [], []
        for index, place in enumerate(members):
            if place.verdict == verdict:
                row, column = divmod(index, columns)
                middles.append((left + column * pitch + SIDE / 2, top - row * pitch - SIDE / 2))
                told.append(place.told)
        squares = [corners(x - SIDE / 2, y - SIDE / 2, SIDE, SIDE) for x, y in middles]
        sheet.name_marks(fill(axes, squares, verdict, 1.0 if SIGNS[verdict] else 0.4), told)
        if verdict in MARKS:
            draw_marks(axes, middles, MARKS[verdict], 5, INK, zorder=3)


def _names(places: Sequence[Place], points: float) -> list[str]:
    """Lines with sign, name and value of those outside; the clearest ones where there are many."""
    outside = [place for place in places if place.verdict in (HIGHER, LOWER)]
    kept = {id(place) for place in outside[:MOST_NAMED]}
    lines: list[str] = []
    for place in outside:
        if id(place) not in kept:
            continue
        words = f"{SIGNS[place.verdict]} {place.name} {place.value}"
        joined = f"{lines[-1]}　　{words}" if lines else ""
        if lines and width(joined, SMALL) <= points:
            lines[-1] = joined
        else:
            lines.append(words)
    return lines
