"""The step on files: exact schema, sorted rows, the same bytes again, and empty input."""

from datetime import date

import polars as pl
import pyarrow.parquet as pq

from pipeline.statistics.run import run
from pipeline.tables import schema


def write_inputs(folder, vital_events, indicator_values):
    for name, rows in (("vital_events", vital_events), ("indicator_values", indicator_values)):
        empty = pl.from_arrow(schema(name).empty_table())
        table = pl.DataFrame(rows, schema=empty.schema).to_arrow().cast(schema(name))
        pq.write_table(table, folder / f"{name}.parquet")


def a_year():
    months = [date(2025, m, 1) for m in range(1, 13)]
    return [
        {
            "area_code": "990101",
            "month": month,
            "level": "county",
            "births_male": 9.0,
            "births_female": 8.0,
            "births": 17.0,
            "deaths": 12.0,
            "person_years": 1700.0,
        }
        for month in months
    ]


def an_indicator():
    return [
        {
            "area_code": "990101",
            "month": date(2025, 12, 1),
            "time_window": "year",
            "indicator": "birth_rate",
            "method": "rate",
            "factor": 1000.0,
            "numerator": 204.0,
            "denominator": 20_400.0,
            "year_share": 1.0,
            "months_missing": 0,
            "is_denominator_estimated": False,
            "value": 10.0,
        }
    ]


def test_tables_are_written_in_their_schema_and_with_the_same_bytes_again(tmp_path):
    write_inputs(tmp_path, a_year(), an_indicator())
    written = []
    for _ in range(2):
        run(tmp_path, reference_upper=107.0, executor=None)
        written.append([(tmp_path / f"{name}.parquet").read_bytes() for name in ("indicators", "trends")])
    assert written[0] == written[1]
    for name, rows in (("indicators", 1), ("trends", 24)):
        table = pq.read_table(tmp_path / f"{name}.parquet")
        assert table.schema.equals(schema(name)) and table.num_rows == rows


def test_empty_inputs_give_empty_tables(tmp_path):
    write_inputs(tmp_path, [], [])
    run(tmp_path, reference_upper=107.0, executor=None)
    for name in ("indicators", "trends"):
        table = pq.read_table(tmp_path / f"{name}.parquet")
        assert table.schema.equals(schema(name)) and table.num_rows == 0
