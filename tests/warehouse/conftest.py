"""The SQL step over figures written by hand: the staging tables that ingest would leave, and what comes out."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import tables
from pipeline.reference import Reference
from pipeline.warehouse import run as warehouse
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
        observations, ids = [], {}
        for number, (source, path, code, month, name, value, *span) in enumerate(figures, start=1):
            observations.append(
                {
                    "file_id": ids.setdefault((source, path), f"{len(ids):012d}"),
                    "sheet": "",
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
            )
        for entry in rejects:
            ids.setdefault((entry["source"], entry["path"]), f"{len(ids):012d}")
        names = {source for source, _ in ids} | set(sources or {})
        unread = {"sheet": "", "expected": "a whole number", "reason": "number"}
        staged = {
            "files": _files(ids, received or {}, files or {}),
            "sources": [_source(name, (sources or {}).get(name, {})) for name in sorted(names)],
        }
        for name, rows, usual in (
            ("rejects", rejects, unread),
            ("totals", totals, {"sheet": ""}),
            ("blanks", blanks, {"sheet": "", "span": "month"}),
        ):
            staged[name] = [usual | {"file_id": ids[row["source"], row["path"]]} | row for row in rows]
        for name, rows in staged.items():
            _write(rows, name, tmp_path / f"{name}.parquet")
        (tmp_path / "observations.parquet").mkdir(exist_ok=True)
        _write(observations, "observations", tmp_path / "observations.parquet" / "a.parquet")
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
    files = []
    for source in {source for source, _ in ids}:
        paths = sorted(
            (path for origin, path in ids if origin == source),
            key=lambda path: (received.get(path, LONG_AGO), path),
        )
        for sequence, path in enumerate(paths, start=1):
            files.append(
                {
                    "file_id": ids[source, path],
                    "source": source,
                    "path": path,
                    "sha256": f"{source}/{path}",
                    "received": received.get(path),
                    "sequence": sequence,
                    "encoding": "utf-8",
                    "columns_unread": "",
                    "hidden": "",
                }
                | dict.fromkeys(("bytes", "rows_left_out", "cells_checked", "cells_blank"), 0)
                | dict.fromkeys(("cells_read", "cells_accepted", "cells_refused"), 0)
                | more.get(path, {})
            )
    return files


def _source(name, more):
    settings = {"due_day": None, "due_months_after": None, "due_level": None, "every_months": 1}
    return {"source": name, "name": name} | settings | more


def _write(rows, name, path: Path):
    pq.write_table(pa.Table.from_pylist(rows, tables.schema(name)), path)
