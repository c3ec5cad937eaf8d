"""`sitrep validate`: how well the statistics are calibrated, as Markdown tables, a CSV and a figure."""

from pathlib import Path

from pipeline.commands.console import DONE, say
from pipeline.terminal import ProgressLines
from pipeline.validation.pages import markdown, write_pages
from pipeline.validation.real import fewest_months
from pipeline.validation.real_series import measure_tables
from pipeline.validation.table import measure
from pipeline.workers import worker_pool


def validate(series: int, workers: int, out: Path | None = None, real: list[Path] | None = None) -> int:
    """Measure and print; a row that misses its target is marked, and is no failure of the command.

    With `real`, tables of real births are held against their own left-out months, and nothing is simulated.
    """
    progress = ProgressLines()
    try:
        with worker_pool(workers) as executor:
            if real:
                rows, too_short = measure_tables(real, executor, progress)
            else:
                rows, too_short = measure(series, executor, progress), []
    finally:
        progress.close()
    for table in too_short:
        fewest = fewest_months(table.period)
        say(f"{table.name}: left out, {len(table.days)} months or years are too few; expected {fewest}")
    for line in markdown(rows):
        say(line)
    if out is not None:
        write_pages(rows, out)
    return DONE
