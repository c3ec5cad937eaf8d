"""The headers of a sheet: where they stand, what their columns are called, which of them hold what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipeline.ingest.periods import Period, names_period, parse_header
from pipeline.ingest.source import ElementColumn, Layout, compiled, matches
from pipeline.ingest.text import normalised, spaced
from pipeline.problems import Place, ProblemError, column_letters, shorten

_SEARCHED_ROWS = 40


@dataclass(frozen=True)
class FigureColumn:
    """A column of figures, by its name in the grid, and what its header says.

    `element` is a position in the layout's elements, None where the rows name it; `header` holds the rows of
    a merged header from the top down; `area` are the names an area in the header may have, the longest first:
    a township below its county is named by both.
    """

    column: str
    element: int | None
    header: tuple[str, ...]
    area: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of a sheet: its layout, its columns by their names in the grid ("1", "2", ...).

    Where several columns name the element of a row, `element` is the last and `element_above` those before it.
    """

    layout: Layout
    place: Place
    first_row: int
    area: tuple[str, ...]
    period: str | None
    year: str | None
    element: str | None
    element_above: tuple[str, ...]
    figures: tuple[FigureColumn, ...]
    unread: tuple[str, ...]
    named: frozenset[str]
    headers: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        by_row = (name for name in (self.period, self.year, self.element) if name)
        return (*self.area, *self.element_above, *by_row, *(figure.column for figure in self.figures))

    def is_like(self, other: Table) -> bool:
        """Whether another header names the same things in the same columns: the table goes on below it."""
        columns = ("layout", "area", "period", "year", "element", "element_above", "figures")
        return all(getattr(self, name) == getattr(other, name) for name in columns)


def find_table(
    rows: list[tuple], columns: list[str], layout: Layout, element: int | None, place: Place
) -> Table:
    """Assign the columns below a header of `layout.header_rows` rows (row number first) as source.toml says.

    `element` is the element of the whole table, where the sheet names it. What cannot be found is a
    ProblemError; an element that is not there is none as long as another is.
    """
    first = rows[0][0]
    place = Place(place.file, place.sheet, first)
    parts = _names(rows, columns)
    names = {column: normalised("/".join(header)) for column, header in parts.items() if header}
    if layout.columns_left_out:
        names = {column: name for column, name in names.items() if not layout.columns_left_out.search(name)}
    area = _side_by_side(names, parts, layout.area_columns, place)
    element_columns = _side_by_side(names, parts, layout.element_columns, place)
    by_row = {
        role: _one(names, lookup.columns, place) if lookup and lookup.place == "column" else None
        for role, lookup in (("period", layout.period), ("year", layout.year))
    }
    labels = {*area, *element_columns, *by_row.values()}
    others = {column: name for column, name in names.items() if column not in labels}
    figures = _figures({column: parts[column] for column in others}, others, layout, element, place)
    if not figures:
        raise ProblemError(place, f"columns {_listed(names)}", _wish(layout), "column")
    taken = {figure.column for figure in figures}
    return Table(
        layout=layout,
        place=place,
        first_row=first + layout.header_rows,
        area=area,
        element=element_columns[-1] if element_columns else None,
        element_above=element_columns[:-1],
        figures=tuple(sorted(figures, key=lambda figure: int(figure.column))),
        unread=tuple(name for column, name in others.items() if column not in taken),
        named=frozenset(column for column, header in parts.items() if header or column in labels),
        headers=shorten(", ".join(names.values()), 200),
        **by_row,
    )


def header_rows(grid: pl.DataFrame, layouts: tuple[Layout, ...]) -> Iterator[int]:
    """Positions of the rows that hold a cell as some layout's header does, from the top down."""
    near = grid.head(_SEARCHED_ROWS).rows()
    yield from (at for at, row in enumerate(near) if any(is_headed(row, layout) for layout in layouts))
    patterns = sorted({layout.header_contains for layout in layouts} - {"*"})
    if patterns:
        yield from (_SEARCHED_ROWS + at for at in _alike(grid.slice(_SEARCHED_ROWS), patterns))


def repeated_header_rows(grid: pl.DataFrame, table: Table, layouts: tuple[Layout, ...]) -> Iterator[int]:
    """Positions of rows below a header that may be a header again: no figure stands in them, but its text."""
    patterns = sorted({layout.header_contains for layout in layouts} - {"*"})
    if not patterns or grid.is_empty():
        return
    without_figures = pl.repeat(True, grid.height, eager=True)
    if not any(layout.has_periods_in_header for layout in layouts):
        for figure in table.figures:
            without_figures &= grid[figure.column].cast(pl.Float64, strict=False).is_null()
            if not without_figures.any():
                return
    positions = without_figures.arg_true()
    yield from positions.gather(_alike(grid[positions], patterns))


def is_headed(row: tuple, layout: Layout) -> bool:
    return any(cell and matches(layout.header_contains, cell) for cell in row[1:])


def _alike(grid: pl.DataFrame, patterns: list[str]) -> list[int]:
    """Positions of the rows with a cell that fits one of the patterns of source.toml."""
    loose = "|".join(map(_loose, patterns))
    texts = pl.col(grid.columns[1:])
    return grid.select(pl.any_horizontal(texts.str.contains(loose))).to_series().arg_true().to_list()


def _loose(pattern: str) -> str:
    """A pattern of source.toml as a regular expression on texts as they stand, in any width and spacing."""
    space = r"[\s\u200b\ufeff]*"
    wild = {"*": "(?s:.*)", "?": "(?s:.)"}
    return (
        f"^{space}"
        + space.join(wild.get(char) or _spellings(char) for char in normalised(pattern))
        + f"{space}$"
    )


def _spellings(char: str) -> str:
    wide = chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else ""
    variants = {"台": "臺", "县": "県縣", "区": "區", "乡": "鄉", "镇": "鎮", "-": "—–"}.get(char, "")
    return "[" + re.escape(char) + wide + variants + "]"


def _names(rows: list[tuple], columns: list[str]) -> dict[str, tuple[str, ...]]:
    """The texts above each column, from the top down; upper rows of a merged header reach to the right."""
    filled = [
        _filled_right(cells) if position < len(rows) - 1 else cells
        for position, (_, *cells) in enumerate(rows)
    ]
    return {
        column: tuple(dict.fromkeys(spaced(part) for part in parts if part and spaced(part)))
        for column, *parts in zip(columns, *filled, strict=True)
    }


def _filled_right(cells: list[str | None]) -> list[str | None]:
    filled: list[str | None] = []
    for cell in cells:
        filled.append(cell if cell or not filled else filled[-1])
    return filled


def _figures(
    parts: dict[str, tuple[str, ...]],
    names: dict[str, str],
    layout: Layout,
    element: int | None,
    place: Place,
) -> list[FigureColumn]:
    if layout.has_elements_in_header:
        wanted = [
            (number, column)
            for number, entry in enumerate(layout.elements)
            for column in _columns_of(names, entry, layout, place)
        ]
    else:
        columns = _fitting(names, layout.value) if layout.value else list(names)
        if layout.value and not (layout.has_periods_in_header or layout.has_areas_in_header):
            columns = [_one(names, layout.value, place)]
        wanted = [(element, column) for column in columns]
    figures = [
        FigureColumn(column, number, parts[column], _area_names(parts[column], layout))
        for number, column in wanted
        if _is_figure(parts[column], number, layout)
    ]
    _refuse_twins(figures, layout, place)
    return figures


def _columns_of(names: dict[str, str], entry: ElementColumn, layout: Layout, place: Place) -> list[str]:
    if layout.has_periods_in_header or layout.has_areas_in_header:
        return _fitting(names, entry.headers)
    return [_one(names, entry.headers, place)] if _fitting(names, entry.headers) else []


def _is_figure(header: tuple[str, ...], element: int | None, layout: Layout) -> bool:
    """Whether the header names what the layout reads off it: an area, a period of the span wanted."""
    if layout.has_areas_in_header and not _area_names(header, layout):
        return False
    if not layout.has_periods_in_header:
        return True
    text = period_text(header, layout)
    if text is None:
        return False
    period = parse_header(tuple(text.split("/")), layout.any_year, rules=layout.period_rules)
    if period is None:
        return names_period(text)
    entries = layout.elements if element is None else (layout.elements[element],)
    return any(takes_span(entry, period, layout) for entry in entries)


def period_text(header: tuple[str, ...], layout: Layout) -> str | None:
    """The part of a header that names the period; `pattern` may be written for the text without its blanks."""
    text = "/".join(header)
    return layout.period.cut(text) or layout.period.cut(normalised(text))


def takes_span(entry: ElementColumn, period: Period, layout: Layout) -> bool:
    """Whether an element is read from a column whose header names a period of that span."""
    is_free = entry.span is None and layout.is_span_as_written and entry.element.kind != "stock"
    is_first_quarter = period.month.month == 3 and {period.span, entry.span} == {"quarter", "ytd"}
    return is_free or is_first_quarter or period.span == (entry.span or "month")


def _area_names(header: tuple[str, ...], layout: Layout) -> tuple[str, ...]:
    if not layout.has_areas_in_header:
        return ()
    if layout.area.pattern:
        cut = layout.area.cut("/".join(header))
        return (cut,) if cut else ()
    lengths = range(len(header), 0, -1)
    runs = (header[at : at + length] for length in lengths for at in range(len(header) - length + 1))
    return tuple(dict.fromkeys("".join(run) for run in runs))


def _refuse_twins(figures: list[FigureColumn], layout: Layout, place: Place) -> None:
    """One column is one element's, and no two columns say the same."""
    columns: dict[str, FigureColumn] = {}
    for figure in figures:
        other = columns.setdefault(figure.column, figure)
        if other is not figure:
            both = " and ".join(layout.elements[entry.element].element.name for entry in (other, figure))
            raise ProblemError(
                Place(place.file, place.sheet, place.row, int(figure.column)),
                f"{'/'.join(figure.header)!r}, which fits {both}",
                "a column of one element: make the patterns in [elements] narrower",
                "column",
            )
    seen: dict[tuple, FigureColumn] = {}
    for figure in figures:
        key = (figure.element, figure.header)
        other = seen.setdefault(key, figure)
        if other is not figure:
            raise ProblemError(
                place,
                f"columns {_letters((other.column, figure.column))} all called {'/'.join(figure.header)!r}",
                "one such column",
                "column",
            )


def _wish(layout: Layout) -> str:
    if layout.value:
        patterns: tuple[str, ...] = layout.value
    elif layout.has_elements_in_header:
        patterns = tuple(pattern for entry in layout.elements for pattern in entry.headers)
    else:
        patterns = ()
    called = f" called {' or '.join(map(repr, patterns[:6]))}" if patterns else ""
    what = " whose header names a month" if layout.has_periods_in_header else ""
    return f"a column{called}{what} (add its new name in source.toml)"


def _fitting(names: dict[str, str], patterns: tuple[str, ...]) -> list[str]:
    """Columns whose name, normalised, fits the first pattern that fits any."""
    for pattern in patterns:
        fits = compiled(pattern).match
        if found := [column for column, name in names.items() if fits(name)]:
            return found
    return []


def _side_by_side(
    names: dict[str, str],
    parts: dict[str, tuple[str, ...]],
    wanted: tuple[tuple[str, ...], ...],
    place: Place,
) -> tuple[str, ...]:
    """The columns wanted, in that order; a name given several times is a header merged over as many columns."""
    found: list[str] = []
    for patterns in wanted:
        times = wanted.count(patterns)
        if times == 1:
            found.append(_one(names, patterns, place))
            continue
        fitting = _fitting(names, patterns) or [_one(names, patterns, place)]
        order = list(parts)
        run = order[order.index(fitting[0]) :][:times]
        if len(run) < times or not set(fitting) <= set(run) or any(parts[c] for c in set(run) - set(fitting)):
            raise ProblemError(
                place,
                f"columns {_letters(fitting)} called like {patterns[0]!r}",
                f"{times} columns side by side below that name",
                "column",
            )
        found.append(run[wanted[: len(found)].count(patterns)])
    return tuple(found)


def _one(names: dict[str, str], patterns: tuple[str, ...], place: Place) -> str:
    found = _fitting(names, patterns)
    if len(found) == 1:
        return found[0]
    wanted = " or ".join(repr(pattern) for pattern in patterns)
    if found:
        raise ProblemError(
            place, f"columns {_letters(found)} all called like {wanted}", "one such column", "column"
        )
    raise ProblemError(
        place,
        f"columns {_listed(names)}",
        f"a column called {wanted} (add its new name in source.toml)",
        "column",
    )


def _letters(columns) -> str:
    return ", ".join(column_letters(int(column)) for column in columns)


def _listed(names: dict[str, str]) -> str:
    return shorten(", ".join(names.values()), 200)
