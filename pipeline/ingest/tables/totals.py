"""Total rows held against the rows they add up: all of the table, those above or those below, whichever fits best."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl

from pipeline.ingest.source import Layout
from pipeline.ingest.tables.cells import TableCells

_SAME = 1e-6

DEVIATIONS = {
    "row": pl.Int64,
    "column": pl.Int64,
    "element": pl.String,
    "area_code": pl.String,
    "period": pl.Date,
    "label": pl.String,
    "stated": pl.Float64,
    "computed": pl.Float64,
    "rows_added": pl.Int64,
}
NO_DEVIATIONS = pl.DataFrame(schema=DEVIATIONS)
Arrays = dict[str, np.ndarray]


class TableTotals:
    """The total cells of one table, and the sums of its other cells between one total row and the next.

    Cells of one element in one column are a series. Segment k of a table lies between its total rows k - 1 and k,
    counted from 0.
    """

    def __init__(self, layout: Layout) -> None:
        self._areas_by_column = layout.has_areas_in_header
        self._names = [entry.element.name for entry in layout.elements]
        self._stocks = {entry.element.name for entry in layout.elements if entry.element.kind == "stock"}
        self._series: dict[tuple[int, str], int] = {}
        self._segments: list[Arrays] = []
        self._stated: list[Arrays] = []
        self._months: dict[int, set[date]] = {}
        self._areas: dict[tuple[int, int], set[str]] = {}
        self._total_rows = 0

    def add(self, cells: TableCells, stated: TableCells, labels: dict[int, str | None]) -> None:
        """Go on with the next rows of the table: cells of rows, and of total rows, which `labels` names by row.

        Only counted elements are held against each other, and of total cells only those with a value.
        """
        is_stated = stated.is_counted & ~np.isnan(stated.value)
        rows = stated.row[is_stated]
        total_rows = np.unique(rows)
        self._add_segments(cells, np.searchsorted(total_rows, cells.row) + self._total_rows)
        self._stated.append(
            {
                "row": rows,
                "series": self._series_of(stated, is_stated),
                "segment": np.searchsorted(total_rows, rows) + self._total_rows,
                "label": np.array([labels[number] for number in rows.tolist()], dtype=object),
                "stated": stated.value[is_stated],
            }
        )
        self._total_rows += len(total_rows)

    def _series_of(self, cells: TableCells, chosen: np.ndarray) -> np.ndarray:
        """The number of the series of each chosen cell."""
        (column, element), at = _distinct(cells.column[chosen], cells.index.element[chosen])
        series = [
            self._series.setdefault((number, self._names[position]), len(self._series))
            for number, position in zip(column.tolist(), element.tolist(), strict=True)
        ]
        return np.array(series, dtype=np.int64)[at]

    def _add_segments(self, cells: TableCells, segment: np.ndarray) -> None:
        counted = cells.is_counted
        is_refused, month, segment = ~cells.is_right[counted], cells.months[counted], segment[counted]
        (series, segments), at = _distinct(self._series_of(cells, counted), segment)
        value = np.where(is_refused, 0, cells.value[counted])
        is_known = ~np.isnat(month)
        last_month = np.full(len(series), np.datetime64("NaT", "D"))
        last_month[at[is_known]] = month[is_known]  # of several cells the last one's stays
        facts = (value, np.ones_like(value), is_refused)
        self._segments.append(
            {
                "series": series,
                "segment": segments,
                "sums": np.stack([np.bincount(at, fact, len(series)) for fact in facts], axis=1),
                "last_month": last_month,
            }
        )
        known = cells.named.periods.resolved
        (numbers, periods), _ = _distinct(series[at][is_known], cells.index.period[counted][is_known])
        for number, period in zip(numbers.tolist(), periods.tolist(), strict=True):
            self._months.setdefault(number, set()).add(known[period].month)
        column = cells.column[counted] if self._areas_by_column else np.zeros_like(segment)
        parts = (column, segment, cells.area[counted])
        (columns, numbers, areas), _ = _distinct(*(part[~is_refused] for part in parts))
        for *place, area in zip(columns.tolist(), numbers.tolist(), areas.tolist(), strict=True):
            self._areas.setdefault(tuple(place), set()).add(cells.area_codes[area] or "")

    def deviations(self, holding: Callable[[Iterable[str]], str]) -> pl.DataFrame:
        """The total cells that differ from the sum of their rows, in the columns of DEVIATIONS.

        For each total row the coverage counts under which most of its cells agree. A cell of which a covered cell
        was refused, or that covers none, is passed over; so is a stock over several months. Where a cell was refused
        that the row may stand for, a coverage under which nothing agrees may be the wrong one: it proves nothing.
        """
        if not any(len(part["row"]) for part in self._stated):
            return NO_DEVIATIONS
        stated, segments = _joined(self._stated, ["row"]), _joined(self._segments, ["segment", "series"])
        first, last = _coverages(stated, self._total_rows)
        sums = _sums(segments, stated["series"], first, last)
        names = list(self._series)

        @cache
        def lowest(column: int, first: int, last: int) -> str:
            segments = range(first, last + 1)
            return holding(set().union(*(self._areas.get((column, number), ()) for number in segments)))

        rows = []
        is_summable = np.array(
            [
                name not in self._stocks or len(self._months.get(number, ())) < 2
                for number, (_, name) in enumerate(names)
            ]
        )
        for coverage, cell in _deviating(stated, sums, is_summable[stated["series"]]):
            column, element = names[stated["series"][cell]]
            area = lowest(
                column * self._areas_by_column, int(first[coverage, cell]), int(last[coverage, cell])
            )
            rows.append(
                (
                    int(stated["row"][cell]),
                    column,
                    element,
                    area,
                    self._month(segments, stated["series"][cell], stated["segment"][cell]),
                    stated["label"][cell],
                    float(stated["stated"][cell]),
                    float(sums[coverage, cell, 0]),
                    int(sums[coverage, cell, 1]),
                )
            )
        if not rows:
            return NO_DEVIATIONS
        return pl.DataFrame(sorted(rows, key=lambda row: row[:3]), DEVIATIONS, orient="row")

    def _month(self, segments: Arrays, series: int, segment: int) -> date | None:
        """The month of the last cell above a total cell; without one, the latest month of its series."""
        is_above = (segments["series"] == series) & (segments["segment"] <= segment)
        months = segments["last_month"][is_above & ~np.isnat(segments["last_month"])].tolist()
        return months[-1] if months else max(self._months.get(series, ()), default=None)


def _distinct(*columns: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """The distinct combinations of the entries of some columns, sorted, and which of them each row has."""
    key = columns[0]
    for column in columns[1:]:
        key = key * (column.max(initial=0) + 1) + column
    _, first, at = np.unique(key, return_index=True, return_inverse=True)
    return [column[first] for column in columns], at


def _joined(parts: list[Arrays], order: list[str]) -> Arrays:
    """The arrays of all parts one after the other, sorted by the columns of `order`, of which the last counts most."""
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    sequence = np.lexsort([whole[name] for name in order])
    return {name: values[sequence] for name, values in whole.items()}


def _coverages(stated: Arrays, last_segment: int) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last segment that each total cell may cover, in order of preference.

    The whole table; then what lies between it and the total before or after it, in its series or of its name.
    """
    segment, series = stated["segment"], stated["series"]
    first, last = [np.zeros_like(segment)], [np.full_like(segment, last_segment)]
    labels = np.unique(stated["label"].astype(str), return_inverse=True)[1]
    for group in (series, series * (labels.max() + 1) + labels):
        before, after = _neighbours(group)
        first += [np.where(before >= 0, segment[before] + 1, 0), segment + 1]
        last += [segment, np.where(after >= 0, segment[after], last_segment)]
    return np.stack(first), np.stack(last)


def _neighbours(group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each entry the one before and the one after it in its group, -1 for none."""
    order = np.argsort(group, kind="stable")
    is_same = group[order][1:] == group[order][:-1]
    before, after = np.full(len(group), -1), np.full(len(group), -1)
    before[order[1:][is_same]] = order[:-1][is_same]
    after[order[:-1][is_same]] = order[1:][is_same]
    return before, after


def _sums(segments: Arrays, series: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """By coverage and total cell: the sum of the cells covered, how many they are, and how many of them were refused."""
    width = max(segments["segment"].max(initial=0), last.max()) + 2
    keys = segments["series"] * width + segments["segment"]
    running = np.concatenate([np.zeros((1, 3)), np.cumsum(segments["sums"], axis=0)])
    begin, end = (np.searchsorted(keys, series * width + edge) for edge in (first, last + 1))
    return running[end] - running[begin]


def _deviating(stated: Arrays, sums: np.ndarray, is_summable: np.ndarray) -> list[tuple[int, int]]:
    """Each total cell that differs, as the number of the coverage that fits its row best and its own number."""
    total, cells, refused = np.moveaxis(sums, 2, 0)
    is_covered = (cells > 0) & (refused == 0) & is_summable
    away = np.abs(stated["stated"] - total)
    found = []
    edges = [0, *(np.flatnonzero(np.diff(stated["row"])) + 1).tolist(), len(stated["row"])]
    for start, stop in pairwise(edges):
        covered, off = is_covered[:, start:stop], away[:, start:stop]
        agreeing = (covered & (off <= _SAME)).sum(axis=1)
        deviation = np.where(covered, off, 0).sum(axis=1)
        possible = np.flatnonzero(covered.any(axis=1)).tolist()
        if not possible:
            continue
        best = min(possible, key=lambda at: (-agreeing[at], deviation[at], at))
        has_refused = ((refused[:, start:stop] > 0) & is_summable[start:stop]).any()
        if has_refused and not agreeing[best]:
            continue
        is_off = covered[best] & (off[best] > _SAME)
        found += [(best, start + cell) for cell in np.flatnonzero(is_off).tolist()]
    return found
