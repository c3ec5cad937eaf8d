"""What stands behind a published number: figures, raw cells, corrections and gaps, a query per table.

Only the rows of the areas, elements and months asked for are read, and of the observations only the files that
state one of their figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb

from pipeline.audit.area_tree import AreaTree

FigureKey = tuple[str, str, date, str, str]  # source, area, period, span, element
CountKey = tuple[str, str, date]  # area, element, month

_OF_AREAS = "list_contains($codes, area_code) and list_contains($elements, element) and {month} between $first and $last"
_AS_WRITTEN = "list_contains($written, area_code) and list_contains($elements, element) and period between $first and $last"


@dataclass(frozen=True)
class Count:
    value: int | None
    value_ytd: int | None
    status: str


@dataclass(frozen=True)
class Figure:
    """A figure that counts, before it becomes the count of a month."""

    value: int
    file_id: str
    files: int


@dataclass(frozen=True)
class Mending:
    value: float
    found: str
    reason: str
    author: str
    date: date


@dataclass(frozen=True)
class Cell:
    """One raw cell: where it stands, which area its row names, its text, and what counts of it."""

    file_id: str
    sheet: str
    row: int
    column: int
    area_code: str
    text: str
    value: float
    mending: Mending | None


@dataclass(frozen=True)
class Revision:
    previous_file_id: str
    value_before: int
    file_id: str
    value: int


@dataclass(frozen=True)
class Refused:
    file_id: str
    sheet: str
    row: int
    column: int
    found: str
    expected: str


@dataclass(frozen=True)
class File:
    source: str
    path: str
    sequence: int


class Lineage:
    """The rows of a snapshot that speak of an area and all within it, of some elements, and of some months."""

    def __init__(
        self, folder: Path, area_code: str, elements: Iterable[str], first: date, last: date, edition: date
    ) -> None:
        self._folder = folder
        self._connection = duckdb.connect()
        self._values: dict[str, object] = {"elements": list(elements), "first": first, "last": last}
        self._values["edition"] = edition
        self.tree = AreaTree(
            self._rows(
                "areas",
                "area_code, name, parent_code, current_code, successor_codes, "
                "$edition between valid_from and coalesce(valid_to, date '9999-12-01')",
                "true order by area_code, valid_from",
            ),
            self._rows("figures", "distinct area_code, element", "list_contains($elements, element)"),
        )
        self._values["codes"] = self.tree.within(area_code)
        self._values["written"] = self.tree.written_as(self.tree.within(area_code))

    @cached_property
    def files(self) -> dict[str, File]:
        return {
            key: File(*rest) for (key,), rest in self._keyed(1, "files", "file_id, source, path, sequence")
        }

    @cached_property
    def counts(self) -> dict[CountKey, Count]:
        columns = "area_code, element, month, value, value_ytd, status"
        return {
            key: Count(*rest)
            for key, rest in self._keyed(3, "counts", columns, _OF_AREAS.format(month="month"))
        }

    @cached_property
    def figures(self) -> dict[FigureKey, Figure]:
        columns = "source, area_code, period, span, element, value, file_id, files"
        where = _OF_AREAS.format(month="period")
        return {key: Figure(*rest) for key, rest in self._keyed(5, "figures", columns, where)}

    @cached_property
    def sources(self) -> dict[tuple[str, str], list[str]]:
        """The sources that state an element for an area, in any of the months."""
        found = {(area, element, source) for source, area, _, _, element in self.figures}
        sources: dict[tuple[str, str], list[str]] = defaultdict(list)
        for area, element, source in sorted(found):
            sources[area, element].append(source)
        return sources

    @cached_property
    def revisions(self) -> dict[FigureKey, list[Revision]]:
        columns = "source, area_code, period, span, element, previous_file_id, value_before, file_id, value"
        found: dict[FigureKey, list[Revision]] = defaultdict(list)
        for written, rest in self._keyed(5, "revisions", columns, _AS_WRITTEN):
            if key := self._figure_key(*written):
                found[key].append(Revision(*rest))
        return {
            key: sorted(revisions, key=lambda revision: self.files[revision.file_id].sequence)
            for key, revisions in found.items()
        }

    @cached_property
    def refused(self) -> dict[CountKey, list[Refused]]:
        """Refused cells that no correction has mended, by area of today, element and month."""
        columns = 'area_code, element, period, file_id, sheet, "row", "column", found, expected'
        found: dict[CountKey, list[Refused]] = defaultdict(list)
        for (code, element, period), rest in self._keyed(
            3, "rejects", columns, f"{_AS_WRITTEN} order by all"
        ):
            if (*rest[:4], element) not in self._mendings:
                found[self.tree.current.get(code, code), element, period].append(Refused(*rest))
        return found

    @cached_property
    def returns(self) -> dict[tuple[str, str, date], int]:
        """Returns that came, by area, source and month."""
        where = "list_contains($codes, area_code) and month between $first and $last"
        columns = "area_code, source, month, actual"
        return {key: actual for key, (actual,) in self._keyed(3, "completeness", columns, where)}

    @cached_property
    def breaks(self) -> list[tuple]:
        """area_code, month, kind, predecessors, is_carried_over."""
        where = (
            "list_contains($codes, area_code) and month between $first and $last order by month, area_code"
        )
        return self._rows("breaks", "area_code, month, kind, predecessors, is_carried_over", where)

    @cached_property
    def cells(self) -> dict[FigureKey, list[Cell]]:
        """The cells that each figure is made of."""
        files = {figure.file_id for figure in self.figures.values()}
        cells = self._cells_in(files)
        unexplained = {
            key[0] for key, figure in self.figures.items() if added_up(cells.get(key, ())) != figure.value
        }
        more = {file_id for file_id, file in self.files.items() if file.source in unexplained} - files
        return self._cells_in(files | more) if more else cells

    def stocks(self, area_code: str, elements: Iterable[str]) -> dict[tuple[str, date], int]:
        """The known month ends of some stocks of an area, of every month."""
        self._values |= {"area": area_code, "stocks": list(elements)}
        where = "area_code = $area and list_contains($stocks, element) and value is not null"
        return {key: value for key, (value,) in self._keyed(2, "counts", "element, month, value", where)}

    def indicator(self, area_code: str, indicator: str, month: date) -> dict[str, dict[str, object]]:
        """The published rows of an indicator, by window."""
        self._values |= {"area": area_code, "indicator": indicator, "month": month}
        self._rows("indicators", "1", "false")
        rows = self._connection.execute(
            "from indicators where area_code = $area and indicator = $indicator and month = $month",
            {name: self._values[name] for name in ("area", "indicator", "month")},
        )
        names = [column[0] for column in rows.description]
        return {
            row["time_window"]: row
            for row in (dict(zip(names, values, strict=True)) for values in rows.fetchall())
        }

    @cached_property
    def _mendings(self) -> dict[tuple[str, str, int, int, str], Mending]:
        columns = 'file_id, sheet, "row", "column", element, value, found, reason, author, date'
        return {key: Mending(*rest) for key, rest in self._keyed(5, "corrections", columns)}

    def _cells_in(self, files: Iterable[str]) -> dict[FigureKey, list[Cell]]:
        stated: dict[FigureKey, list[Cell]] = defaultdict(list)
        for row in self._observations(files):
            file_id, sheet, line, column, element, source, code, period, span, value, text = row
            mending = self._mendings.get((file_id, sheet, line, column, element))
            shown = text if text is not None else f"{value:.15g}"
            counted = mending.value if mending else value
            if key := self._figure_key(source, code, period, span, element):
                stated[key].append(Cell(file_id, sheet, line, column, code, shown, counted, mending))
        return {key: self._counted(key, cells) for key, cells in stated.items()}

    def _counted(self, key: FigureKey, cells: list[Cell]) -> list[Cell]:
        """Of each area the cells of the file that came last; of several areas those that make up the figure."""
        by_area: dict[str, list[Cell]] = defaultdict(list)
        for cell in cells:
            by_area[cell.area_code].append(cell)
        for code, own in by_area.items():
            last = max(own, key=lambda cell: self.files[cell.file_id].sequence).file_id
            by_area[code] = [cell for cell in own if cell.file_id == last]
        together = [cell for own in by_area.values() for cell in own]
        own_first = sorted(by_area.items(), key=lambda pair: (pair[0] != key[1], pair[0]))
        for chosen in (together, *(own for _, own in own_first)):
            if added_up(chosen) == self.figures[key].value:
                return chosen
        return together

    def _figure_key(self, source: str, code: str, period: date, span: str, element: str) -> FigureKey | None:
        """The figure that a cell may be part of: of its own area, or of the first area after it that has one."""
        waiting, seen = [code], set()
        while waiting:
            area = waiting.pop(0)
            if (key := (source, area, period, span, element)) in self.figures:
                return key
            seen.add(area)
            waiting += [to for to in self.tree.successors.get(area, ()) if to not in seen]
        key = (source, self.tree.current.get(code, code), period, span, element)
        return key if key in self.figures else None

    def _observations(self, files: Iterable[str]) -> list[tuple]:
        """Accepted cells, and refused ones that a correction has mended."""
        folder = self._folder / "observations.parquet"
        paths = [str(path) for file_id in sorted(files) if (path := folder / f"{file_id}.parquet").exists()]
        columns = 'file_id, sheet, "row", "column", element, source, area_code, period, span'
        mended = [
            (*row, 0.0, self._mendings[(*row[:4], row[4])].found)
            for row in self._rows("rejects", columns, _AS_WRITTEN)
            if (*row[:4], row[4]) in self._mendings
        ]
        if not paths:
            return mended
        self._connection.read_parquet(paths).create_view("observations", replace=True)
        values = {name: self._values[name] for name in ("written", "elements", "first", "last")}
        query = f"select {columns}, value, text from observations where {_AS_WRITTEN} order by all"
        return self._connection.execute(query, values).fetchall() + mended

    def _keyed(
        self, width: int, table: str, columns: str, where: str = "true"
    ) -> Iterator[tuple[tuple, tuple]]:
        for row in self._rows(table, columns, where):
            yield row[:width], row[width:]

    def _rows(self, table: str, columns: str, where: str = "true") -> list[tuple]:
        self._connection.read_parquet(str(self._folder / f"{table}.parquet")).create_view(table, replace=True)
        values = {name: value for name, value in self._values.items() if f"${name}" in columns + where}
        return self._connection.execute(f"select {columns} from {table} where {where}", values).fetchall()


def added_up(cells: Iterable[Cell]) -> float:
    return sum(cell.value for cell in cells)
