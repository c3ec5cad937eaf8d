"""Hundreds of areas on one page: a small square each, in rows by the area above; those outside are named below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.reporting.figures.lettering import width, wrap
from pipeline.reporting.figures.map import (
    EDGES,
    GROUNDS,
    HIGHER,
    LOWER,
    SIGNS,
    Place,
    by_group,
    corners,
    draw_key,
    key_height,
    tiles_height,
)
from pipeline.reporting.figures.palette import INK, MUTED
from pipeline.reporting.figures.sheet import LINE, SMALL, Body, Sheet, body_of

SIDE, GAP = 0.19, 0.03  # inches
TALLEST = 7.8  # what a page has room for, with the title above and the caption below
MOST_NAMED = 24
MARKS = {HIGHER: "^", LOWER: "v"}
NAME_LINE = SMALL * LINE / 72


def are_crowded(places: Sequence[Place]) -> bool:
    """Too many for tiles with names."""
    return tiles_height(places) > 0.85 * TALLEST


def squares_figure(sheet: Sheet, places: Sequence[Place], key: Mapping[str, str]) -> None:
    """`key` has the words of each verdict, with its count."""
    left = 0.04 if sheet.is_narrow else 1.2
    columns = int((sheet.width - left - 0.04 + GAP) / (SIDE + GAP))
    groups = by_group(places)
    if sum(_height(sheet, group, len(members), columns, left) for group, members in groups.items()) > TALLEST:
        groups = {"": list(places)}
    if len(groups) < 2:
        groups, left = {"": list(places)}, 0.04
        columns = int((sheet.width - left - 0.04 + GAP) / (SIDE + GAP))
    heights = [_height(sheet, group, len(members), columns, left) for group, members in groups.items()]
    names = _names(places, 72 * sheet.width - 8)
    foot = key_height(sheet, key) + len(names) * NAME_LINE + 0.06
    with body_of(sheet, foot + sum(heights)) as body:
        top = foot + sum(heights)
        for (group, members), height in zip(groups.items(), heights, strict=True):
            _draw_group(body, sheet, group, members, (left, top), columns)
            top -= height
        draw_key(body, sheet, key, foot, {})
        for place, line in enumerate(reversed(names)):
            body.text(0.04, 0.04 + place * NAME_LINE, line, size=SMALL, va="bottom")


def _height(sheet: Sheet, group: str, count: int, columns: int, left: float) -> float:
    squares = -(-count // columns) * (SIDE + GAP) + 0.05
    words = len(_words(sheet, group, left)) * NAME_LINE if group else 0
    return squares + words if sheet.is_narrow else max(squares, words + 0.05)


def _words(sheet: Sheet, group: str, left: float) -> list[str]:
    return wrap(group, SMALL, 72 * (sheet.width if sheet.is_narrow else left) - 8)


def _draw_group(
    body: Body, sheet: Sheet, group: str, members: Sequence[Place], corner: tuple[float, float], columns: int
) -> None:
    left, top = corner
    for line in _words(sheet, group, left) if group else ():
        body.text(0.04, corner[1], line, size=SMALL, color=MUTED, va="top")
        corner = left, corner[1] - NAME_LINE
    if sheet.is_narrow:
        top = corner[1]
    for verdict in {place.verdict: None for place in members}:  # each kind is drawn as one
        middles = []
        for number, place in enumerate(members):
            if place.verdict == verdict:
                row, column = divmod(number, columns)
                middles.append((left + column * (SIDE + GAP) + SIDE / 2, top - row * (SIDE + GAP) - SIDE / 2))
        style = {"edgecolor": EDGES[verdict], "linewidth": 1.0 if SIGNS[verdict] else 0.4}
        squares = [corners(x - SIDE / 2, y - SIDE / 2, SIDE, SIDE) for x, y in middles]
        body.fills(squares, GROUNDS[verdict], joinstyle="miter", **style)
        body.marks(middles, MARKS.get(verdict, ""), 5, INK, zorder=3)


def _names(places: Sequence[Place], points: float) -> list[str]:
    """Lines with sign, name and value of those outside; the clearest ones where there are many."""
    outside = [place for place in places if place.verdict in (HIGHER, LOWER)]
    kept = {id(place) for place in sorted(outside, key=lambda place: not place.is_far)[:MOST_NAMED]}
    lines: list[str] = []
    for place in outside:
        if id(place) not in kept:
            continue
        words = f"{SIGNS[place.verdict]} {place.name} {place.value}{'＊' if place.is_far else ''}"
        joined = f"{lines[-1]}    {words}" if lines else ""
        if lines and width(joined, SMALL) <= points:
            lines[-1] = joined
        else:
            lines.append(words)
    return lines
