"""Rows written by hand, in the columns and types of a table's contract."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

import polars as pl
import pyarrow as pa

from pipeline import tables

_EMPTY = {"string": "", "int64": 0, "double": 0.0, "bool": False, "date": date(2000, 1, 1)}


def contract_rows(name: str, rows: Iterable[dict]) -> pl.DataFrame:
    """What a row leaves out is null, or empty where null is not allowed; a dictionary becomes JSON."""
    columns = tables.TABLES[name].columns
    filled = []
    for row in rows:
        assert row.keys() <= {column.name for column in columns}, name
        texts = {key: json.dumps(value) for key, value in row.items() if isinstance(value, dict)}
        empty = {column.name: None if column.nullable else _EMPTY[column.type] for column in columns}
        filled.append(empty | row | texts)
    return pl.DataFrame(pa.Table.from_pylist(filled, schema=tables.schema(name)))
