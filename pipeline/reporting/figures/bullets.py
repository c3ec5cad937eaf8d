"""Where the year will end: for each target one bullet on its own scale, its words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from pipeline.reporting.figures.lettering import wrap
from pipeline.reporting.figures.palette import BLUE, INK, MUTED, PAPER, RANGE, RANGE_EDGE, RULE
from pipeline.reporting.figures.sheet import LABEL, LINE, SMALL, Body, Sheet, body_of


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


@dataclass(frozen=True)
class Place:
    """Where a bullet is drawn: its left end, width, middle and half height, in inches."""

    left: float
    width: float
    middle: float
    half: float


def outlook_figure(sheet: Sheet, bullets: Sequence[Bullet]) -> None:
    draw = _narrow if sheet.is_narrow else _wide
    draw(sheet, bullets)


def _wide(sheet: Sheet, bullets: Sequence[Bullet]) -> None:
    name_width, words_width, row = 1.72, 2.25, 0.46
    with body_of(sheet, row * len(bullets) + 0.06) as body:
        axes = body.canvas()
        for place, bullet in enumerate(bullets):
            middle = row * (len(bullets) - 0.5 - place) + 0.06
            _words(body, 0.04, middle, name_width - 0.15, (bullet.name, bullet.target))
            right = sheet.width - words_width
            _words(body, right + 0.15, middle, words_width - 0.2, (bullet.projection, bullet.chance))
            _draw(axes, bullet, Place(name_width, right - name_width, middle, row / 2 - 0.06))


def _narrow(sheet: Sheet, bullets: Sequence[Bullet]) -> None:
    points = 72 * sheet.width - 8
    texts = [
        _lines(
            points,
            ("   ".join(part for part in (bullet.name, bullet.target) if part), LABEL, INK),
            ("   ".join(part for part in (bullet.projection, bullet.chance) if part), SMALL, MUTED),
        )
        for bullet in bullets
    ]
    heights = [sum(size * LINE for _, size, _ in lines) / 72 + 0.46 for lines in texts]
    with body_of(sheet, sum(heights)) as body:
        axes, top = body.canvas(), sum(heights)
        for bullet, lines, height in zip(bullets, texts, heights, strict=True):
            _write(body, 0.04, top - 0.06, lines)
            _draw(axes, bullet, Place(0.06, sheet.width - 0.12, top - height + 0.2, 0.14))
            top -= height


def _words(body: Body, x: float, middle: float, width: float, texts: tuple[str, str]) -> None:
    lines = _lines(72 * width, (texts[0], LABEL, INK), (texts[1], SMALL, MUTED))
    _write(body, x, middle + sum(size * LINE for _, size, _ in lines) / 144, lines)


def _lines(points: float, *texts: tuple[str, float, str]) -> list[tuple[str, float, str]]:
    return [(line, size, color) for text, size, color in texts if text for line in wrap(text, size, points)]


def _write(body: Body, x: float, y: float, lines: Sequence[tuple[str, float, str]]) -> None:
    for line, size, color in lines:
        body.text(x, y, line, size=size, color=color, va="top")
        y -= size * LINE / 72


def _draw(axes: Axes, bullet: Bullet, place: Place) -> None:
    """Target zone shaded to its open side, 95 % thin, 80 % thick, median as a dot, so far as a hollow diamond."""
    ends = [end for end in (bullet.target_lower, bullet.target_upper) if end is not None]
    shown = [bullet.lower_95, bullet.upper_95, *ends, *([0.0] if bullet.is_count else [])]
    if bullet.so_far is not None:
        shown.append(bullet.so_far)
    margin = 0.08 * ((max(shown) - min(shown)) or 1)
    low, high = min(shown) - margin, max(shown) + margin
    y, top, bottom = place.middle, place.middle + place.half, place.middle - place.half

    def x(value: float) -> float:
        return place.left + (value - low) / (high - low) * place.width

    def bar(start: float, end: float, half: float, color: str) -> None:
        axes.fill(
            [start, end, end, start], [y - half, y - half, y + half, y + half], color=color, linewidth=0
        )

    axes.plot([x(low), x(high)], [y, y], color=RULE, linewidth=0.6, zorder=0)
    if ends:
        left = low if bullet.target_lower is None else bullet.target_lower
        right = high if bullet.target_upper is None else bullet.target_upper
        bar(x(left), x(right), place.half, RANGE)
    for end in ends:
        axes.plot([x(end), x(end)], [bottom, top], color=INK, linewidth=1.3, zorder=2)
        axes.plot([x(end)], [top], "v", color=INK, markersize=4, zorder=2)
    if bullet.is_count and bullet.so_far is not None:
        bar(x(0), x(bullet.so_far), 0.4 * place.half, RANGE_EDGE)
    axes.plot([x(bullet.lower_95), x(bullet.upper_95)], [y, y], color=BLUE, linewidth=1.3, zorder=3)
    thick = {"linewidth": 4.2, "solid_capstyle": "butt"}
    axes.plot([x(bullet.lower_80), x(bullet.upper_80)], [y, y], color=BLUE, zorder=3, **thick)
    axes.plot([x(bullet.projected)], [y], "o", color=BLUE, markeredgecolor=PAPER, markersize=6, zorder=5)
    if bullet.so_far is not None and not bullet.is_count:
        axes.plot([x(bullet.so_far)], [y], "D", color=PAPER, markeredgecolor=MUTED, markersize=5, zorder=4)
