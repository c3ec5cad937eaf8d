"""One raw file to its tables in the cache: observations, rejects, total rows that differ, and its record."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import lru_cache
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import tables
from pipeline.ingest.files.cache import Entry
from pipeline.ingest.files.privacy import refuse_personal_data
from pipeline.ingest.files.raw_files import RawFile
from pipeline.ingest.files.repeats import Repeats
from pipeline.ingest.readers import Sheet, read_opened
from pipeline.ingest.source import SourceDescription
from pipeline.ingest.tables.extract import Extract, extract
from pipeline.ingest.tables.hidden_parts import HiddenValues, hidden_as_text
from pipeline.ingest.tables.missing_parts import FoundTable, missing_parts
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.text_columns import gather, rows_where, text_column
from pipeline.problems import Location, ProblemError, column_letters, printable, shorten

_CELLS_AT_ONCE = 3_000_000


def write_file_tables(
    file: RawFile,
    content: BinaryIO,
    source: SourceDescription,
    names: Callable[[str], AreaNames],
    entry: Entry,
) -> None:
    """Turn the bytes of one raw file into an entry of the cache.

    A problem with a table or a sheet is one reject, and the rest counts. A problem with the file as a whole (personal
    data, bytes that are no text, a damaged workbook) is the only reject of the file, and nothing of it counts.
    Observations are always written, the other parts only where there are rows.
    """
    encoding = ""
    entry.clear()
    names_of_file = lru_cache(lambda level: names(level).of_a_file())
    cells = _Cells(file, entry, adds_up=source.toml.rows.several_per_area == "sum")
    try:
        if file.problem:
            raise file.problem
        opened = read_opened(
            content, file.path, source.toml.encoding, source.sheets, source.toml.limits.sheets
        )
        encoding = opened.encoding
        carried = None
        tables: list[FoundTable] = []
        for sheet in opened.sheets:
            refuse_personal_data(sheet, file.path)
            if not sheet.is_wanted:
                continue
            _refuse_broad_sheet(sheet, file.path, source.toml.limits.columns)
            part = extract(sheet, file.path, source, names_of_file, None if sheet.begins else carried)
            carried = part.carried
            tables += part.tables
            cells.add(sheet.name, part)
        cells.problems += missing_parts(source, file.path, tables, has_problems=bool(cells.problems))
        cells.write()
    except ProblemError as problem:
        cells.close()
        entry.clear()
        cells = _Cells(file, entry)
        cells.problems.append(problem)
        cells.write()
    entry.seal(
        {
            "file_id": file.file_id,
            "source": file.source,
            "path": printable(file.path),
            "sha256": file.sha256,
            "bytes": file.bytes,
            "encoding": encoding,
            **cells.counts,
        }
    )


class _Cells:
    """Writes the cells of one file to Parquet block by block: refuses repeats and counts what was read."""

    def __init__(self, file: RawFile, entry: Entry, *, adds_up: bool = False) -> None:
        self.problems: list[ProblemError] = []  # each becomes a reject
        self._file = file
        self._entry = entry
        self._repeats = None if adds_up else Repeats()
        self._pending: list[tuple[str, pl.DataFrame]] = []
        self._blanks: list[tuple[str, pl.DataFrame]] = []
        self._hidden = HiddenValues()
        self._totals: dict[str, pl.DataFrame] = {}
        self._unread: dict[str, None] = {}
        self._written = ExitStack()
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._sums = dict.fromkeys(
            ("rows_left_out", "cells_checked", "cells_blank", "cells_accepted", "cells_refused"), 0
        )

    @property
    def counts(self) -> dict[str, int | str]:
        """The columns of the file's row in `files` that count cells."""
        read = self._sums["cells_accepted"] + self._sums["cells_refused"]
        return {
            "columns_unread": ", ".join(self._unread),
            "hidden": hidden_as_text(self._hidden),
            **self._sums,
            "cells_read": read,
        }

    def add(self, sheet: str, part: Extract) -> None:
        """Add the extract of a sheet, or of a block of it."""
        self._pending.append((sheet, part.cells))
        self._totals[sheet] = part.totals
        if part.blanks is not None:
            self._blanks.append((sheet, part.blanks))
        self._unread |= part.columns_unread
        self._hidden += part.hidden
        for name in ("rows_left_out", "cells_checked", "cells_blank"):
            self._sums[name] += getattr(part, name)
        self.problems += part.problems
        if sum(cells.height for _, cells in self._pending) > _CELLS_AT_ONCE:
            self._flush(are_last=False)

    def write(self) -> None:
        """Write what is left, and close the files; a part without rows is written too."""
        self._flush(are_last=True)
        rejects = [_reject(problem) for problem in self.problems]
        self._sums["cells_refused"] += len(rejects)
        if rejects:
            self._append("rejects", pl.DataFrame(rejects, schema_overrides={"hint": pl.String}))
        for part, rows in (("totals", list(self._totals.items())), ("blanks", self._blanks)):
            if any(frame.height for _, frame in rows):
                self._append(part, _in_order(rows))
        self.close()

    def close(self) -> None:
        self._written.close()

    def _flush(self, *, are_last: bool) -> None:
        if self._pending:
            cells = _in_order(self._pending)
            if self._repeats:
                cells = self._repeats.refuse(cells, are_last=are_last)
            accepted, refused = cells, None
            if cells["reason"].null_count() < cells.height:
                is_accepted = cells["reason"].is_null().to_numpy()
                accepted, refused = rows_where(cells, is_accepted), rows_where(cells, ~is_accepted)
                self._append("rejects", refused.with_columns(found=_shortened(refused["found"])))
                self._sums["cells_refused"] += refused.height
            self._append("observations", accepted.with_columns(_telling_text(accepted)))
            self._sums["cells_accepted"] += accepted.height
            self._pending.clear()
        elif are_last:
            self._append("observations", None)

    def _append(self, part: str, rows: pl.DataFrame | None) -> None:
        """Write rows in the contract's columns as a row group of their own; the same rows give the same bytes."""
        schema = tables.schema(part)
        table = schema.empty_table() if rows is None else self._in_contract(rows, schema)
        if part not in self._writers:
            writer = pq.ParquetWriter(
                self._entry.part(part), schema, compression="zstd", write_statistics=False
            )
            self._writers[part] = self._written.enter_context(writer)
        self._writers[part].write_table(table, row_group_size=max(table.num_rows, 1))

    def _in_contract(self, rows: pl.DataFrame, schema: pa.Schema) -> pa.Table:
        of_file = {
            "file_id": self._file.file_id,
            "source": self._file.source,
            "path": printable(self._file.path),
        }
        columns = [
            pa.repeat(pa.scalar(of_file[entry.name], entry.type), rows.height)
            if entry.name in of_file
            else rows[entry.name].to_arrow().cast(entry.type)
            if entry.name in rows.columns
            else pa.nulls(rows.height, entry.type)
            for entry in schema
        ]
        return pa.Table.from_arrays(columns, schema=schema)


def _in_order(parts: list[tuple[str, pl.DataFrame]]) -> pl.DataFrame:
    """Rows of several sheets, each in its order of rows and columns, one sheet after the other by name."""
    return pl.concat(
        rows.hstack([pl.Series("sheet", [sheet], pl.String).new_from_index(0, rows.height)])
        for sheet, rows in sorted(parts, key=lambda part: part[0])
    )


def _telling_text(cells: pl.DataFrame) -> pl.Series:
    """The text of each cell, null where it says no more than the value: null for 12, kept for 12人, 012 or a date."""
    text, plain = cells["text"], cells["value"].cast(pl.Int64, strict=False).cast(pl.String)
    return text.zip_with((text != plain) | plain.is_null(), pl.Series([None], dtype=pl.String))


def _shortened(texts: pl.Series) -> pl.Series:
    column = text_column(texts)
    return gather([shorten(text or "") for text in column.distinct], column.at, pl.String)


def _reject(problem: ProblemError) -> dict[str, str | int | None]:
    """A row of `rejects`; one of no single cell has no element, area or period."""
    return {
        "sheet": problem.location.sheet,
        "row": problem.location.row,
        "column": problem.location.column,
        "found": problem.found,
        "expected": problem.expected,
        "hint": getattr(problem.expected, "hint", None),
        "reason": problem.reason,
    }


def _refuse_broad_sheet(sheet: Sheet, path: str, columns_at_most: int) -> None:
    width = sheet.grid.width - 1
    if width > columns_at_most:
        found = f"{width:,} columns, up to {column_letters(int(sheet.grid.columns[-1]))}"
        wish = f"at most {columns_at_most:,}; delete the empty ones, or raise [limits] columns in source.toml"
        raise ProblemError(Location(path, sheet.name), found, wish)
