"""The validation table as Markdown and as CSV: a summary, then a table of each process, columns by size."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from pipeline.validation.measures import NO_TARGET, Measure, Row

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
    yield from summary(rows)
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


def summary(rows: list[Row]) -> Iterator[str]:
    """A line for each measure with a target: under the own process, and where it is worst."""
    yield from _summary([row for row in rows if not row.is_extra], "what")
    extra = [row for row in rows if row.is_extra]
    if extra:
        yield ""
        yield from _summary(extra, "beyond what was promised")


def _summary(rows: list[Row], title: str) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in (row for row in rows if row.target is not NO_TARGET):
        groups.setdefault((row.what, row.series), []).append(row)
    header = [title, "anchor", "target", "own process", "worst of all", "met by", "verdict"]
    yield f"| {' | '.join(header)} |"
    yield "|---" * 3 + "|--:" * 3 + "|---|"
    for (what, series), group in groups.items():
        first = group[0]
        own = [row for row in group if row.process == REFERENCE]
        worst = max(group, key=lambda row: (not row.is_within_noise, row.missed_by))
        cells = [
            f"{series}: {what}",
            first.anchor,
            first.target.text,
            _place(own[0]) if own else "–",
            _place(worst) + (f", {worst.process}" if len(group) > 1 else ""),
            _met_by(group),
            verdict(worst),
        ]
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
    written = io.StringIO()
    lines = csv.DictWriter(written, FIELDS, lineterminator="\n")
    lines.writeheader()
    for row in rows:
        for size, sides in row.measured.items():
            for side, measure in zip(("below", "above") if len(sides) == 2 else ("",), sides, strict=True):
                lines.writerow(_record(row, size, side, measure))
    return written.getvalue()


def _table(process: str, rows: list[Row]) -> Iterator[str]:
    for columns, group in groupby(rows, key=lambda row: _columns_of(row, rows)):
        yield ""
        yield f"| {process} | target | {' | '.join(columns)} | ± | verdict |"
        yield "|---|---" + "|--:" * (len(columns) + 1) + "|---|"
        for row in group:
            cells = [_cell(row, row.measured.get(column)) for column in columns]
            error = f"{row.largest_error:.{row.digits}f}" if np.isfinite(row.largest_error) else "–"
            name = f"{row.series}: {row.what}"
            yield f"| {' | '.join([name, row.target.text, *cells, error, verdict(row)])} |"


def _columns_of(row: Row, rows: list[Row]) -> tuple[str, ...]:
    """The columns of the widest row that has this one's: a row may lack some."""
    wider = (tuple(other.measured) for other in rows if set(row.measured) <= set(other.measured))
    return max(wider, key=len)


def _cell(row: Row, sides: tuple[Measure, ...] | None) -> str:
    if sides is None:
        return "–"
    return " / ".join(_marked(row, side) for side in sides)


def _marked(row: Row, side: Measure) -> str:
    text = f"{side.value:.{row.digits}f}"
    if not row.target.misses(side):
        return text
    return f"*{text}*" if row.target.misses_by_noise(side) else f"**{text}**"


def _place(row: Row) -> str:
    """The value that misses most, or comes nearest to missing, and its size."""
    worst = row.worst
    if worst is None:
        return "–"
    column, measure = worst
    where = f" at {column}" if len(row.measured) > 1 else ""
    return f"{measure.value:.{row.digits}f}{where}"


def _record(row: Row, size: str, side: str, measure: Measure) -> dict[str, str]:
    def number(value: float) -> str:
        return f"{value:.6g}" if np.isfinite(value) else ""

    def outcome() -> str:
        if row.target is NO_TARGET:
            return ""
        if not row.target.misses(measure):
            return "met"
        return "missed within simulation error" if row.target.misses_by_noise(measure) else "missed"

    return {
        "process": row.process,
        "series": row.series,
        "what": row.what,
        "anchor": row.anchor,
        "target": row.target.text,
        "target_low": number(row.target.low),
        "target_high": number(row.target.high),
        "size": size,
        "side": side,
        "is_judged": str(row.judged is None or size in row.judged).lower(),
        "value": number(measure.value),
        "simulation_error": number(measure.error),
        "missed_by": "" if row.target is NO_TARGET else number(row.target.miss(measure.value)),
        "verdict": outcome(),
    }
