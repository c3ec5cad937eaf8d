"""`sitrep validate`: how well the statistics are calibrated, as Markdown tables, a CSV and a figure."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path

from pipeline.commands.console import DONE, say
from pipeline.terminal import ProgressLines
from pipeline.validation.measures import Row
from pipeline.validation.pages import csv_text, markdown
from pipeline.validation.table import measure
from pipeline.workers import worker_pool


def validate(series: int, workers: int, out: Path | None = None, real: list[Path] | None = None) -> int:
    """Measure and print; a row that misses its target is marked, and is no failure of the command.

    With `real`, tables of real births are held against their own left-out months, and nothing is simulated.
    """
    progress = ProgressLines()
    try:
        with worker_pool(workers) as executor:
            rows = _real_rows(real, executor, progress) if real else measure(series, executor, progress)
    finally:
        progress.close()
    lines = list(markdown(rows))
    for line in lines:
        say(line)
    if out is not None:
        write(rows, lines, out)
    return DONE


def write(rows: list[Row], lines: list[str], out: Path) -> None:
    """calibration.md, calibration.csv and calibration.svg."""
    from pipeline.validation.figure import write_figure

    out.mkdir(parents=True, exist_ok=True)
    (out / "calibration.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (out / "calibration.csv").write_text(csv_text(rows), encoding="utf-8")
    write_figure(rows, out / "calibration.svg")


def _real_rows(files: list[Path], executor: Executor | None, progress: ProgressLines) -> list[Row]:
    from pipeline.validation.real import fewest_months
    from pipeline.validation.real_series import rows_of_table, tables_of

    jobs = [table for file in files for table in tables_of(file)]
    results = map(rows_of_table, jobs) if executor is None else executor.map(rows_of_table, jobs)
    rows = []
    for number, (table, found) in enumerate(zip(jobs, results, strict=True), 1):
        rows += found
        if not found:
            fewest = fewest_months(table.period)
            say(f"{table.name}: left out, {len(table.days)} months or years are too few; expected {fewest}")
        progress("Tables", number, len(jobs))
    return rows
