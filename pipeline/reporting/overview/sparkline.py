"""A trend as a small picture for a table cell: normal range, 95 % band, line and last point, all on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.reporting.shown.records import Trend

MONTHS = 60
_EVERY = 4  # a smooth line needs no more, and a page with 300 of them stays small
_WIDTH, _HEIGHT, _MARGIN = 96, 24, 3


@dataclass(frozen=True)
class Scale:
    """The values that the lower and upper edge stand for: the same in every row, or rows could not be compared."""

    low: float
    high: float

    def height_of(self, value: float) -> float:
        """Distance from the upper edge; what lies outside is drawn at the edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return _HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN)


def common_scale(trends: Sequence[Trend], normal: Sequence[float]) -> Scale:
    """Wide enough for every level and for nine tenths of the limits, so that one wide band flattens nobody."""
    lows = sorted(min(trend.lower_95[-MONTHS:]) for trend in trends)
    highs = sorted(max(trend.upper_95[-MONTHS:]) for trend in trends)
    levels = [value for trend in trends for value in trend.trend[-MONTHS:]]
    if not levels:
        return Scale(*normal) if normal else Scale(0, 1)
    tenth = len(lows) // 10
    return Scale(min(*normal, *levels, lows[tenth]), max(*normal, *levels, highs[-1 - tenth]))


def sparkline(trend: Trend, scale: Scale, normal: Sequence[float]) -> str:
    """SVG; the colours are attributes, which the style sheet of a page overrides by class."""
    months = len(trend.months[-MONTHS:])
    drawn = sorted({*range(months - 1, -1, -_EVERY), 0})
    step = (_WIDTH - 2 * _MARGIN) / max(1, months - 1)
    upper, lower, level = (
        [(_MARGIN + step * place, scale.height_of(values[-MONTHS:][place])) for place in drawn]
        for values in (trend.upper_95, trend.lower_95, trend.trend)
    )
    strip, end = "", level[-1]
    if normal:
        bottom, top = map(scale.height_of, normal)
        strip = (
            f'<rect class="normal" x="0" y="{top:.1f}" width="{_WIDTH}" height="{bottom - top:.1f}" '
            'fill="#e4e1d8"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="spark" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f"{strip}"
        f'<path class="band" d="{_line([*upper, *reversed(lower)])}z" fill="#1f4e79" fill-opacity="0.2"/>'
        f'<path class="level" d="{_line(level)}" fill="none" stroke="#1f4e79" stroke-width="1.5"/>'
        f'<circle class="last" cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="2" fill="#1f4e79"/></svg>'
    )


def _line(points: Sequence[tuple[float, float]]) -> str:
    """A path in tenths, each point from the one before: half the characters of one in absolute places."""
    places = [(round(10 * x), round(10 * y)) for x, y in points]
    steps = [(x - left, y - top) for (left, top), (x, y) in pairwise(places)]
    (x, y), moves = places[0], [" ".join(_tenths(one) for one in step) for step in steps]
    return f"M{_tenths(x)} {_tenths(y)}" + (f"l{' '.join(moves)}".replace(" -", "-") if moves else "")


def _tenths(number: int) -> str:
    text = f"{number / 10:g}"
    return text.replace("0.", ".", 1) if abs(number) < 10 else text
