"""The step: load observations and reference tables, run `sql/*.sql` in order, save the tables of the contract."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import tables
from pipeline.problems import Place, ProblemError
from pipeline.reference import Correction, Reference

_SQL = Path(__file__).parent / "sql"
_PER_PERSON_YEAR = ("rate", "balance")


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
    for name, rows, schema in _reference_tables(reference, levels):
        table = pa.Table.from_pylist([dict(zip(schema, row, strict=True)) for row in rows], _arrow(schema))
        connection.register("incoming", table)
        connection.execute(f"create table {name} as from incoming")
        connection.unregister("incoming")
    _load_corrections(connection, reference.corrections)


def _reference_tables(reference: Reference, levels: tuple[str, ...]):
    """Name, rows and columns (with Arrow types) of each table made from data/reference."""
    elements, indicators = reference.elements.values(), reference.indicators.values()
    text, number, whole, month, truth = "string", "double", "int64", "date32[day]", "bool"
    yield (
        "reference_levels",
        [(level, depth) for depth, level in enumerate(levels)],
        {"level": text, "depth": whole},
    )
    yield (
        "reference_areas",
        [
            (
                a.area_code,
                a.valid_from,
                a.name,
                a.level,
                a.parent_code,
                a.valid_to,
                "|".join(a.successor_codes),
            )
            for a in reference.areas
        ],
        {
            "area_code": text,
            "valid_from": month,
            "name": text,
            "level": text,
            "parent_code": text,
            "valid_to": month,
            "successor_codes": text,
        },
    )
    yield "elements", [(e.name, e.kind) for e in elements], {"element": text, "kind": text}
    yield (
        "element_sources",
        [(e.name, source, rank) for e in elements for rank, source in enumerate(e.sources)],
        {"element": text, "source": text, "precedence": whole},
    )
    yield (
        "element_parts",
        [(e.name, part) for e in elements for part in e.sum_of],
        {"element": text, "part": text},
    )
    yield (
        "printed_terms",
        [row for e in elements if e.equals for row in _printed_terms(e)],
        {
            "element": text,
            "part": text,
            "side": text,
            "coefficient": whole,
            "factor": number,
            "tolerance": number,
            "terms": whole,
        },
    )
    yield (
        "indicator_definitions",
        [(i.name, i.method, i.formula.factor, i.method in _PER_PERSON_YEAR) for i in indicators],
        {"indicator": text, "method": text, "factor": number, "is_per_person_year": truth},
    )
    yield (
        "indicator_terms",
        [
            (i.name, side, element, coefficient)
            for i in indicators
            for side, terms in (("numerator", i.formula.numerator), ("denominator", i.formula.denominator))
            for element, coefficient in terms.items()
        ],
        {"indicator": text, "side": text, "element": text, "coefficient": whole},
    )
    yield (
        "targets",
        [(t.indicator, t.year, t.level, t.area_code, t.at_least, t.at_most) for t in reference.targets],
        {
            "indicator": text,
            "year": whole,
            "level": text,
            "area_code": text,
            "at_least": number,
            "at_most": number,
        },
    )


def _printed_terms(element):
    formula = element.equals
    sides = (
        ("printed", {element.name: 1}),
        ("numerator", formula.numerator),
        ("denominator", formula.denominator),
    )
    terms = sum(len(parts) for _, parts in sides)
    for side, parts in sides:
        for part, coefficient in parts.items():
            yield element.name, part, side, coefficient, formula.factor, element.tolerance, terms


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


def _arrow(columns: dict[str, str]) -> pa.Schema:
    return pa.schema([pa.field(name, pa.type_for_alias(kind)) for name, kind in columns.items()])


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
