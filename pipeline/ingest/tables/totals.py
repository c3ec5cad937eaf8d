"""Total rows held against the rows they add up: all of the table, those above or those below, whichever fits best."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from pipeline.ingest.tables.cells import are_counted
from pipeline.ingest.values.text_columns import rows_where, text_column

_SAME = 1e-6
_NEVER = np.datetime64("NaT", "D")

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
Series = tuple[int, str]


@dataclass
class TableTotals:
    """What has been read of one table so far, by series of figures (one element in one column).

    `sums` has a row per series: the sum of its cells, how many they are and how many of them were refused. `stated`
    has an entry per block of rows, with an array per fact of its total cells; `areas` the areas in each column (0 where
    the rows name them) between one total row and the next (`segment`, from 0).
    """

    areas_by_column: bool
    series: dict[Series, int] = field(default_factory=dict)
    sums: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))
    is_stock: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    months: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), dtype="datetime64[D]"))
    stated: list[dict[str, np.ndarray]] = field(default_factory=list)
    areas: dict[tuple[int, int], set[str]] = field(default_factory=dict)
    total_rows: int = 0

    def add(self, cells: pl.DataFrame, stated: pl.DataFrame, labels: dict[int, str]) -> None:
        """Go on with the next rows of the table.

        `cells` and `stated` are figures of rows and of total rows, in the columns of figures.CELLS; of the latter
        only those with a value count. `labels` says what each total row is called.
        """
        counted = rows_where(cells, are_counted(cells))
        at = self._series_of(counted)
        stated_at = self._series_of(stated)
        row, stated_row = counted["row"].to_numpy(), stated["row"].to_numpy()
        is_refused = counted["reason"].is_not_null().to_numpy()
        value = np.where(is_refused, 0, counted["value"].fill_null(0).to_numpy()).astype(np.int64)
        month = counted["period"].to_numpy().astype("datetime64[D]")
        self.is_stock[at] = text_column(counted["kind"]).where(lambda kind: kind == "stock")

        order = np.argsort(at, kind="stable")
        widest = 1 + max(row.max(initial=0), stated_row.max(initial=0))
        places = at[order] * widest + row[order]
        facts = np.stack([value, np.ones_like(value), is_refused], axis=1)[order]
        running = np.concatenate([np.zeros((1, 3), dtype=np.int64), np.cumsum(facts, axis=0)])
        until = np.searchsorted(places, stated_at * widest + stated_row)
        begin = np.searchsorted(places, stated_at * widest)
        sorted_months = month[order]
        last_month = np.where(
            until > begin,
            np.append(sorted_months, _NEVER)[until - 1],
            self.months[stated_at, 2],
        )
        total_rows = np.unique(stated_row)
        self.stated.append(
            {
                "row": stated_row,
                "series": stated_at,
                "label": np.array([labels[number] for number in stated_row.tolist()], dtype=object),
                "stated": stated["value"].to_numpy(),
                "month": last_month,
                "sums": self.sums[stated_at] + running[until] - running[begin],
                "number": np.searchsorted(total_rows, stated_row) + self.total_rows,
            }
        )
        self._note_areas(counted, row, is_refused, total_rows)
        self._add_up(at[order], running, sorted_months)
        self.total_rows += len(total_rows)

    def _series_of(self, cells: pl.DataFrame) -> np.ndarray:
        """Which series each cell belongs to; new ones are taken in."""
        if not cells.height:
            return np.zeros(0, dtype=np.int64)
        elements = text_column(cells["element"])
        names = elements.distinct
        both = cells["column"].to_numpy() * len(names) + elements.at
        found, at = np.unique(both, return_inverse=True)
        known = [
            self.series.setdefault((pair // len(names), names[pair % len(names)]), len(self.series))
            for pair in found.tolist()
        ]
        if new := len(self.series) - len(self.sums):
            self.sums = np.concatenate([self.sums, np.zeros((new, 3), dtype=np.int64)])
            self.is_stock = np.concatenate([self.is_stock, np.zeros(new, dtype=bool)])
            self.months = np.concatenate([self.months, np.full((new, 3), _NEVER)])
        return np.array(known, dtype=np.int64)[at]

    def _note_areas(
        self, cells: pl.DataFrame, row: np.ndarray, is_refused: np.ndarray, total_rows: np.ndarray
    ) -> None:
        codes = text_column(cells["area_code"])
        column = cells["column"].to_numpy() if self.areas_by_column else np.zeros_like(row)
        segment = np.searchsorted(total_rows, row) + self.total_rows
        facts = np.stack([column, segment, codes.at])[:, ~is_refused]
        for place, number, code in np.unique(facts, axis=1).T.tolist():
            self.areas.setdefault((place, number), set()).add(codes.distinct[code])

    def _add_up(self, at: np.ndarray, running: np.ndarray, months: np.ndarray) -> None:
        """Take the cells of these rows, sorted by series, into the sums and the first, last and latest month."""
        ends = [*(np.flatnonzero(at[1:] != at[:-1]) + 1).tolist(), len(at)]
        for first, end in zip([0, *ends], ends, strict=False) if len(at) else ():
            one = at[first]
            self.sums[one] += running[end] - running[first]
            known = months[first:end][~np.isnat(months[first:end])]
            if len(known):
                before = self.months[one]
                self.months[one] = (
                    np.fmin(before[0], known.min()),
                    np.fmax(before[1], known.max()),
                    known[-1],
                )

    def deviations(self, holding: Callable[[Iterable[str]], str]) -> pl.DataFrame:
        """The total cells that differ from the sum of their rows, in the columns of DEVIATIONS.

        For each total row the coverage counts under which most of its cells agree. A cell of which a covered cell
        was refused, or that covers none, is passed over; so is a stock over several months. Where a cell was refused
        that the row may stand for, a coverage under which nothing agrees may be the wrong one: it proves nothing.
        """
        facts = _joined(self.stated)
        if facts is None:
            return pl.DataFrame(schema=DEVIATIONS)
        one_month = (self.months[:, 0] == self.months[:, 1]) | np.isnat(self.months[:, 0])
        facts["is_summable"] = (~self.is_stock | one_month)[facts["series"]]
        sums, first, last = _coverages(facts, self.sums[facts["series"]])
        found = _chosen(facts, sums)
        names = list(self.series)
        lowest = lru_cache(maxsize=None)(
            lambda column, first, last: holding(
                frozenset().union(
                    *(self.areas.get((column, number), ()) for number in range(first, last + 1))
                )
            )
        )
        rows = []
        for coverage, cell in found:
            column, element = names[facts["series"][cell]]
            month = facts["month"][cell]
            if np.isnat(month):
                month = self.months[facts["series"][cell], 1]
            rows.append(
                (
                    int(facts["row"][cell]),
                    column,
                    element,
                    lowest(
                        column * self.areas_by_column, int(first[coverage, cell]), int(last[coverage, cell])
                    ),
                    _date(month),
                    facts["label"][cell],
                    float(facts["stated"][cell]),
                    float(sums[coverage, cell, 0]),
                    int(sums[coverage, cell, 1]),
                )
            )
        return pl.DataFrame(sorted(rows, key=lambda row: row[:3]), DEVIATIONS, orient="row")


def _joined(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray] | None:
    """The total cells of all blocks, in the order of their rows."""
    if not any(len(part["row"]) for part in parts):
        return None
    facts = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(facts["row"], kind="stable")
    return {name: values[order] for name, values in facts.items()}


def _coverages(facts: dict[str, np.ndarray], whole: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each total cell covers, in order of preference: its sums, and its first and last segment.

    The whole table; then what lies between it and the total before or after it, in its series or of its name.
    """
    here, number = facts["sums"], facts["number"]
    end = number.max() + 1
    sums = [whole]
    first, last = [np.zeros_like(number)], [np.full_like(number, end)]
    labels = np.unique(facts["label"].astype(str), return_inverse=True)[1]
    for group in (facts["series"], facts["series"] * (labels.max() + 1) + labels):
        before, after = _neighbours(group)
        has_before, has_after = before >= 0, after >= 0
        sums.append(here - np.where(has_before[:, None], here[before], 0))
        first.append(np.where(has_before, number[before] + 1, 0))
        last.append(number)
        sums.append(np.where(has_after[:, None], here[after], whole) - here)
        first.append(number + 1)
        last.append(np.where(has_after, number[after], end))
    return np.stack(sums), np.stack(first), np.stack(last)


def _neighbours(group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each entry the one before and the one after it in its group, -1 for none."""
    order = np.argsort(group, kind="stable")
    is_same = group[order][1:] == group[order][:-1]
    before, after = np.full(len(group), -1), np.full(len(group), -1)
    before[order[1:][is_same]] = order[:-1][is_same]
    after[order[:-1][is_same]] = order[1:][is_same]
    return before, after


def _chosen(facts: dict[str, np.ndarray], sums: np.ndarray) -> list[tuple[int, int]]:
    """Coverage and cell of each deviation, by the coverage that fits its row best."""
    row = np.unique(facts["row"], return_inverse=True)[1]
    is_summable = facts["is_summable"]
    is_covered = (sums[:, :, 1] > 0) & (sums[:, :, 2] == 0) & is_summable
    away = np.abs(facts["stated"] - sums[:, :, 0])
    number = len(sums)
    key = row * number + np.arange(number)[:, None]
    size = (row.max() + 1) * number

    def by_row(weights: np.ndarray) -> np.ndarray:
        return np.bincount(key[is_covered], weights[is_covered], size).reshape(-1, number)

    agreeing, deviation, cells = by_row(away <= _SAME), by_row(away), by_row(np.ones_like(away))
    has_refused = np.zeros(row.max() + 1, dtype=bool)
    np.logical_or.at(has_refused, row, ((sums[:, :, 2] > 0) & is_summable).any(axis=0))
    found = []
    for one in range(len(agreeing)):
        possible = np.flatnonzero(cells[one])
        if not len(possible):
            continue
        best = min(possible.tolist(), key=lambda at: (-agreeing[one, at], deviation[one, at], at))
        if has_refused[one] and not agreeing[one, best]:
            continue
        if deviation[one, best] > _SAME:
            start, stop = np.searchsorted(row, [one, one + 1])
            is_off = is_covered[best, start:stop] & (away[best, start:stop] > _SAME)
            found += [(best, start + cell) for cell in np.flatnonzero(is_off).tolist()]
    return found


def _date(month: np.datetime64) -> date | None:
    return None if np.isnat(month) else month.astype(date)
