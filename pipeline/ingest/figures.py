"""The rows of one table to cells: each figure with its element, area, period and span, accepted or refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
import polars as pl

from pipeline.ingest.header import Table, period_text, takes_span
from pipeline.ingest.names import AreaNames
from pipeline.ingest.numbers import AMBIGUOUS_COUNT, AMBIGUOUS_DECIMAL, parse_numbers
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

_LARGEST = 10**12 - 1
COUNTED = ("flow", "stock")
_NEARLY = 1e-6
_REFUSAL = ("reason", "found", "expected")
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


@dataclass(frozen=True)
class Figures:
    """The cells of some rows, in the columns of CELLS and in their order; and what was passed over on the way."""

    cells: pl.DataFrame
    cells_blank: int
    elements_found: frozenset[int]
    labels_unread: tuple[str, ...]


@dataclass(frozen=True)
class _Keys:
    """The distinct texts of some columns of the rows, and which of them each row has."""

    texts: list[tuple[str | None, ...]]
    of_row: np.ndarray


@dataclass(frozen=True)
class _Named:
    """What names the cells' areas or periods: distinct entries, some by row and some by column.

    A cell's entry is at `of_row[row] * columns + column`, with `columns` 1 where the header says nothing.
    """

    of_row: np.ndarray
    columns: int
    texts: list[str | None]
    known: list
    expected: list[str]
    paths: list[list[tuple[str | None, ...]]] = field(default_factory=list)

    def of_cells(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        entry = self.of_row[row]
        return entry * self.columns + column if self.columns > 1 else entry


def read_figures(rows: pl.DataFrame, table: Table, around: Surroundings, names: AreaNames) -> Figures:
    """Read the figures of rows of one table. `rows` is a part of the grid without titles, totals and the like."""
    entries = table.layout.elements
    labels = _keys(rows, [table.element])
    elements, unread = _elements(labels, table)
    notation = replace(table.layout.notation, is_typed=bool(table.place.sheet))
    parsed = parse_numbers(
        pl.concat([rows[figure.column] for figure in table.figures], rechunk=True), notation
    )
    is_named = elements[labels.of_row] >= 0 if table.element else np.True_
    cells_named = int(is_named.sum()) if table.element else len(parsed)
    row, column = np.nonzero(_matrix(~parsed["is_blank"], len(table.figures)) & is_named)
    place = _index(column * rows.height + row)
    element = elements[labels.of_row[row], column] if table.element else elements[0][column]
    periods = _periods(_keys(rows, [table.period, table.year]), table, around)
    period = periods.of_cells(row, column)
    areas = _areas(_keys(rows, table.area), table, around, names)
    area = areas.of_cells(row, column)
    spans = [_span(entry, known, table.layout) for entry, known in product(entries, periods.known)]
    span = element * len(periods.known) + period
    by_element = _index(element)
    cells = pl.DataFrame(
        {
            "row": rows["row"].cast(pl.Int64)[_index(row)],
            "column": _taken([int(figure.column) for figure in table.figures], column, pl.Int64),
            "element": _taken([entry.element.name for entry in entries], by_element, pl.String),
            "kind": _taken([entry.element.kind for entry in entries], by_element, pl.String),
            "area_code": _taken(areas.known, area, pl.String),
            "period": _taken([known and known.month for known in periods.known], period, pl.Date),
            "span": _taken([worded for worded, _ in spans], span, pl.String),
            "text": parsed["text"][place],
            "value": parsed["value"][place],
        }
    )
    cells = _told_apart_by_month(cells, area, areas, names, around)
    cells = _in_units(cells, entries, element, periods, period)
    is_number = _is_number(cells["value"], parsed["is_share"][place], entries, element)
    is_ambiguous = _is_ambiguous(parsed, place, entries, element)
    is_number &= ~is_ambiguous
    is_period = np.array([known is not None for known in periods.known])[period]
    is_period &= np.array([not wish for _, wish in spans], dtype=bool)[span]
    is_right = is_number & is_period
    if None in areas.known:
        is_right &= cells["area_code"].is_not_null().to_numpy()
    wrong = np.flatnonzero(~is_right)
    if len(wrong):
        wishes = [
            expected or wish
            for (_, wish), expected in zip(spans, periods.expected * len(entries), strict=True)
        ]
        said = pl.DataFrame(
            {
                "at": _index(wrong),
                "is_number": is_number[wrong],
                "is_period": is_period[wrong],
                "period_found": _taken(periods.texts, period[wrong], pl.String),
                "period_expected": _taken(wishes, span[wrong], pl.String),
                "area_found": _taken(areas.texts, area[wrong], pl.String),
                "area_expected": _taken(areas.expected, area[wrong], pl.String),
                "number_expected": _taken([_number(entry) for entry in entries], element[wrong], pl.String),
                "number_wish": parsed["wish"][place][_index(wrong)],
                "ambiguity": _taken(
                    [_ambiguity(entry) if entry.element.kind != "date" else None for entry in entries],
                    element[wrong],
                    pl.String,
                ),
                "is_ambiguous": is_ambiguous[wrong],
            }
        ).with_columns(
            number_expected=pl.when("is_ambiguous")
            .then("ambiguity")
            .otherwise(pl.coalesce("number_wish", "number_expected"))
        )
        cells = _with_reasons(cells, said)
    else:
        cells = cells.with_columns(pl.lit(None, pl.String).alias(name) for name in _REFUSAL)
    found = frozenset(int(number) for number in np.unique(elements) if number >= 0)
    return Figures(cells, cells_named - len(row), found, unread)


def no_cells() -> pl.DataFrame:
    return pl.DataFrame(schema=CELLS)


def _matrix(flat: pl.Series, columns: int) -> np.ndarray:
    """A series of columns below one another as a matrix of rows and columns."""
    return flat.to_numpy().reshape(columns, -1).T


def _index(positions: np.ndarray) -> pl.Series:
    return pl.Series(positions.astype(np.uint32))


def _taken(values: list, positions: np.ndarray | pl.Series, kind: pl.DataType) -> pl.Series:
    index = positions if isinstance(positions, pl.Series) else _index(positions)
    return pl.Series(values, dtype=kind)[index]


def _keys(rows: pl.DataFrame, columns: Iterable[str | None]) -> _Keys:
    """The distinct texts of the columns that there are, None for those there are not."""
    columns = list(columns)
    present = list(dict.fromkeys(filter(None, columns)))
    if not present or rows.is_empty():
        return _Keys([(None,) * len(columns)], np.zeros(rows.height, dtype=np.int64))
    begins = np.zeros(rows.height, dtype=bool)
    begins[0] = True
    for name in present:
        begins[1:] |= np.diff(rows[name].rle_id().to_numpy()) != 0
    firsts = _index(np.flatnonzero(begins))
    runs = zip(
        *(rows[name][firsts].to_list() if name else [None] * len(firsts) for name in columns), strict=True
    )
    numbers: dict[tuple[str | None, ...], int] = {}
    of_run = np.array([numbers.setdefault(texts, len(numbers)) for texts in runs])
    return _Keys(list(numbers), of_run[np.cumsum(begins) - 1])


def _elements(labels: _Keys, table: Table) -> tuple[np.ndarray, tuple[str, ...]]:
    """The element of each label and column, -1 for none; and the labels that [elements] does not name."""
    layout = table.layout
    if table.element is None:
        return np.array([[figure.element for figure in table.figures]], dtype=np.int64), ()
    found = np.full((len(labels.texts), len(table.figures)), -1, dtype=np.int64)
    unread = []
    periods = [_header_period(figure.header, layout, layout.any_year) for figure in table.figures]
    for number, (label,) in enumerate(labels.texts):
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


def _periods(keys: _Keys, table: Table, around: Surroundings) -> _Named:
    layout = table.layout
    known, texts, expected = [], [], []
    for written, year_written in keys.texts:
        year = parse_year(year_written, rules=layout.period_rules) if year_written else around.year
        if layout.has_periods_in_header:
            known += [_header_period(figure.header, layout, year) for figure in table.figures]
            texts += ["/".join(figure.header) for figure in table.figures]
            expected += [
                "" if period else expected_period(text, year, title=True, rules=layout.period_rules)
                for period, text in zip(
                    known[-len(table.figures) :], texts[-len(table.figures) :], strict=True
                )
            ]
            continue
        if table.period is None:
            text = around.period_text
            period = period_around(text, year, layout) if text else None
            wish = expected_around(text, year, layout) if text and not period else PERIOD
        else:
            text, cut = written, layout.period.cut(written) if written else None
            period = parse_period(cut, year, rules=layout.period_rules) if cut else None
            wish = (
                expected_period(cut or text, year, rules=layout.period_rules)
                if text and not period
                else PERIOD
            )
        known.append(period)
        texts.append(text)
        expected.append("" if period else wish)
    columns = len(table.figures) if layout.has_periods_in_header else 1
    return _Named(keys.of_row, columns, [text or "nothing" for text in texts], known, expected)


def _is_ambiguous(
    parsed: pl.DataFrame, place: pl.Series, entries: tuple[ElementColumn, ...], element: np.ndarray
) -> np.ndarray:
    """Whether the dot or the comma of a number may mean another thing in its column: 1.000 births, a rate of 1,234."""
    flags = [parsed[name] for name in ("is_ambiguous_count", "is_ambiguous_decimal")]
    if not any(flag.any() for flag in flags):
        return np.zeros(len(element), dtype=bool)
    count, decimal = (flag[place].to_numpy() for flag in flags)
    is_dated = np.array([entry.element.kind == "date" for entry in entries])[element]
    is_whole = np.array([is_whole_as_written(entry) for entry in entries])[element]
    return ~is_dated & np.where(is_whole, count, decimal)


def is_whole_as_written(entry: ElementColumn) -> bool:
    """Whether the figures of a column stand there as whole numbers: counts in ones, and printed sums of counts."""
    formula = entry.element.equals
    is_sum = formula is not None and not formula.denominator and formula.factor == 1
    return entry.times == 1 and (entry.element.kind in COUNTED or is_sum)


def _ambiguity(entry: ElementColumn) -> str:
    return AMBIGUOUS_COUNT if is_whole_as_written(entry) else AMBIGUOUS_DECIMAL


def _areas(keys: _Keys, table: Table, around: Surroundings, names: AreaNames) -> _Named:
    """The areas of rows or columns, by their names alone; a name that several areas share stays unknown."""
    if table.layout.has_areas_in_header:
        return _areas_of_columns(keys, table, around, names)
    parts = keys.texts if table.area else [around.area or ()]
    resolved = [names.resolve(_path(around.within, part)) for part in parts]
    texts = [" ".join(filter(None, part)) or "nothing" for part in parts]
    return _Named(
        keys.of_row,
        1,
        texts,
        [code for code, _ in resolved],
        [wish for _, wish in resolved],
        [[part] for part in parts],
    )


def _areas_of_columns(keys: _Keys, table: Table, around: Surroundings, names: AreaNames) -> _Named:
    """Each column by the longest part of its header that is an area's name."""
    known, expected, texts = [], [], []
    for figure in table.figures:
        resolved = [(name, *names.resolve(_path(around.within, (name,)))) for name in figure.area]
        name, code, wish = next((entry for entry in resolved if entry[1]), resolved[0])
        known.append(code)
        expected.append(wish)
        texts.append(name if code else "/".join(figure.header))
    return _Named(
        np.zeros_like(keys.of_row),
        len(table.figures),
        texts,
        known,
        expected,
        [[(name,) for name in figure.area] for figure in table.figures],
    )


def _path(within: str | None, parts: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """The names from the top down; the area around the table only where the row does not begin with it itself."""
    first = next((part for part in parts if part), "")
    is_said = within is not None and normalised(first).startswith(normalised(within))
    return parts if is_said else (within, *parts)


def _told_apart_by_month(
    cells: pl.DataFrame, area: np.ndarray, areas: _Named, names: AreaNames, around: Surroundings
) -> pl.DataFrame:
    """A name that former and present areas share is one area in the month of the figure."""
    if None not in areas.known:
        return cells
    missing = (cells["area_code"].is_null() & cells["period"].is_not_null()).arg_true()
    months = cells["period"].gather(missing).to_list()
    pairs = list(zip(area[missing.to_numpy()].tolist(), months, strict=True))
    codes: dict[tuple, str | None] = {}
    for at, month in set(pairs):
        tried = (names.resolve(_path(around.within, path), month)[0] for path in areas.paths[at])
        codes[at, month] = next(filter(None, tried), None)
    found = cells["area_code"].scatter(missing, [codes[pair] for pair in pairs])
    return cells.with_columns(area_code=found)


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


def _in_units(
    cells: pl.DataFrame,
    entries: tuple[ElementColumn, ...],
    element: np.ndarray,
    periods: _Named,
    period: np.ndarray,
) -> pl.DataFrame:
    """Values in ones where the column is in ten-thousands, and days where it holds dates."""
    if any(entry.times != 1 for entry in entries):
        times = _taken([entry.times for entry in entries], element, pl.Float64)
        value = cells["value"] * times
        whole = value.round()
        is_close = (value - whole).abs() <= _NEARLY
        is_count = cells["kind"].is_in(COUNTED) & is_close & (times != 1)
        cells = cells.with_columns(
            value=pl.select(pl.when(is_count).then(whole).otherwise(value)).to_series()
        )
    if any(entry.element.kind == "date" for entry in entries):
        dated = (cells["kind"] == "date").arg_true()
        since = _taken([known and first_month(known) for known in periods.known], period, pl.Date)
        days = parse_days(cells["text"].gather(dated), since.gather(dated))
        cells = cells.with_columns(value=cells["value"].scatter(dated, days))
    return cells


def _is_number(
    values: pl.Series, is_share: pl.Series, entries: tuple[ElementColumn, ...], element: np.ndarray
) -> np.ndarray:
    """Whether a cell holds what its kind of element asks for: a count is whole, not below zero and no share."""
    value = values.to_numpy()
    is_count = (value >= 0) & (value <= _LARGEST) & (value == np.floor(value))
    if is_share.any():
        is_count &= ~is_share.to_numpy()
    is_counted = np.array([entry.element.kind in COUNTED for entry in entries])[element]
    return np.where(is_counted, is_count, ~np.isnan(value))


def _number(entry: ElementColumn) -> str:
    """What is expected in a cell of an element."""
    if entry.element.kind == "date":
        return DAY
    if entry.element.kind == "printed":
        return "a number"
    unit = f", once multiplied by {entry.times:,g}" if entry.times != 1 else ""
    return f"a whole number from 0 to {_LARGEST:,}{unit}"


def _with_reasons(cells: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Add `reason`, `found` and `expected`, null for cells that `said` (by position `at`) does not speak of."""
    wrong = cells.select("area_code", "kind", "text").select(pl.all().gather(said["at"])).hstack(said)
    is_date = pl.col("kind") == "date"
    rules = (
        (~pl.col("is_period"), pl.lit("period"), "period"),
        (pl.col("area_code").is_null(), pl.lit("area"), "area"),
        (~pl.col("is_number"), pl.when(is_date).then(pl.lit("date")).otherwise(pl.lit("number")), "number"),
    )
    wrong = wrong.with_columns(number_found="text")
    reason = found = expected = pl.lit(None, pl.String)
    for broken, name, what in reversed(rules):
        reason = pl.when(broken).then(name).otherwise(reason)
        found = pl.when(broken).then(f"{what}_found").otherwise(found)
        expected = pl.when(broken).then(f"{what}_expected").otherwise(expected)
    wrong = wrong.select("at", reason=reason, found=found, expected=expected)
    return cells.with_row_index("at").join(wrong, on="at", how="left", maintain_order="left").drop("at")
