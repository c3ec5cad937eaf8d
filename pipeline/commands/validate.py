"""`sitrep validate`: how well the statistics are calibrated, as Markdown tables on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pipeline.commands.setting import DONE, say
from pipeline.statistics.validation.measures import Measure, Row
from pipeline.statistics.validation.table import measure
from pipeline.workers import ProgressLines, worker_pool


def validate(series: int, workers: int) -> int:
    """Measure and print; a row that misses its target is marked, and is no failure of the command."""
    progress = ProgressLines()
    try:
        with worker_pool(workers) as executor:
            rows = measure(series, executor, progress)
    finally:
        progress.close()
    for line in markdown(rows):
        say(line)
    say(f"{sum(row.is_met for row in rows)} of {len(rows)} met.")
    return DONE


def markdown(rows: list[Row]) -> Iterator[str]:
    """The rows as tables, a new one wherever the columns change."""
    for columns, group in groupby(rows, key=lambda row: tuple(row.measured)):
        header = ["what", "anchor", "target", *columns, "simulation error", "verdict"]
        yield f"| {' | '.join(header)} |"
        yield "|---" * 3 + "|--:" * (len(columns) + 1) + "|---|"
        for row in group:
            cells = [_cell(row.measured[column], row.digits) for column in columns]
            error = "–" if row.largest_error is None else f"± {row.largest_error:.{row.digits}f}"
            yield f"| {' | '.join([row.what, row.anchor, row.target.text, *cells, error, verdict(row)])} |"
        yield ""


def verdict(row: Row) -> str:
    """Met, or missed by how much at worst, and whether two simulation errors could explain it."""
    if row.is_met:
        return "met"
    noise = ", within simulation error" if row.is_within_noise else ""
    return f"**missed** by {row.missed_by:.2g}{noise}"


def _cell(sides: tuple[Measure, ...], digits: int) -> str:
    return " / ".join(f"{side.value:.{digits}f}" for side in sides)
