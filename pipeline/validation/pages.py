"""The validation table as Markdown and as CSV: a summary, then a table of each process, columns by size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.validation.measures import NO_TARGET, Measure, Row, Target

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
    lines = []
    for row in rows:
        target = row.target
        of_row = [
            row.process,
            row.series,
            row.what,
            row.anchor,
            target.text,
            *_numbers(target.low, target.high),
        ]
        for size, sides in row.measured.items():
            is_judged = row.judged is None or size in row.judged
            for side, (value, error) in zip(
                ("below", "above") if len(sides) == 2 else (None,), sides, strict=True
            ):
                measured = _numbers(value, error, np.nan if target is NO_TARGET else target.miss(value))
                lines.append(
                    [*of_row, size, side, is_judged, *measured, _outcome(target, Measure(value, error))]
                )
    return pl.DataFrame(lines, schema=FIELDS, orient="row", infer_schema_length=None).write_csv()


def _numbers(*values: float) -> list[str | None]:
    """Six digits of each; nothing of what has no limit or is not known."""
    return [f"{value:.6g}" if np.isfinite(value) else None for value in values]


def _outcome(target: Target, measure: Measure) -> str | None:
    if target is NO_TARGET:
        return None
    if not target.misses(measure):
        return "met"
    return "missed within simulation error" if target.misses_by_noise(measure) else "missed"


def _table(process: str, rows: list[Row]) -> Iterator[str]:
    for columns, group in groupby(rows, key=lambda row: _columns_of(row, rows)):
        yield ""
        yield f"| {process} | target | {' | '.join(columns)} | ± | verdict |"
        yield "|---|---" + "|--:" * (len(columns) + 1) + "|---|"
        for row in group:
            cells = [
                " / ".join(_marked(row, side) for side in row.measured.get(name, ())) for name in columns
            ]
            error = f"{row.largest_error:.{row.digits}f}" if np.isfinite(row.largest_error) else "–"
            cells = [f"{row.series}: {row.what}", row.target.text, *(cell or "–" for cell in cells), error]
            yield f"| {' | '.join(cells)} | {verdict(row)} |"


def _columns_of(row: Row, rows: list[Row]) -> tuple[str, ...]:
    """The columns of the widest row that has this one's: a row may lack some."""
    wider = (tuple(other.measured) for other in rows if set(row.measured) <= set(other.measured))
    return max(wider, key=len)


def _marked(row: Row, side: Measure) -> str:
    text = f"{side.value:.{row.digits}f}"
    if not row.target.misses(side):
        return text
    return f"*{text}*" if row.target.misses_by_noise(side) else f"**{text}**"


def _place(row: Row) -> str:
    """The value that misses most, or comes nearest to missing, and its size."""
    if row.worst is None:
        return "–"
    column, measure = row.worst
    where = f" at {column}" if len(row.measured) > 1 else ""
    return f"{measure.value:.{row.digits}f}{where}"
