"""The step: load observations and reference tables, run `sql/*.sql` in order, save the tables of the contract."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipeline import tables
from pipeline.problems import Location, ProblemError
from pipeline.reference import Correction, Reference
from pipeline.warehouse.reference_tables import reference_tables

_SQL = Path(__file__).parent / "sql"
_STAGED = {"observations": "observations.parquet/*.parquet"} | {
    name: f"{name}.parquet" for name in ("sources", "files", "rejects", "totals", "blanks")
}
_HELD_TO = ("corrected_cells", "unaccounted_figures")  # what the build is held to, whatever is saved
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1500MB",
    "checkpoint_threshold": "1TB",  # a database in memory has nothing to gain by a checkpoint
}


def run(
    staging: Path,
    *,
    reference: Reference,
    levels: tuple[str, ...],
    edition: date | None,
    for_statistics: bool = True,
) -> tuple[date, date]:
    """Write the warehouse tables into `staging`, where ingest has left its own.

    Without `for_statistics` only those that are published. Returns the month of the edition and the last month for
    which any office has counted events: without `edition` they are the same. An edition outside the months of data,
    a correction whose cell is not there or no longer holds what it expects, and a figure that got lost are a
    ProblemError.
    """
    written = (table for table in tables.TABLES.values() if table.written_by == "warehouse")
    wanted = [table for table in written if table.is_published or for_statistics]
    with duckdb.connect(config=_CONFIG | {"temp_directory": str(staging / ".duckdb")}) as connection:
        month, latest = load(connection, staging, reference, levels, edition)
        make_tables(connection, *_HELD_TO, *(table.name for table in wanted))
        refuse_wrong(connection, reference.corrections)
        with ThreadPoolExecutor(2) as threads:
            for saved in [threads.submit(_save, connection.cursor(), table, staging) for table in wanted]:
                saved.result()
    return month, latest


def load(
    connection: duckdb.DuckDBPyConnection,
    staging: Path,
    reference: Reference,
    levels: tuple[str, ...],
    edition: date | None,
) -> tuple[date, date]:
    """What the SQL files read, as tables of `connection`; returns the months that `run` returns."""
    connection.execute("set enable_progress_bar = false")
    for name, pattern in _STAGED.items():
        if name == "blanks" and not (staging / pattern).exists():
            connection.register("blanks", tables.schema(name).empty_table())
        else:
            connection.read_parquet(str(staging / pattern)).create_view(name)
    for name, table in reference_tables(reference, levels):
        connection.from_arrow(table).create(name)
    latest = _last_month(connection)
    month = _within_data(connection, edition) if edition else latest
    connection.execute("create table edition as select ?::date as month", [month])
    return month, latest


def make_tables(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Make these tables and all that they are made of, by the line `-- from:` of their files; what is there stays."""
    there = {
        name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()
    }
    wanted, queries = {"macros", *names}, []
    for path in sorted(_SQL.glob("*.sql"), reverse=True):
        if path.stem.partition("_")[2] in wanted - there:
            query = path.read_text(encoding="utf-8")
            wanted |= inputs(query)
            queries.append(query)
    for query in reversed(queries):
        connection.execute(query)


def inputs(query: str) -> set[str]:
    """The tables that the header of a SQL file says it is made of."""
    found = re.search(r"^-- from:((?:.*,\n-- )*.*)$", query, re.MULTILINE)
    return set(re.findall(r"\w+", found[1])) if found else set()


def refuse_wrong(connection: duckdb.DuckDBPyConnection, corrections: tuple[Correction, ...]) -> None:
    """A correction that does not find what it expects, and a figure that got lost, are a ProblemError."""
    _refuse_stale(connection, corrections)
    _refuse_unaccounted(connection)


def _last_month(connection: duckdb.DuckDBPyConnection) -> date:
    """The last month with events; where only stocks are counted, the last with one of these."""
    row = connection.execute(
        "select coalesce(max(period) filter (kind = 'flow'), max(period)) from observations join elements "
        "using (element) where kind in ('flow', 'stock')"
    ).fetchone()
    if not row or row[0] is None:
        raise ProblemError(
            "data/raw",
            "not one count that could be read",
            "files of a source, and a source.toml beside them; `sitrep describe FILE` sketches one, `sitrep check` says "
            "what was refused, `sitrep doctor` what is missing",
        )
    return row[0]


def _within_data(connection: duckdb.DuckDBPyConnection, edition: date) -> date:
    """The month that is asked for, where it lies within the months of which anything is counted."""
    ((first, last),) = connection.execute(
        "select min(period), max(period) from observations join elements using (element) "
        "where kind in ('flow', 'stock')"
    ).fetchall()
    if not first <= edition <= last:
        raise ProblemError(
            "--edition",
            f"{edition:%Y-%m}",
            f"a month of the data, which begin {first:%Y-%m} and end {last:%Y-%m}; what is published stays as it is",
        )
    return edition


def _refuse_stale(connection: duckdb.DuckDBPyConnection, corrections: tuple[Correction, ...]) -> None:
    """A correction must find its cell, and in it what it expects: as text, or as the same number."""
    cells = connection.execute(
        "select entry, found, value_found, was_refused and (area_code is null or period is null or span is null) "
        "from corrected_cells order by entry"
    ).fetchall()
    mended = set()
    for entry, found, value, is_nowhere in cells:
        c = corrections[entry]
        place = Location(f"{c.source}/{c.path}", c.sheet, c.row, c.column)
        if found is None:
            raise ProblemError(
                place,
                "no such cell",
                f"{c.expected} as {c.element}, as corrections.csv says; if the file was sent again or this is another "
                "element, mend the correction or take it out",
            )
        is_same_number = _number(c.expected) == (value if value is not None else _number(found))
        if found.strip() != c.expected.strip() and not is_same_number:
            raise ProblemError(
                place,
                found,
                f"{c.expected}, as corrections.csv says of {c.element}; if the raw file is right now, take the "
                "correction out",
            )
        if is_nowhere:
            raise ProblemError(
                place,
                f"{found} in a row whose area or month is unknown",
                "a correction of a cell whose area and month could be read; mend these first (`sitrep check`)",
            )
        if (place, c.element) in mended:
            raise ProblemError(place, "two corrections of one cell", "one line in corrections.csv for a cell")
        mended.add((place, c.element))


def _refuse_unaccounted(connection: duckdb.DuckDBPyConnection) -> None:
    """What was sent is shown or named as missing: else a rule of this program or of areas.csv is wrong."""
    first = connection.execute(
        "select element, month, areas, sent, shown, count(*) over () from unaccounted_figures "
        "order by step, element, month, areas limit 1"
    ).fetchone()
    if first is None:
        return
    element, month, areas, sent, shown, number = first
    more = f" (and {number - 1:,} more of the kind)" if number > 1 else ""
    raise ProblemError(
        f"{element}, {month:%Y-%m}, {', '.join(areas[:5])}{' …' if len(areas) > 5 else ''}",
        f"{sent:,.0f} sent and {shown:,.0f} counted{more}",
        "as many counted as were sent, but for what is named as missing; nothing is published: please look at the "
        "rows of these areas in areas.csv, and report this",
    )


def _number(text: str) -> float:
    """The number that is written; where it is none, one that equals nothing."""
    try:
        return float(text.replace(",", "").replace("，", ""))
    except ValueError:
        return float("nan")


def _save(connection: duckdb.DuckDBPyConnection, table: tables.Table, staging: Path) -> None:
    """Write a published table in the order of its key, as the contract says; one between wings as it comes."""
    path = staging / f"{table.name}.parquet"
    if not table.is_published:
        cells = ", ".join(f'"{column.name}"::{column.type} as "{column.name}"' for column in table.columns)
        connection.sql(f"select {cells} from {table.name}").write_parquet(str(path), compression="lz4")
        return
    columns, key = (", ".join(f'"{name}"' for name in names) for names in (table.column_names, table.key))
    rows = connection.sql(f"select {columns} from {table.name} order by {key}").to_arrow_table()
    pq.write_table(rows.cast(tables.schema(table.name)), path, compression="zstd")
