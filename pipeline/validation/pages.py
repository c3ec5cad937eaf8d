"""The validation table as Markdown and as CSV: a summary, then a table of each process, columns by size."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.validation.measures import MET, MISSED, NO_TARGET, NOISE, Measure, Row

REFERENCE = "own"
LEGEND = (
    "**Bold**: outside the target by more than two simulation errors; *italic*: outside, but by no more than that. "
    "Two figures are the per cent below the lower and above the upper limit. ±: the largest simulation error of the "
    "row, of two standard errors with the area and with the level of areas as unit the larger."
)
FIELDS = (
    "process", "series", "what", "anchor", "target", "target_low", "target_high", "size", "side", "is_judged",
    "value", "simulation_error", "missed_by", "verdict",
)  # fmt: skip


def markdown(rows: list[Row]) -> Iterator[str]:
    """The summary, then the tables."""
    for title, is_extra in (("what", False), ("beyond what was promised", True)):
        if of_kind := [row for row in rows if row.is_extra == is_extra and row.target is not NO_TARGET]:
            yield from _summary(of_kind, title)
            yield ""
    yield LEGEND
    for process, of_process in groupby(rows, key=lambda row: row.process):
        yield from _table(process, list(of_process))


def write_pages(rows: list[Row], folder: Path) -> None:
    """Write calibration.md, calibration.csv and calibration.svg."""
    from pipeline.validation.figure import write_figure

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "calibration.md").write_text("\n".join(markdown(rows)) + "\n", encoding="utf-8")
    (folder / "calibration.csv").write_text(csv_text(rows), encoding="utf-8")
    write_figure(rows, folder / "calibration.svg")


def _summary(rows: list[Row], title: str) -> Iterator[str]:
    """A line for each measure with a target: under the own process, and where it is worst."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[f"{row.series}: {row.what}"].append(row)
    yield f"| {title} | anchor | target | own process | worst of all | met by | verdict |"
    yield "|---" * 3 + "|--:" * 3 + "|---|"
    for name, group in groups.items():
        own = next((_place(row) for row in group if row.process == REFERENCE), "–")
        worst = max(group, key=lambda row: (not row.is_within_noise, row.missed_by))
        where = _place(worst) + (f", {worst.process}" if len(group) > 1 else "")
        cells = (name, worst.anchor, worst.target.text, own, where, _met_by(group), verdict(worst))
        yield f"| {' | '.join(cells)} |"


def _met_by(rows: list[Row]) -> str:
    met = sum(row.is_met for row in rows)
    noise = sum(row.is_within_noise for row in rows) - met
    return f"{met} of {len(rows)}" + (f" (+ {noise} within error)" if noise else "")


def verdict(row: Row) -> str:
    """Met, or missed by how much at worst, and whether two simulation errors could explain it."""
    if row.target is NO_TARGET:
        return "–"
    if row.is_met:
        return "met"
    noise = ", within simulation error" if row.is_within_noise else ""
    return f"{'missed' if noise else '**missed**'} by {row.missed_by:.2g}{noise}"


def csv_text(rows: Iterable[Row]) -> str:
    """One line for each row, size and side."""
    lines = (
        _line(row, size, side)
        for row in rows
        for size in row.measured
        for side in range(len(row.measured[size]))
    )
    return pl.DataFrame(list(lines), schema=FIELDS, orient="row", infer_schema_length=None).write_csv()


def _line(row: Row, size: str, number: int) -> tuple[str | None, ...]:
    """The fields of one value, six digits of each number; nothing of what has no limit or is not known."""
    target, sides = row.target, row.measured[size]
    value, error = measure = sides[number]
    missed_by, outcome = (
        (np.nan, None) if target is NO_TARGET else (target.miss(value), target.outcome(measure))
    )
    numbers = (target.low, target.high, value, error, missed_by)
    low, high, *measured = (f"{each:.6g}" if np.isfinite(each) else None for each in numbers)
    side = ("below", "above")[number] if len(sides) == 2 else None
    is_judged = str(row.judged is None or size in row.judged).lower()
    of_row = (row.process, row.series, row.what, row.anchor, target.text, low, high)
    return (*of_row, size, side, is_judged, *measured, outcome)


def _table(process: str, rows: list[Row]) -> Iterator[str]:
    for columns, group in groupby(rows, key=lambda row: _columns_of(row, rows)):
        yield ""
        yield f"| {process} | target | {' | '.join(columns)} | ± | verdict |"
        yield "|---|---" + "|--:" * (len(columns) + 1) + "|---|"
        for row in group:
            marked = ([_marked(row, side) for side in row.measured.get(name, ())] for name in columns)
            cells = (" / ".join(sides) or "–" for sides in marked)
            error = f"{row.largest_error:.{row.digits}f}" if np.isfinite(row.largest_error) else "–"
            yield f"| {row.series}: {row.what} | {row.target.text} | {' | '.join(cells)} | {error} | {verdict(row)} |"


def _columns_of(row: Row, rows: list[Row]) -> tuple[str, ...]:
    """The columns of the widest row that has this one's: a row may lack some."""
    wider = (tuple(other.measured) for other in rows if set(row.measured) <= set(other.measured))
    return max(wider, key=len)


def _marked(row: Row, side: Measure) -> str:
    mark = {MET: "", NOISE: "*", MISSED: "**"}[row.target.outcome(side)]
    return f"{mark}{side.value:.{row.digits}f}{mark}"


def _place(row: Row) -> str:
    """The value that misses most, or comes nearest to missing, and its size."""
    if row.worst is None:
        return "–"
    column, measure = row.worst
    where = f" at {column}" if len(row.measured) > 1 else ""
    return f"{measure.value:.{row.digits}f}{where}"
