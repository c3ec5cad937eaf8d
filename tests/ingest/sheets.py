"""Sheets given as lists of rows, read as a source.toml says; and the elements and names they speak of."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from pipeline.ingest.readers import Sheet
from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.source import SourceDescription, read_source
from pipeline.ingest.tables.extract import Extract, extract
from pipeline.ingest.tables.hidden_parts import hidden_as_text
from pipeline.ingest.tables.missing_parts import missing_parts
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import column_letters
from pipeline.reference import Element
from pipeline.workspace import Words
from tests.ingest.small_source import AREAS

FLOWS = ("births", "births_male", "births_female", "deaths_male", "deaths_female", "recipients")
STOCKS = ("population", "population_male", "population_female")
KINDS = dict.fromkeys(FLOWS, "flow") | dict.fromkeys(STOCKS, "stock")
KINDS |= {"paid_rate_printed": "printed", "paid_on": "date"}
ELEMENTS = {name: Element(name, Words(name), kind) for name, kind in KINDS.items()}
HEAD = 'name.zh = "出生"\n'
SIMPLE = """
[header]
contains = "乡镇*"
[period]
from = "file_name"
[area]
columns = ["乡镇"]
[elements]
births_male = "男"
births_female = "女"
"""


def area_names(level: str) -> AreaNames:
    return AreaNames(AREAS, level)


def described(folder: Path, toml: str) -> SourceDescription:
    folder.mkdir(exist_ok=True)
    (folder / "source.toml").write_text(toml if "name.zh" in toml else HEAD + toml, encoding="utf-8")
    return read_source(folder, ELEMENTS)


@lru_cache(maxsize=50)
def _described(toml: str) -> SourceDescription:
    with TemporaryDirectory() as folder:
        return described(Path(folder) / "births", toml)


def grid(rows: list[list]) -> pl.DataFrame:
    """Rows as a sheet: None and "" are empty cells."""
    width = max(map(len, rows), default=0)
    texts = [[str(cell) if cell not in (None, "") else None for cell in row] for row in rows]
    filled = [[*row, *[None] * (width - len(row))] for row in texts]
    names = {str(number): pl.String for number in range(1, width + 1)}
    return pl.DataFrame(filled, names, orient="row").with_row_index("row", offset=1)


class Read:
    """What the sheets of one file gave: cells, problems and the rest, over all blocks."""

    def __init__(self, source: SourceDescription, path: str, extracts: list[Extract]) -> None:
        self.extracts = extracts
        self.frame = pl.concat([part.cells for part in extracts])
        problems = [problem for part in extracts for problem in part.problems]
        tables = [table for part in extracts for table in part.tables]
        problems += missing_parts(source, path, tables, has_problems=bool(problems))
        self.problems = [str(problem) for problem in problems]
        self.unread = list(dict.fromkeys(name for part in extracts for name in part.columns_unread))
        self.blank = sum(part.cells_blank for part in extracts)
        self.left_out = sum(part.rows_left_out for part in extracts)
        self.checked = sum(part.cells_checked for part in extracts)
        self.hidden = hidden_as_text(sum((part.hidden for part in extracts), Counter()))
        self.blanks = [row for part in extracts if part.blanks is not None for row in part.blanks.rows()]

    def _by_place(self, is_refused: bool, *columns: str) -> dict[str, tuple]:
        rows = self.frame.filter(pl.col("reason").is_not_null() == is_refused)
        rows = rows.with_columns(pl.col("period").dt.strftime("%Y-%m")).iter_rows(named=True)
        return {f"{column_letters(row['column'])}{row['row']}": tuple(map(row.get, columns)) for row in rows}

    @property
    def cells(self) -> dict[str, tuple]:
        """Accepted cells by place: element, area, period, span, value."""
        return self._by_place(False, "element", "area_code", "period", "span", "value")

    @property
    def values(self) -> dict[str, float]:
        return {place: cell[-1] for place, cell in self.cells.items()}

    @property
    def refused(self) -> dict[str, tuple[str, str]]:
        """Refused cells by place: reason and what was found."""
        return self._by_place(True, "reason", "found")


def read_rows(
    toml: str,
    rows: list[list] | dict[str, list[list]],
    path: str = "2024-08.csv",
    sheet: str = "",
    block: int = 10**6,
    marks: SheetMarks | None = None,
) -> Read:
    """Read one sheet, or several by name, in blocks of so many rows; `marks` are those of each sheet."""
    source = _described(toml)
    extracts: list[Extract] = []
    for name, content in rows.items() if isinstance(rows, dict) else [(sheet, rows)]:
        whole, carried = grid(content), None
        for start in range(0, whole.height, block):
            part = extract(
                Sheet(name, whole.slice(start, block), marks=marks or SheetMarks()),
                path,
                source,
                area_names,
                carried,
            )
            carried = part.carried
            extracts.append(part)
    return Read(source, path, extracts)
