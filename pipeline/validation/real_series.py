"""Real series for `sitrep validate --real`: a tidy CSV of births, read into arrays.

Columns `series`, `area`, `month` (2024-06, or 2024 of a yearly table), `births_male`, `births_female`, and where there are
any `births`, `deaths`, `person_years`. A month that is not there is missing; so is an empty cell.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.problems import ProblemError
from pipeline.validation.counts import events, sexes
from pipeline.validation.measures import Row
from pipeline.validation.real import fewest_months, nominal_exposure, rows_of_counts

KEY = ("series", "area", "month")
COUNTS = ("births_male", "births_female", "births", "deaths", "person_years")


@dataclass(frozen=True)
class Table:
    """One series of all its areas: counts by name, (months, areas), and the days of the months."""

    name: str
    period: int
    days: np.ndarray
    counts: dict[str, np.ndarray]


def tables_of(file: Path) -> Iterator[Table]:
    """The series of a file, in its order."""
    if not file.is_file():
        raise ProblemError(str(file), "no such file", "a CSV of births by series, area and month")
    read = pl.read_csv(file, schema_overrides=dict.fromkeys(KEY, pl.String))
    missing = [name for name in (*KEY, *COUNTS[:2]) if name not in read.columns]
    if missing:
        raise ProblemError(
            str(file), f"no column {', '.join(missing)}", f"columns {', '.join((*KEY, *COUNTS[:2]))}"
        )
    counts = [name for name in COUNTS if name in read.columns]
    read = read.select(*KEY, *[pl.col(name).cast(pl.Float64) for name in counts])
    repeated = read.filter(pl.struct(KEY).is_duplicated())
    if len(repeated):
        first = ", ".join(repeated.row(0)[:3])
        raise ProblemError(
            str(file), f"more than one row of {first}", "one row for each series, area and month"
        )
    for (name,), rows in read.group_by("series", maintain_order=True):
        yield _table(str(file), str(name), rows)


def rows_of_table(table: Table) -> list[Row]:
    """Every series the table has, held against its own left-out months; none of a table that is too short."""
    rows: list[Row] = []
    counts = table.counts
    if len(table.days) < fewest_months(table.period):
        return rows
    if np.isfinite(counts["births_male"] + counts["births_female"]).any():
        of_sexes = sexes(counts["births_male"], counts["births_female"], table.period)
        rows += rows_of_counts(table.name, "SRB", of_sexes)
    for kind in ("births", "deaths"):
        if kind in counts and np.isfinite(counts[kind]).any():
            exposure = counts.get("person_years")
            if exposure is None or not np.isfinite(exposure).any():
                exposure = nominal_exposure(counts[kind], table.days)
            rows += rows_of_counts(table.name, kind, events(counts[kind], exposure, table.period))
    return rows


def measure_tables(
    files: list[Path], executor: Executor | None, progress: Callable[[str, int, int], None]
) -> tuple[list[Row], list[Table]]:
    """The rows of all tables of some files, and the tables that have too few months for any."""
    tables = [table for file in files for table in tables_of(file)]
    results = map(rows_of_table, tables) if executor is None else executor.map(rows_of_table, tables)
    rows: list[Row] = []
    too_short = []
    for number, (table, found) in enumerate(zip(tables, results, strict=True), 1):
        rows += found
        if not found:
            too_short.append(table)
        progress("Tables", number, len(tables))
    return rows, too_short


def _table(file: str, name: str, rows: pl.DataFrame) -> Table:
    is_yearly = rows["month"].str.len_chars().max() == 4
    text = rows["month"] + ("-01-01" if is_yearly else "-01")
    dates = text.str.to_date("%Y-%m-%d", strict=False)
    if dates.null_count():
        found = rows["month"].filter(dates.is_null())[0]
        raise ProblemError(f"{file}, {name}", f"month {found!r}", "months as 2024-06, or years as 2024")
    step = "1y" if is_yearly else "1mo"
    months = pl.select(month=pl.date_range(pl.lit(dates.min()), pl.lit(dates.max()), step))["month"]
    days = (months.dt.offset_by(step) - months).dt.total_days().to_numpy().astype(float)
    areas, area = np.unique(rows["area"], return_inverse=True)
    counts = {name: np.full((len(months), len(areas)), np.nan) for name in rows.columns[len(KEY) :]}
    for column, values in counts.items():
        values[months.search_sorted(dates), area] = rows[column].fill_null(np.nan)
    return Table(name, 1 if is_yearly else 12, days, counts)
