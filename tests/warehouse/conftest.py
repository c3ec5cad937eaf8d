"""The SQL step over figures written by hand: the staging tables that ingest would leave, and what comes out."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline import tables
from pipeline.reference import Reference
from pipeline.warehouse import run as warehouse
from tests.contract_rows import contract_rows
from tests.warehouse.by_hand import AREAS, ELEMENTS, INDICATORS, LEVELS, LONG_AGO, month_of


@pytest.fixture
def count(tmp_path):
    """Runs the step over tuples (source, path, area, month, element, value[, span]); gives its tables.

    Every tuple is a row of its own unless `same_row` or `row_numbers`. `received` gives days of receipt by path,
    `sources` settings by source, `files` other columns of the table by path, `texts` the text of a cell by its
    number from 1, `rejects`, `totals` and `blanks` rows of these tables.
    """

    def run(
        figures,
        areas=AREAS,
        *,
        targets=(),
        corrections=(),
        edition=None,
        same_row=False,
        row_numbers=None,
        received=None,
        sources=None,
        files=None,
        texts=None,
        rejects=(),
        totals=(),
        blanks=(),
        elements=None,
    ):
        keys = dict.fromkeys(
            [figure[:2] for figure in figures] + [(row["source"], row["path"]) for row in rejects]
        )
        ids = {key: f"{number:012d}" for number, key in enumerate(keys)}
        observations = [
            {
                "file_id": ids[source, path],
                "row": row_numbers[number - 1] if row_numbers else 2 if same_row else number,
                "column": number,
                "element": name,
                "source": source,
                "area_code": code,
                "period": month_of(month),
                "span": span[0] if span else "month",
                "value": value,
                "text": (texts or {}).get(number),
            }
            for number, (source, path, code, month, name, value, *span) in enumerate(figures, start=1)
        ]
        settings = {source: {} for source, _ in ids} | (sources or {})
        staged = {
            "observations": observations,
            "files": _files(ids, received or {}, files or {}),
            "sources": [
                {"source": name, "name": name, "every_months": 1} | settings[name]
                for name in sorted(settings)
            ],
            "rejects": [{"expected": "a whole number", "reason": "number"} | row for row in rejects],
            "totals": totals,
            "blanks": [{"span": "month"} | row for row in blanks],
        }
        (tmp_path / "observations.parquet").mkdir(exist_ok=True)
        for name, rows in staged.items():
            if name in ("rejects", "totals", "blanks"):
                rows = [{"file_id": ids[row["source"], row["path"]]} | row for row in rows]
            known = tables.TABLES[name].column_names
            table = contract_rows(name, [{key: row[key] for key in known if key in row} for row in rows])
            path = tmp_path / f"{name}.parquet"
            table.write_parquet(path / "a.parquet" if path.is_dir() else path)
        reference = Reference(
            elements or ELEMENTS, INDICATORS, tuple(areas), tuple(targets), tuple(corrections)
        )
        warehouse.run(tmp_path, reference=reference, levels=LEVELS, edition=edition)
        return {
            table.name: pl.read_parquet(tmp_path / f"{table.name}.parquet").sort(table.key)
            for table in tables.TABLES.values()
            if table.written_by == "warehouse"
        }

    return run


def _files(ids, received, more):
    """By day of receipt, then by name: `sequence` is the order of arrival within the source."""
    ordered = sorted(ids, key=lambda key: (received.get(key[1], LONG_AGO), key[1]))
    return [
        {
            "file_id": ids[source, path],
            "source": source,
            "path": path,
            "sha256": f"{source}/{path}",
            "received": received.get(path),
            "sequence": 1 + [key for key in ordered if key[0] == source].index((source, path)),
            "encoding": "utf-8",
        }
        | more.get(path, {})
        for source, path in ordered
    ]
