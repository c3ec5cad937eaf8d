"""Tables of the contract written by hand: each row says only what matters to a test."""

from __future__ import annotations

from datetime import date

import polars as pl
import pyarrow as pa

from pipeline import tables

_EMPTY = {
    "string": "",
    "int64": 0,
    "double": 0.0,
    "bool": False,
    "date": date(2000, 1, 1),
}


def table(name: str, *rows: dict) -> pl.DataFrame:
    """Rows in the columns and types of the contract; what a row leaves out is null, or empty where null is not allowed."""
    columns = tables.TABLES[name].columns
    for row in rows:
        assert row.keys() <= set(tables.TABLES[name].column_names), name
    filled = [
        {
            column.name: row.get(column.name, None if column.nullable else _EMPTY[column.type])
            for column in columns
        }
        for row in rows
    ]
    return pl.from_arrow(pa.Table.from_pylist(filled, schema=tables.schema(name)))
