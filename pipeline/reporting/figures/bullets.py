"""Where the year will end: for each target one bullet on its own scale, its words beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.reporting.figures.lettering import width, wrap
from pipeline.reporting.figures.palette import BLUE, INK, MUTED, PAPER, RANGE, RANGE_EDGE, RULE
from pipeline.reporting.figures.sheet import LABEL, LINE, SMALL, Body, Point, Sheet, body_of


@dataclass(frozen=True)
class Bullet:
    """So far, the projected end with its 80 % and 95 % limits, the target's ends, and the words."""

    name: str
    so_far: float | None
    projected: float
    lower_80: float
    upper_80: float
    lower_95: float
    upper_95: float
    target_lower: float | None
    target_upper: float | None
    target: str
    projection: str
    chance: str
    is_count: bool = False

    @property
    def targets(self) -> list[float]:
        return [end for end in (self.target_lower, self.target_upper) if end is not None]


@dataclass(frozen=True)
class Place:
    """Where a bullet is drawn: its left end, width, middle and half height, in inches."""

    left: float
    width: float
    middle: float
    half: float

    def scale(self, bullet: Bullet) -> tuple[Callable[[float], float], tuple[float, float]]:
        """From a value to its place, and the values at both ends: each bullet has its own."""
        shown = [bullet.lower_95, bullet.upper_95, *bullet.targets, *([0.0] if bullet.is_count else [])]
        if bullet.so_far is not None:
            shown.append(bullet.so_far)
        margin = 0.08 * ((max(shown) - min(shown)) or 1)
        low, high = min(shown) - margin, max(shown) + margin
        return lambda value: self.left + (value - low) / (high - low) * self.width, (low, high)

    def bar(self, left: float, right: float, half: float) -> list[Point]:
        top, bottom = self.middle + half, self.middle - half
        return [(left, bottom), (right, bottom), (right, top), (left, top)]


def outlook_figure(sheet: Sheet, bullets: Sequence[Bullet]) -> None:
    draw = _narrow if sheet.is_narrow else _wide
    draw(sheet, bullets)


def _wide(sheet: Sheet, bullets: Sequence[Bullet]) -> None:
    name_width, words_width, row = 1.72, 2.25, 0.46
    with body_of(sheet, row * len(bullets) + 0.06) as body:
        drawn = []
        for place, bullet in enumerate(bullets):
            middle = row * (len(bullets) - 0.5 - place) + 0.06
            _words(body, 0.04, middle, name_width - 0.15, (bullet.name, bullet.target))
            right = sheet.width - words_width
            _words(body, right + 0.15, middle, words_width - 0.2, (bullet.projection, bullet.chance))
            drawn.append((bullet, Place(name_width, right - name_width, middle, row / 2 - 0.06)))
        _draw(body, drawn)


def _narrow(sheet: Sheet, bullets: Sequence[Bullet]) -> None:
    points = 72 * sheet.width - 8
    texts = [
        _lines(
            points,
            *_together(points, (bullet.name, bullet.target), LABEL, INK),
            *_together(points, (bullet.projection, bullet.chance), SMALL, MUTED),
        )
        for bullet in bullets
    ]
    heights = [sum(size * LINE for _, size, _ in lines) / 72 + 0.46 for lines in texts]
    with body_of(sheet, sum(heights)) as body:
        top, drawn = sum(heights), []
        for bullet, lines, height in zip(bullets, texts, heights, strict=True):
            _write(body, 0.04, top - 0.06, lines)
            drawn.append((bullet, Place(0.06, sheet.width - 0.12, top - height + 0.2, 0.14)))
            top -= height
        _draw(body, drawn)


def _words(body: Body, x: float, middle: float, width: float, texts: tuple[str, str]) -> None:
    lines = _lines(72 * width, (texts[0], LABEL, INK), (texts[1], SMALL, MUTED))
    _write(body, x, middle + sum(size * LINE for _, size, _ in lines) / 144, lines)


def _lines(points: float, *texts: tuple[str, float, str]) -> list[tuple[str, float, str]]:
    return [(line, size, color) for text, size, color in texts if text for line in wrap(text, size, points)]


def _together(points: float, texts: Sequence[str], size: float, color: str) -> list[tuple[str, float, str]]:
    """On one line if they fit, else each on its own."""
    joined = "   ".join(text for text in texts if text)
    return [(text, size, color) for text in ([joined] if width(joined, size) <= points else texts)]


def _write(body: Body, x: float, y: float, lines: Sequence[tuple[str, float, str]]) -> None:
    for line, size, color in lines:
        body.text(x, y, line, size=size, color=color, va="top")
        y -= size * LINE / 72


def _draw(body: Body, bullets: Sequence[tuple[Bullet, Place]]) -> None:
    """Target zone shaded to its open side, 95 % thin, 80 % thick, median as a dot, so far as a hollow diamond or a bar."""
    rules, zones, targets, bars, thin, thick, ends, so_far = ([] for _ in range(8))
    for bullet, place in bullets:
        x, (low, high) = place.scale(bullet)
        y = place.middle
        rules.append([(x(low), y), (x(high), y)])
        targets += [(x(end), place) for end in bullet.targets]
        if bullet.targets:
            left = low if bullet.target_lower is None else bullet.target_lower
            right = high if bullet.target_upper is None else bullet.target_upper
            zones.append(place.bar(x(left), x(right), place.half))
        thin.append([(x(bullet.lower_95), y), (x(bullet.upper_95), y)])
        thick.append([(x(bullet.lower_80), y), (x(bullet.upper_80), y)])
        ends.append((x(bullet.projected), y))
        if bullet.so_far is not None and bullet.is_count:
            bars.append(place.bar(x(0), x(bullet.so_far), 0.4 * place.half))
        elif bullet.so_far is not None:
            so_far.append((x(bullet.so_far), y))
    body.strokes(rules, RULE, 0.6, zorder=0)
    body.fills(zones, RANGE, zorder=1)
    body.strokes([[(x, p.middle - p.half), (x, p.middle + p.half)] for x, p in targets], INK, 1.3, zorder=2)
    body.marks([(x, p.middle + p.half) for x, p in targets], "v", 4, INK, zorder=2)
    body.fills(bars, RANGE_EDGE, zorder=2)
    body.strokes(thin, BLUE, 1.3, zorder=3)
    body.strokes(thick, BLUE, 4.2, zorder=3)
    body.marks(so_far, "D", 5, PAPER, markeredgecolor=MUTED, zorder=4)
    body.marks(ends, "o", 6, BLUE, markeredgecolor=PAPER, zorder=5)
