"""The good files: what an office of a county, a register and a vaccination service send, from one set of births.

Beside their figures they carry what offices print: totals of rows, totals of columns, a rate. `workspace` beside this
module has the tables of reference and the descriptions of the three sources, `good_files.txt` the tables: each begins
with its path below data/raw, and the encoding of a CSV file.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from tests.damage.table_file import Cell, Grid, Table

MONTHS = tuple(f"2024{month:02d}" for month in range(1, 9))
TOWNSHIPS = {
    "青禾县": ("城关镇", "柳溪乡", "和平镇", "白石镇", "双河乡"),
    "松涛县": ("城关镇", "云岭乡", "清泉镇", "石桥镇", "北山乡"),
}


def write_good_workspace(root: Path) -> dict[str, Table]:
    """Write the workspace and return its files by path below data/raw."""
    here = Path(__file__)
    shutil.copytree(here.with_name("workspace"), root)
    blocks = here.with_suffix(".txt").read_text(encoding="utf-8").removeprefix("# ").split("\n\n# ")
    tables = {table.path: table for table in map(_table, blocks)}
    for path, table in tables.items():
        (root / "data" / "raw" / path).write_bytes(table.content())
    return tables


def _table(block: str) -> Table:
    """Below the header, rows with numbers are of areas, and totals where their names say so."""
    title, *lines = block.splitlines()
    path, _, encoding = title.partition("; ")
    rows = [[_cell(text) for text in row] for row in csv.reader(lines)]
    width = max(map(len, rows))
    grid: Grid = [row + [None] * (width - len(row)) for row in rows]
    numbers = [row for row, cells in enumerate(grid) if isinstance(cells[-1], int | float)]
    totals = [row for row in numbers if grid[row][0] == "合计" or grid[row][1] == "小计"]
    body = [row for row in numbers if row not in totals]
    header = next(row for row, cells in enumerate(grid) if str(cells[0]).startswith("县"))
    return Table(
        path=path,
        grid=grid,
        header=tuple(range(header, body[0])),
        figures=tuple(at for at, cell in enumerate(grid[body[0]]) if isinstance(cell, int | float)),
        body=tuple(body),
        totals=tuple(totals),
        encoding=encoding,
        rows_of_area=len(body) // sum(map(len, TOWNSHIPS.values())),
    )


def _cell(text: str) -> Cell:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text or None
