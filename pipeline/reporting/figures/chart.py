"""A plain chart on a sheet: values to places, ticks as text. matplotlib's axes cost more than all they hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.ticker import MaxNLocator

from pipeline.reporting.figures.palette import INK, MUTED, RULE
from pipeline.reporting.figures.sheet import LABEL, SMALL, Body, Box, Point

Value = float | date
TICK = 3 / 72  # inches
PAD = 3.5 / 72


@dataclass(frozen=True)
class Chart:
    """Its place on the body in inches, and the values at its edges; months count in days."""

    body: Body
    left: float
    bottom: float
    width: float
    height: float
    xs: tuple[Value, Value]
    ys: tuple[float, float]
    is_log: bool = False

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def top(self) -> float:
        return self.bottom + self.height

    @property
    def box(self) -> Box:
        return self.left, self.bottom, self.right, self.top

    def x(self, value: Value) -> float:
        low, high, value = (_number(each, self.is_log) for each in (*self.xs, value))
        return self.left + (value - low) / ((high - low) or 1) * self.width

    def y(self, value: float) -> float:
        low, high = self.ys
        return self.bottom + (value - low) / ((high - low) or 1) * self.height

    def places(self, xs: Sequence[Value], ys: Sequence[float]) -> list[Point]:
        return [(self.x(x), self.y(y)) for x, y in zip(xs, ys, strict=True)]

    def line(self, xs: Sequence[Value], ys: Sequence[float], color: str, width: float, **more) -> None:
        self.body.strokes([self.places(xs, ys)], color, width, clip=self.box, **more)

    def band(
        self, xs: Sequence[Value], lower: Sequence[float], upper: Sequence[float], color: str, **more
    ) -> None:
        edge = [*self.places(xs, upper), *reversed(self.places(xs, lower))]
        self.body.fill(edge, color, clip=self.box, **more)

    def across(self, values: Sequence[float], color: str, width: float, **more) -> None:
        """Level lines over the whole width, where they are inside."""
        ys = [self.y(value) for value in values if self.ys[0] <= value <= self.ys[1]]
        self.body.strokes([[(self.left, y), (self.right, y)] for y in ys], color, width, **more)

    def upright(self, values: Sequence[Value], color: str, width: float, **more) -> None:
        """Upright lines over the whole height, where they are inside."""
        xs = [self.x(value) for value in values if self.xs[0] <= value <= self.xs[1]]
        self.body.strokes([[(x, self.bottom), (x, self.top)] for x in xs], color, width, **more)

    def marks(
        self, points: Sequence[tuple[Value, float]], marker: str, size: float, color: str, **more
    ) -> None:
        """Marks whose middle is inside."""
        inside = [(x, y) for x, y in points if self.ys[0] <= y <= self.ys[1]]
        self.body.marks([(self.x(x), self.y(y)) for x, y in inside], marker, size, color, **more)

    def name_values(self, most: int) -> None:
        """Round values left of the chart, with a thin line for each."""
        ticks = round_values(*self.ys, most)
        self.across(ticks, RULE, 0.5, zorder=0.5)
        for tick in ticks:
            self.body.text(
                self.left - PAD,
                self.y(tick),
                plain(tick),
                size=LABEL,
                color=MUTED,
                ha="right",
                va="center_baseline",
            )

    def name_places(self, places: Sequence[tuple[Value, str]], size: float = LABEL) -> None:
        """Words below the chart, each with a tick, below a rule."""
        inside = [(self.x(value), words) for value, words in places if self.xs[0] <= value <= self.xs[1]]
        self.body.strokes([[(self.left, self.bottom), (self.right, self.bottom)]], RULE, 0.8, zorder=2.5)
        self.body.strokes(
            [[(x, self.bottom), (x, self.bottom - TICK)] for x, _ in inside], MUTED, 0.6, zorder=0.5
        )
        for x, words in inside:
            self.body.text(x, self.bottom - TICK - PAD, words, size=size, color=MUTED, ha="center", va="top")

    def name_years(self, most: int) -> None:
        """At most so many years, each where it begins."""
        first, last = self.xs
        every = max(1, math.ceil((last.year - first.year) / most))
        years = [year for year in range(first.year, last.year + 1) if year % every == 0]
        self.name_places([(date(year, 1, 1), str(year)) for year in years])

    def name_rows(self, names: Sequence[str]) -> None:
        """Words left of the chart, a name for each whole value."""
        for place, name in enumerate(names):
            if name:
                at = self.left - PAD, self.y(place)
                self.body.text(*at, name, size=SMALL, color=INK, ha="right", va="center", linespacing=1.0)


def round_values(low: float, high: float, most: int) -> list[float]:
    """At most so many steps of round values between two ends."""
    ticks = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in ticks if low <= tick <= high]


def plain(value: float) -> str:
    """With a real minus sign."""
    return f"{round(value, 6):g}".replace("-", "−")


def span_of_months(months: Sequence[date]) -> tuple[date, date]:
    """First and last of them, with a little room at either end."""
    first, last = min(months).toordinal(), max(months).toordinal()
    room = max(3, round(0.015 * (last - first)))
    return date.fromordinal(first - room), date.fromordinal(last + room)


def _number(value: Value, is_log: bool) -> float:
    if isinstance(value, date):
        return value.toordinal()
    return math.log(value) if is_log else value
