"""The rows of one table to cells: each figure with its element, area, period and span, accepted or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
import polars as pl

from pipeline.ingest.fills import Doubt
from pipeline.ingest.grid import Rows, together
from pipeline.ingest.header import Table, period_text, takes_span
from pipeline.ingest.names import AreaNames
from pipeline.ingest.numbers import AMBIGUOUS_COUNT, AMBIGUOUS_DECIMAL, Notation, parse_number
from pipeline.ingest.numerals import FACTS, Numerals
from pipeline.ingest.periods import (
    DAY,
    PERIOD,
    Period,
    expected_period,
    first_month,
    parse_days,
    parse_header,
    parse_period,
    parse_year,
)
from pipeline.ingest.source import ElementColumn, Layout
from pipeline.ingest.surroundings import (
    Surroundings,
    elements_named,
    expected_around,
    period_around,
    refuse_ambiguous,
)
from pipeline.ingest.text import normalised
from pipeline.ingest.texts import Texts, encoded

_LARGEST = 10**12 - 1
COUNTED = ("flow", "stock")
_NEARLY = 1e-6
_WORDED = {"month": "a month", "ytd": "months since January", "quarter": "a quarter", "year": "a year"}

CELLS = {
    "row": pl.Int64,
    "column": pl.Int64,
    "element": pl.String,
    "kind": pl.String,
    "area_code": pl.String,
    "period": pl.Date,
    "span": pl.String,
    "text": pl.String,
    "value": pl.Float64,
    "reason": pl.String,
    "found": pl.String,
    "expected": pl.String,
}
_PLACED = ("row", "column", "element", "kind", "area_code", "period", "span")
BLANKS = {name: CELLS[name] for name in _PLACED if name != "kind"}


@dataclass(frozen=True)
class Figures:
    """The cells of some rows, in the columns of CELLS and in their order; and what was passed over on the way.

    `blanks` are blank cells of areas that have another figure in the same month, in the columns of BLANKS.
    """

    cells: pl.DataFrame
    cells_blank: int
    blanks: pl.DataFrame | None
    elements_found: frozenset[int]
    labels_unread: tuple[str, ...]


@dataclass(frozen=True)
class _Named:
    """What names the cells' areas or periods: distinct entries, some by row and some by column.

    A cell's entry is at `of_row[row] * columns + column`, with `columns` 1 where the header says nothing. A text is None
    where nothing is written.
    """

    of_row: np.ndarray
    columns: int
    texts: list[str | None]
    known: list
    expected: list[str]
    paths_of: Callable[[int], Iterable[tuple[str | None, ...]]] = lambda _: ()

    def of_cells(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        entry = self.of_row[row]
        return entry * self.columns + column if self.columns > 1 else entry


@dataclass(frozen=True)
class _Cells:
    """Where some cells stand, and the positions of their names in what `_Names` has."""

    row: np.ndarray
    column: np.ndarray
    element: np.ndarray
    period: np.ndarray
    span: np.ndarray
    area: np.ndarray


@dataclass(frozen=True)
class _Names:
    """What names the cells of some rows. `spans` has one entry for each element and period; `codes` the areas."""

    entries: tuple[ElementColumn, ...]
    elements: np.ndarray
    label_of: np.ndarray
    periods: _Named
    areas: _Named
    spans: list[tuple[str, str]]

    def of(self, row: np.ndarray, column: np.ndarray) -> _Cells:
        element = self.elements[self.label_of[row], column]
        period = self.periods.of_cells(row, column)
        span = element * len(self.periods.known) + period
        return _Cells(row, column, element, period, span, self.areas.of_cells(row, column))

    def has_period(self, cells: _Cells) -> np.ndarray:
        """Whether each cell has a period, and of a span that its element may have."""
        fits = np.array([not wish for _, wish in self.spans], dtype=bool)
        return _are_known(self.periods.known)[cells.period] & fits[cells.span]

    def is_counted(self, cells: _Cells) -> np.ndarray:
        return np.array([entry.element.kind in COUNTED for entry in self.entries], dtype=bool)[cells.element]


def read_figures(
    rows: Rows,
    table: Table,
    around: Surroundings,
    names: AreaNames,
    doubts: tuple[Doubt, ...] = (),
    doubt_of: np.ndarray | None = None,
) -> Figures:
    """Read the figures of rows of one table: rows without titles, totals and the like.

    `doubts` say why the names of some rows do not count; `doubt_of` has the position of that of each row, -1 for none.
    """
    labels, label_of = together([_texts(rows, table.element)], len(rows))
    elements, unread = _elements([label for (label,) in labels], table)
    periods = _periods(rows, table, around)
    areas = _areas(rows, table, around, names)
    entries = table.layout.elements
    spans = [_span(entry, known, table.layout) for entry, known in product(entries, periods.known)]
    named = _Names(entries, elements, label_of, periods, areas, spans)

    parsed = _figures(rows, table)
    is_named = elements[label_of] >= 0
    is_blank = parsed.is_blank & is_named
    cells = named.of(*np.nonzero(~parsed.is_blank & is_named))
    number = parsed.at((cells.row, cells.column))
    written = _written(rows, table, cells)
    value = _in_units(number.value, written, named, cells)
    codes, area = _told_apart_by_month(named, cells, names, around)
    doubt = doubt_of[cells.row] if doubts else np.full(len(value), -1)
    checks = {
        "period": named.has_period(cells),
        "doubt": doubt < 0,
        "area": _are_known(codes)[area],
        "number": _is_number(value, number, named, cells),
    }
    is_right = np.logical_and.reduce(list(checks.values()))
    refusals = None
    if not is_right.all():
        refusals = _refusals(named, cells, written, checks, doubts, doubt, table.notation)
    frame = pl.DataFrame(
        {
            **_placed(rows, table, named, cells, codes, area),
            "text": written,
            "value": pl.Series(value, nan_to_null=True),
            **(refusals or dict.fromkeys(("reason", "found", "expected"), _nothing(len(value)))),
        }
    )
    is_counted = is_right & named.is_counted(cells)
    canonical = {known: number for number, known in enumerate(codes)}
    same = np.array([canonical[known] for known in codes])
    reported = np.unique((same[area] * len(periods.known) + cells.period)[is_counted])
    blanks = None
    if len(reported) and len(codes) and is_blank.any():
        blanks = _blanks(rows, table, named, is_blank, canonical, reported, doubt_of if doubts else None)
    found = frozenset(int(number) for number in np.unique(elements) if number >= 0)
    return Figures(frame, int(is_blank.sum()), blanks, found, unread)


def are_counted(cells: pl.DataFrame) -> np.ndarray:
    """Which cells are of elements that are counted."""
    return encoded(cells["kind"]).where(lambda kind: kind in COUNTED)


def no_cells() -> pl.DataFrame:
    return pl.DataFrame(schema=CELLS)


def _texts(rows: Rows, name: str | None) -> Texts | None:
    return rows.texts(name) if name else None


def _figures(rows: Rows, table: Table) -> Numerals:
    """What the columns of figures hold: of each, a matrix of rows and columns."""
    columns = [rows.numerals(figure.column, table.notation) for figure in table.figures]
    return Numerals(*(np.stack([getattr(column, fact) for column in columns], axis=1) for fact in FACTS))


def _written(rows: Rows, table: Table, cells: _Cells) -> pl.Series:
    """The texts of some cells."""
    height = rows.grid.height
    columns = [rows.grid.frame[figure.column] for figure in table.figures]
    every = pl.concat(columns, rechunk=True) if len(columns) > 1 else columns[0]
    return every[_index(cells.column * height + rows.positions[cells.row])].alias("text")


def _are_known(known: list) -> np.ndarray:
    return np.array([entry is not None for entry in known], dtype=bool)


def _index(positions: np.ndarray) -> np.ndarray:
    return positions.astype(np.uint32)


def _taken(values: list, positions: np.ndarray, kind: pl.DataType) -> pl.Series:
    return pl.Series(values, dtype=kind)[_index(positions)]


def _nothing(length: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String)[np.zeros(length, dtype=np.uint32)]


def _placed(
    rows: Rows, table: Table, named: _Names, cells: _Cells, codes: list[str | None], area: np.ndarray
) -> dict[str, pl.Series]:
    """Where the cells stand and what they are of, in the columns of _PLACED."""
    columns = np.array([int(figure.column) for figure in table.figures])
    element = pl.Series(_index(cells.element))
    return {
        "row": pl.Series(rows.numbers[cells.row]),
        "column": pl.Series(columns[cells.column]),
        "element": pl.Series([entry.element.name for entry in named.entries], dtype=pl.String)[element],
        "kind": pl.Series([entry.element.kind for entry in named.entries], dtype=pl.String)[element],
        "area_code": _taken(codes, area, pl.String),
        "period": _taken([known and known.month for known in named.periods.known], cells.period, pl.Date),
        "span": _taken([worded for worded, _ in named.spans], cells.span, pl.String),
    }


def _blanks(
    rows: Rows,
    table: Table,
    named: _Names,
    is_blank: np.ndarray,
    areas: dict[str | None, int],
    reported: np.ndarray,
    doubt_of: np.ndarray | None,
) -> pl.DataFrame | None:
    """Blank cells of counted elements whose area has an accepted figure of the same month in these rows."""
    if doubt_of is not None:
        is_blank = is_blank & (doubt_of < 0)[:, None]
    cells = named.of(*np.nonzero(is_blank))
    of_area = np.array([-1 if known is None else areas.get(known, -1) for known in named.areas.known])
    area = of_area[cells.area]
    is_told = np.isin(area * len(named.periods.known) + cells.period, reported) & (area >= 0)
    is_told &= named.has_period(cells) & named.is_counted(cells)
    if not is_told.any():
        return None
    cells = _Cells(*(getattr(cells, name)[is_told] for name in (entry.name for entry in fields(_Cells))))
    placed = _placed(rows, table, named, cells, named.areas.known, cells.area)
    return pl.DataFrame({name: placed[name] for name in BLANKS})


def _elements(labels: list[str | None], table: Table) -> tuple[np.ndarray, tuple[str, ...]]:
    """The element of each label and column, -1 for none; and the labels that [elements] does not name."""
    layout = table.layout
    if table.element is None:
        return np.array([[figure.element for figure in table.figures]], dtype=np.int64), ()
    found = np.full((len(labels), len(table.figures)), -1, dtype=np.int64)
    unread = []
    periods = [_header_period(figure.header, layout, layout.any_year) for figure in table.figures]
    for number, label in enumerate(labels):
        named = elements_named(label, layout) if label else []
        if not named:
            unread.append(label or "")
        for column, period in enumerate(periods):
            fitting = named
            if layout.has_periods_in_header and period is not None:
                fitting = [entry for entry in named if takes_span(layout.elements[entry], period, layout)]
            refuse_ambiguous(label or "", fitting, layout, table.place)
            if fitting:
                found[number, column] = fitting[0]
    return found, tuple(filter(None, unread))


def _header_period(header: tuple[str, ...], layout: Layout, year: int | None) -> Period | None:
    text = period_text(header, layout)
    return parse_header(tuple(text.split("/")), year, rules=layout.period_rules) if text else None


def _periods(rows: Rows, table: Table, around: Surroundings) -> _Named:
    layout = table.layout
    keys, of_row = together([_texts(rows, table.period), _texts(rows, table.year)], len(rows))
    rules = layout.period_rules
    known, texts, expected = [], [], []
    for written, year_written in keys:
        year = parse_year(year_written, rules=rules) if year_written else around.year
        if layout.has_periods_in_header:
            for figure in table.figures:
                period, text = _header_period(figure.header, layout, year), "/".join(figure.header)
                known.append(period)
                texts.append(text)
                expected.append("" if period else expected_period(text, year, title=True, rules=rules))
            continue
        if table.period is None:
            text = around.period_text
            period = period_around(text, year, layout) if text else None
            wish = expected_around(text, year, layout) if text and not period else PERIOD
        else:
            text, cut = written, layout.period.cut(written) if written else None
            period = parse_period(cut, year, rules=rules) if cut else None
            wish = expected_period(cut or text, year, rules=rules) if text and not period else PERIOD
        known.append(period)
        texts.append(text)
        expected.append("" if period else wish)
    columns = len(table.figures) if layout.has_periods_in_header else 1
    return _Named(of_row, columns, texts, known, expected)


def _areas(rows: Rows, table: Table, around: Surroundings, names: AreaNames) -> _Named:
    """The areas of rows or columns, by their names alone; a name that several areas share stays unknown."""
    if table.layout.has_areas_in_header:
        return _areas_of_columns(len(rows), table, around, names)
    parts, of_row = together([rows.texts(name) for name in table.area], len(rows))
    parts = parts if table.area else [around.area or ()]
    resolved = [names.resolve(_path(around.within, part)) for part in parts]
    texts = [" ".join(filter(None, part)) or None for part in parts]
    return _Named(
        of_row,
        1,
        texts,
        [code for code, _ in resolved],
        [wish for _, wish in resolved],
        lambda at: (parts[at],),
    )


def _areas_of_columns(rows: int, table: Table, around: Surroundings, names: AreaNames) -> _Named:
    """Each column by the longest part of its header that is an area's name."""
    known, expected, texts = [], [], []
    for figure in table.figures:
        resolved = [(name, *names.resolve(_path(around.within, (name,)))) for name in figure.area]
        name, code, wish = next((entry for entry in resolved if entry[1]), resolved[0])
        known.append(code)
        expected.append(wish)
        texts.append(name if code else "/".join(figure.header))
    return _Named(
        np.zeros(rows, dtype=np.int64),
        len(table.figures),
        texts,
        known,
        expected,
        lambda at: ((name,) for name in table.figures[at].area),
    )


def _path(within: str | None, parts: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """The names from the top down; the area around the table only where the row does not begin with it itself."""
    first = next((part for part in parts if part), "")
    is_said = within is not None and normalised(first).startswith(normalised(within))
    return parts if is_said else (within, *parts)


def _told_apart_by_month(
    named: _Names, cells: _Cells, names: AreaNames, around: Surroundings
) -> tuple[list[str | None], np.ndarray]:
    """The areas there are, and which of them each cell has: a name that former and present areas share is one of them
    in the month of the figure.
    """
    codes, area = list(named.areas.known), cells.area
    missing = ~_are_known(codes)[area] & _are_known(named.periods.known)[cells.period]
    if not missing.any():
        return codes, area
    months = len(named.periods.known)
    pairs, of_cell = np.unique((area * months + cells.period)[missing], return_inverse=True)
    start = len(codes)
    for pair in pairs.tolist():
        at, month = pair // months, named.periods.known[pair % months].month
        tried = (names.resolve(_path(around.within, path), month)[0] for path in named.areas.paths_of(at))
        codes.append(next(filter(None, tried), None))
    area = area.copy()
    found = start + of_cell
    is_found = _are_known(codes)[found]
    area[np.flatnonzero(missing)[is_found]] = found[is_found]
    return codes, area


def _span(entry: ElementColumn, period: Period | None, layout: Layout) -> tuple[str, str]:
    """The span an element's figure covers, and what is expected instead where the period cannot be one."""
    kind = entry.element.kind
    wanted = entry.span or (
        period.span if period and (layout.is_span_as_written or layout.has_periods_in_header) else "month"
    )
    span = "month" if kind == "stock" else wanted
    if period is None or kind in ("stock", "date"):
        return span, ""
    ends = {"quarter": 3, "year": 12}.get(wanted, 1)
    fits = {"quarter": ("quarter", "ytd"), "year": ("year", "ytd")}.get(period.span, tuple(_WORDED))
    if period.span == "ytd" and wanted == "month" and (entry.span is None or layout.period.place == "column"):
        fits = ("ytd",)  # a title may say 1-8月 above a column that source.toml calls one of the month
    if wanted not in fits or period.month.month % ends:
        return span, (
            f"{_WORDED[wanted]}, as source.toml says of {entry.element.name}; "
            f'this is {_WORDED[period.span]} (span = "{period.span}")'
        )
    return span, ""


def _in_units(value: np.ndarray, written: pl.Series, named: _Names, cells: _Cells) -> np.ndarray:
    """Values in ones where the column is in ten-thousands, and days where it holds dates."""
    entries = named.entries
    if any(entry.times != 1 for entry in entries):
        times = np.array([entry.times for entry in entries])[cells.element]
        value = value * times
        whole = np.round(value)
        is_count = named.is_counted(cells) & (np.abs(value - whole) <= _NEARLY) & (times != 1)
        value = np.where(is_count, whole, value)
    if any(entry.element.kind == "date" for entry in entries):
        is_date = np.array([entry.element.kind == "date" for entry in entries])[cells.element]
        known = named.periods.known
        since = _taken([period and first_month(period) for period in known], cells.period[is_date], pl.Date)
        value = value.copy()
        value[is_date] = parse_days(written[_index(np.flatnonzero(is_date))], since).to_numpy()
    return value


def _is_number(value: np.ndarray, number: Numerals, named: _Names, cells: _Cells) -> np.ndarray:
    """Whether a cell holds what its kind of element asks for: a count is whole, not below zero and no share."""
    is_count = (value >= 0) & (value <= _LARGEST) & (value == np.floor(value))
    is_count &= ~number.is_share
    is_whole = np.array([_is_whole_as_written(entry) for entry in named.entries], dtype=bool)[cells.element]
    is_ambiguous = np.where(is_whole, number.is_ambiguous_count, number.is_ambiguous_decimal)
    is_date = np.array([entry.element.kind == "date" for entry in named.entries], dtype=bool)[cells.element]
    return np.where(named.is_counted(cells), is_count, ~np.isnan(value)) & (~is_ambiguous | is_date)


def _is_whole_as_written(entry: ElementColumn) -> bool:
    """Whether the figures of a column stand there as whole numbers: counts in ones, and printed sums of counts."""
    formula = entry.element.equals
    is_sum = formula is not None and not formula.denominator and formula.factor == 1
    return entry.times == 1 and (entry.element.kind in COUNTED or is_sum)


def _number(entry: ElementColumn, text: str, notation: Notation) -> str:
    """What is expected in a cell of an element in place of a text."""
    if entry.element.kind == "date":
        return DAY
    number, is_whole = parse_number(text, notation), _is_whole_as_written(entry)
    if number.is_ambiguous_count if is_whole else number.is_ambiguous_decimal:
        return AMBIGUOUS_COUNT if is_whole else AMBIGUOUS_DECIMAL
    if number.wish:
        return number.wish
    if entry.element.kind == "printed":
        return "a number"
    unit = f", once multiplied by {entry.times:,g}" if entry.times != 1 else ""
    return f"a whole number from 0 to {_LARGEST:,}{unit}"


def _refusals(
    named: _Names,
    cells: _Cells,
    written: pl.Series,
    checks: dict[str, np.ndarray],
    doubts: tuple[Doubt, ...],
    doubt: np.ndarray,
    notation: Notation,
) -> dict[str, pl.Series]:
    """`reason`, `found` and `expected` of each cell by the first check it fails, null where it fails none."""
    failed = np.select([~is_right for is_right in checks.values()], [1, 2, 3, 4], 0)
    wrong = np.flatnonzero(failed)
    failed = failed[wrong]
    area, period, span, element = (
        getattr(cells, name)[wrong] for name in ("area", "period", "span", "element")
    )
    texts = written[_index(wrong)].to_list()
    periods, areas = named.periods, named.areas
    is_date = np.array([entry.element.kind == "date" for entry in named.entries])[element]
    reasons = np.array(["period", "area", "area", "number", "date"])[failed - 1 + (is_date & (failed == 4))]
    beside = np.where(_are_known(areas.texts)[area], None, [f"no name beside {text}" for text in texts])
    found = _by_check(
        failed,
        np.array([text or "nothing" for text in periods.texts], dtype=object)[period],
        np.array([*(entry.found for entry in doubts), None], dtype=object)[doubt[wrong]],
        np.where(_are_known(areas.texts)[area], np.array(areas.texts, dtype=object)[area], beside),
        np.array(texts, dtype=object),
    )
    wishes = zip(named.spans, periods.expected * len(named.entries), strict=True)
    expected = _by_check(
        failed,
        np.array([wish or said for (_, said), wish in wishes], dtype=object)[span],
        np.array([*(entry.expected for entry in doubts), None], dtype=object)[doubt[wrong]],
        np.array(areas.expected, dtype=object)[area],
        np.array(
            [
                _number(named.entries[at], text, notation) if check == len(checks) else None
                for at, text, check in zip(element, texts, failed, strict=True)
            ],
            dtype=object,
        ),
    )
    return {
        name: _nothing(len(written)).scatter(_index(wrong), pl.Series(values.tolist(), dtype=pl.String))
        for name, values in (("reason", reasons), ("found", found), ("expected", expected))
    }


def _by_check(failed: np.ndarray, *said: np.ndarray) -> np.ndarray:
    return np.select([failed == check for check in range(1, len(said) + 1)], said)
