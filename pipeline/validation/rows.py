"""The rows of the validation table: what is measured of one series under one process, with anchor and target.

Anchors are published (Chao, Gerland, Cook & Alkema 2019, 2021) or nominal; targets are those of the project.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np

from pipeline.validation import baselines
from pipeline.validation.measures import (
    NO_TARGET,
    Measure,
    Row,
    Target,
    median,
    one_an_area,
    ratio_of_sums,
    root_ratio,
    share,
    share_of_months,
)
from pipeline.validation.protocol import TAILS, Tallies

SIDES = ("below", "above")
PUBLISHED_TAILS = {"95": "2.7 / 3.6 %", "80": "9.7 / 10.2 %"}
NOMINAL_TAILS = {"95": "2.5 / 2.5 % (nominal)", "80": "10 / 10 % (nominal)"}
TAIL_TARGETS = {
    "95": Target("1.5–3.5 % each side", 1.5, 3.5),
    "80": Target("8.5–11.5 % each side", 8.5, 11.5),
}
BETTER = Target("> 1", np.nextafter(1, 2))
AT_LEAST_95 = Target("≥ 95 %", 95)
BASELINES = (*baselines.SIMPLE, *baselines.PER_AREA)
SAMPLING = {"SRB": "binomial", "births": "Poisson", "deaths": "Poisson"}

LEFT_OUT, DRAWN = "left-out counts", "left-out counts, one an area drawn 1,000 times"
IN_BAND, AROUND_STEP = "observed months, level against the band", "6 months either side of the step"
TRUTH_AHEAD, NOWCAST = "left-out months, truth of the month", "each of the last 24 from those before"
MEDIAN_ERROR, UPDATE = (
    "median relative error, left-out months",
    "95 % band of an edition holds the next edition's estimate",
)
FALSE_FLAGS = "flagged at 99.8 % though the truth is within 103–107, % of areas"


class Columns:
    """The tallies of several levels side by side, asked for by column (size of areas)."""

    def __init__(self, levels: list[Tallies], column_of: Callable[[Tallies], np.ndarray], columns: list[str]):
        self._levels = levels
        of_levels = [column_of(tallies) for tallies in levels]
        self._where = np.concatenate(of_levels)
        self._level = np.repeat(range(len(levels)), list(map(len, of_levels)))
        self.columns = columns

    def __contains__(self, name: str) -> bool:
        return any(name in tallies for tallies in self._levels)

    def __getitem__(self, name: str) -> np.ndarray:
        """The figures of all areas, NaN where a level did not measure it."""
        shape = next(tallies[name].shape[:-1] for tallies in self._levels if name in tallies)
        missing = (np.full((*shape, tallies["left out known"].shape[-1]), np.nan) for tallies in self._levels)
        parts = (of.get(name, instead) for of, instead in zip(self._levels, missing, strict=True))
        return np.concatenate(list(parts), axis=-1).astype(float)

    def measured(
        self, of_column: Callable[..., Measure | None], *sides: tuple[str, ...]
    ) -> dict[str, tuple[Measure, ...]]:
        """`of_column` of the named figures, for each side and column, over the areas that have them all."""
        cells: dict[str, list[Measure]] = defaultdict(list)
        figures_of_sides = [[self[name] for name in side] for side in sides]
        for number, column in enumerate(self.columns):
            for figures in figures_of_sides:
                has_all = np.all([np.isfinite(np.atleast_2d(of)[0]) for of in figures], axis=0)
                areas = has_all & (self._where == number)
                if areas.any():
                    value = of_column(*(of[..., areas] for of in figures), levels=self._level[areas])
                    cells[column] += [] if value is None else [value]
        return {column: tuple(values) for column, values in cells.items() if len(values) == len(sides)}


def rows_of(
    series: str, process: str, found: Columns, judged: tuple[str, ...] | None, random: np.random.Generator
) -> Iterator[Row]:
    """All rows that the tallies allow."""
    is_of_sexes = series == "SRB"

    def row(what, anchor, target, of_column, *sides, **others) -> Row:
        measured = found.measured(of_column, *sides)
        return Row(series, process, what, anchor, target, measured, judged=judged, **others)

    def tails(what, anchors, of_column, span, of, **others) -> Iterator[Row]:
        for name in TAILS:
            sides = ((f"{span} {name} {side}", of) for side in SIDES)
            named = f"{what}: below / above {name} % limits"
            yield row(named, anchors[name], TAIL_TARGETS[name], of_column, *sides, **others)

    def drawn(hits: np.ndarray, known: np.ndarray, levels: np.ndarray) -> Measure | None:
        return one_an_area(hits > 0, known > 0, random, levels)

    yield from tails(LEFT_OUT, PUBLISHED_TAILS, share_of_months, "left out", "left out known")
    yield from tails(DRAWN, PUBLISHED_TAILS, drawn, "left out", "left out known")
    for what, span, of in (
        (TRUTH_AHEAD, "truth ahead", "left out observed"),
        (NOWCAST, "nowcast", "nowcast known"),
        (IN_BAND, "observed", "observed of"),
        (AROUND_STEP, "around step", "around step of"),
    ):
        if of in found:
            yield from tails(what, NOMINAL_TAILS, share, span, of, is_extra=True)
    if "relative error" in found:
        target = Target("0.000 ± 0.002", -0.002, 0.002) if is_of_sexes else NO_TARGET
        anchor = "0.000" if is_of_sexes else "–"
        yield row(MEDIAN_ERROR, anchor, target, median, ("relative error",), digits=4)
    what = f"RMSE of left-out months ÷ {SAMPLING[series]} error"
    target = Target("≤ 1.05", high=1.05) if is_of_sexes else NO_TARGET
    yield row(what, "1.00 is the limit", target, root_ratio, ("squared", "sampling"), digits=3)
    for of, ratio, what in (
        ("squared", root_ratio, "RMSE of {} ÷ ours, left-out months"),
        ("crps", ratio_of_sums, "CRPS of {} ÷ ours, one month ahead"),
    ):
        for name in BASELINES:
            if f"{of} {name}" in found:
                yield row(what.format(name), "–", BETTER, ratio, (f"{of} {name}", of), digits=3)
    for what, held, number in (
        ("every month", "held", "held of"),
        ("its last month", "held last", "held last of"),
        ("a year later", "held a year", "held a year of"),
    ):
        if held in found:
            yield row(f"{UPDATE}, {what}, %", "–", AT_LEAST_95, share, (held, number))
    if "flagged" in found:
        target = Target("≤ 0.5 %", high=0.5)
        yield row(FALSE_FLAGS, "–", target, share, ("flagged", "normal"), digits=2)
