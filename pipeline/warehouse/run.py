"""The step: load observations and reference tables, run `sql/*.sql` in order, save the tables of the contract."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipeline import tables
from pipeline.problems import Place, ProblemError
from pipeline.reference import Correction, Reference
from pipeline.warehouse.reference_tables import reference_tables

_SQL = Path(__file__).parent / "sql"
_WRITING = {True: {"compression": "zstd"}, False: {"compression": "none", "use_dictionary": False}}


def run(
    staging: Path, *, reference: Reference, levels: tuple[str, ...], edition: date | None
) -> tuple[date, date]:
    """Write the warehouse tables into `staging`, where ingest has left its own.

    Returns the month of the edition and the last month for which any office has counted events: without
    `edition` they are the same.
    """
    with duckdb.connect(
        config={"memory_limit": "1500MB", "temp_directory": str(staging / ".duckdb")}
    ) as connection:
        _load(connection, staging, reference, levels)
        latest = _last_month(connection)
        month = edition or latest
        connection.execute("create table edition as select ?::date as month", [month])
        for path in sorted(_SQL.glob("*.sql")):
            connection.execute(path.read_text(encoding="utf-8"))
        for table in tables.TABLES.values():
            if table.written_by == "warehouse":
                _save(connection, table, staging)
    return month, latest


def _load(
    connection: duckdb.DuckDBPyConnection, staging: Path, reference: Reference, levels: tuple[str, ...]
) -> None:
    for name, pattern in (("observations", "observations.parquet/*.parquet"), ("files", "files.parquet")):
        connection.execute(f"create view {name} as from read_parquet('{_quoted(staging / pattern)}')")
    for name, table in reference_tables(reference, levels):
        connection.register("incoming", table)
        connection.execute(f"create table {name} as from incoming")
        connection.unregister("incoming")
    _load_corrections(connection, reference.corrections)


def _load_corrections(connection: duckdb.DuckDBPyConnection, corrections: tuple[Correction, ...]) -> None:
    """Make the table `corrections`; one whose cell no longer holds the expected value is a ProblemError."""
    connection.execute(
        'create table corrections (file_id text, sheet text, "row" bigint, "column" bigint, element text, value double)'
    )
    for correction in corrections:
        place = Place(
            f"{correction.source}/{correction.path}", correction.sheet, correction.row, correction.column
        )
        found = connection.execute(
            "select o.file_id, o.value from observations o join files f using (file_id) where f.source = ? and "
            'f.path = ? and o.sheet = ? and o."row" = ? and o."column" = ? and o.element = ?',
            [
                correction.source,
                correction.path,
                correction.sheet,
                correction.row,
                correction.column,
                correction.element,
            ],
        ).fetchone()
        if found is None or found[1] != float(correction.expected):
            raise ProblemError(
                place,
                f"{'no such cell' if found is None else format(found[1], 'g')}",
                f"{correction.expected}, as corrections.csv says of {correction.element}; if the raw file is right now, "
                "take the correction out",
            )
        connection.execute(
            "insert into corrections values (?, ?, ?, ?, ?, ?)",
            [
                found[0],
                correction.sheet,
                correction.row,
                correction.column,
                correction.element,
                correction.value,
            ],
        )


def _last_month(connection: duckdb.DuckDBPyConnection) -> date:
    row = connection.execute(
        "select max(period) from observations join elements using (element) where kind = 'flow'"
    ).fetchone()
    if not row or row[0] is None:
        raise ProblemError(
            "data/raw", "not one count that could be read", "files of at least one source; `sitrep check`"
        )
    return row[0]


def _save(connection: duckdb.DuckDBPyConnection, table: tables.Table, staging: Path) -> None:
    order = ", ".join(table.key)
    rows = connection.sql(
        f"select {', '.join(table.column_names)} from {table.name} order by {order}"
    ).to_arrow_table()
    pq.write_table(
        rows.cast(tables.schema(table.name)), staging / f"{table.name}.parquet", compression="zstd"
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
