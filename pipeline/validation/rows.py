"""The rows of the validation table: what is measured of one series under one process, with anchor and target.

Anchors are published (Chao, Gerland, Cook & Alkema 2019, 2021) or nominal; targets are those of the project.
"""

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
        self._where = np.concatenate([column_of(tallies) for tallies in levels])
        self._level = np.repeat(range(len(levels)), [len(column_of(tallies)) for tallies in levels])
        self.columns = columns

    def __contains__(self, name: str) -> bool:
        return any(name in tallies for tallies in self._levels)

    def __getitem__(self, name: str) -> np.ndarray:
        """The figures of all areas, NaN where a level did not measure it."""
        shape = next(tallies[name].shape for tallies in self._levels if name in tallies)
        parts = [
            tallies[name]
            if name in tallies
            else np.full((*shape[:-1], len(tallies["left out known"].T)), np.nan)
            for tallies in self._levels
        ]
        return np.concatenate(parts, axis=-1).astype(float)

    def measured(
        self, of_column: Callable[..., Measure | None], *sides: tuple[str | np.ndarray, ...]
    ) -> dict[str, tuple[Measure, ...]]:
        """`of_column` of the named figures, for each side and column, over the areas that have them all."""
        cells: dict[str, tuple[Measure, ...]] = {}
        values_of_sides = [[self[part] if isinstance(part, str) else part for part in side] for side in sides]
        for number, column in enumerate(self.columns):
            values: list[Measure] = []
            for side in values_of_sides:
                has_all = self._where == number
                for part in side:
                    has_all = has_all & np.isfinite(part if part.ndim == 1 else part[0])
                if not has_all.any():
                    continue
                value = of_column(*(part[..., has_all] for part in side), levels=self._level[has_all])
                values += [] if value is None else [value]
            if len(values) == len(sides):
                cells[column] = tuple(values)
        return cells


def rows_of(
    series: str,
    process: str,
    found: Columns,
    judged: tuple[str, ...] | None,
    random: np.random.Generator,
) -> Iterator[Row]:
    """All rows that the tallies allow."""

    def row(what: str, anchor: str, target: Target, cells: dict, digits: int = 1, is_extra: bool = False):
        return Row(series, process, what, anchor, target, cells, digits, judged, is_extra)

    yield from _tails(row, found, random)
    if "relative error" in found:
        target = Target("0.000 ± 0.002", -0.002, 0.002) if series == "SRB" else NO_TARGET
        cells = found.measured(median, ("relative error",))
        yield row(MEDIAN_ERROR, "0.000" if series == "SRB" else "–", target, cells, 4)
    yield row(
        f"RMSE of left-out months ÷ {SAMPLING[series]} error",
        "1.00 is the limit",
        Target("≤ 1.05", high=1.05) if series == "SRB" else NO_TARGET,
        found.measured(root_ratio, ("squared", "sampling")),
        3,
    )
    for name in BASELINES:
        if f"squared {name}" in found:
            cells = found.measured(root_ratio, (f"squared {name}", "squared"))
            yield row(f"RMSE of {name} ÷ ours, left-out months", "–", BETTER, cells, 3)
    for name in BASELINES:
        if f"crps {name}" in found:
            cells = found.measured(ratio_of_sums, (f"crps {name}", "crps"))
            yield row(f"CRPS of {name} ÷ ours, one month ahead", "–", BETTER, cells, 3)
    if "held" in found:
        for which, held, of in (
            ("every month", "held", "held of"),
            ("its last month", "held last", "held last of"),
            ("a year later", "held a year", np.ones_like(found["held"])),
        ):
            if held in found:
                cells = found.measured(share, (held, of))
                yield row(f"{UPDATE}, {which}, %", "–", AT_LEAST_95, cells)
    if "flagged" in found:
        cells = found.measured(share, ("flagged", "normal"))
        yield row(FALSE_FLAGS, "–", Target("≤ 0.5 %", high=0.5), cells, 2)


def _tails(row: Callable[..., Row], found: Columns, random: np.random.Generator) -> Iterator[Row]:
    for name in TAILS:
        limits = f": below / above {name} % limits"
        cells = found.measured(
            lambda hits, known, levels: share(hits.sum(axis=0), known.sum(axis=0), levels),
            *((f"left out {name} {side}", "left out known") for side in SIDES),
        )
        yield row(LEFT_OUT + limits, PUBLISHED_TAILS[name], TAIL_TARGETS[name], cells)
    for name in TAILS:
        limits = f": below / above {name} % limits"
        cells = found.measured(
            lambda hits, known, levels: one_an_area(hits > 0, known > 0, random, levels),
            *((f"left out {name} {side}", "left out known") for side in SIDES),
        )
        yield row(DRAWN + limits, PUBLISHED_TAILS[name], TAIL_TARGETS[name], cells)
    for what, span, of in (
        (TRUTH_AHEAD, "truth ahead", "left out observed"),
        (NOWCAST, "nowcast", "nowcast known"),
        (IN_BAND, "observed", "observed of"),
        (AROUND_STEP, "around step", "around step of"),
    ):
        for name in TAILS:
            if f"{span} {name} below" in found:
                cells = found.measured(share, *((f"{span} {name} {side}", of) for side in SIDES))
                limits = f": below / above {name} % limits"
                yield row(what + limits, NOMINAL_TAILS[name], TAIL_TARGETS[name], cells, is_extra=True)
