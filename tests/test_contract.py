"""Every published Parquet against the contract in pipeline/tables.py, and the docs that print it."""

from __future__ import annotations

import polars as pl
import pyarrow.dataset as ds
import pytest

from pipeline.tables import PUBLISHED, TABLES, schema


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_table_keeps_its_contract(awkward, name):
    path = awkward.current / f"{name}.parquet"
    for fragment in ds.dataset(path).get_fragments():
        assert fragment.physical_schema.equals(schema(name)), fragment.path
    table = pl.read_parquet(path / "*.parquet" if path.is_dir() else path)
    key = TABLES[name].key
    assert not table.is_empty() or name in ("rejects", "breaks", "corrections", "deadlines")
    assert table.select(key).is_duplicated().sum() == 0
    for column in TABLES[name].columns:
        if not column.nullable:
            assert table[column.name].null_count() == 0, column.name


def test_rows_are_in_the_order_of_the_key(awkward):
    for name in set(PUBLISHED) - {"observations"}:
        table = pl.read_parquet(awkward.current / f"{name}.parquet")
        assert table.equals(table.sort(TABLES[name].key)), name


def test_nothing_else_is_published(awkward):
    names = {path.name.removesuffix(".parquet") for path in awkward.current.glob("*.parquet")}
    assert names == set(PUBLISHED)
