"""What a table of a sheet looks like: where its header is, and what its columns hold."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from pipeline.ingest.periods import Period, parse_header, parse_period
from pipeline.ingest.readers.sheet import Sheet, SheetMarks
from pipeline.ingest.sketch.meaning import meaning
from pipeline.ingest.sketch.table_words import (
    MONTH,
    MONTHLY,
    NOT_THE_PERIOD,
    PLACE,
    PLACE_NAME,
    TIME,
    YEAR,
    YEARLY,
    is_number,
    is_total,
    spaced,
)
from pipeline.ingest.tables.grid import Cells
from pipeline.ingest.tables.header import header_texts
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.numbers import parse_number
from pipeline.ingest.values.spelling import normalised
from pipeline.reference import Area

_ROWS_LOOKED_AT = 500
_FEW = 40


@dataclass
class SniffedTable:
    """What a sheet looks like: where its header is, and which columns hold areas, periods, items and figures."""

    sheet: Sheet
    names: AreaNames
    all_areas: tuple[Area, ...]
    area_columns: list[str] = field(default_factory=list)
    codes_beside: list[str] = field(default_factory=list)
    level: str = ""
    is_of_one_level: bool = True
    header: int = 0
    header_rows: int = 1
    first_row: int = 0
    end: int | None = None

    def __post_init__(self) -> None:
        grid = self.sheet.grid.head(_ROWS_LOOKED_AT).slice(self.first_row)
        self.grid = grid.select(
            "row", *(name for name in grid.columns[1:] if grid[name].null_count() < grid.height)
        )
        self.columns = self.grid.columns[1:]
        self._find_header()
        self.end = self._next_table()
        self.body = self.grid.slice(self.header + self.header_rows, self.end and self.end - self.header)
        self._header_grid = self.grid.slice(self.header, self.header_rows)
        texts = header_texts([row[1:] for row in self._header_grid.rows()], self.columns, 0, SheetMarks())
        self.headers = {
            column: "/".join(dict.fromkeys(map(normalised, parts))) for column, parts in texts.items()
        }
        has_figures = pl.Series([any(map(is_number, row[1:])) for row in self.body.rows()], dtype=pl.Boolean)
        self.rows = self.body.filter(has_figures)
        self.texts = {column: [cell for cell in self.rows[column] if cell] for column in self.columns}
        self._find_areas()
        periods = [column for column in self.columns if self._holds_periods(column)]
        self.period_column = next((column for column in periods if column not in self.area_columns), "")
        self.month_column = self._month_beside_year()
        self.area_guess = next((c for c in self.columns if c not in periods and self._may_hold_areas(c)), "")
        taken = {*self.area_columns, *self.codes_beside, self.period_column, self.month_column}
        self.value_columns = [
            column for column in self.columns if column not in taken and self._holds_figures(column)
        ]
        periods_of_headers = {c: self.header_period(c) for c in self.value_columns}
        self.period_headers = {c: period for c, period in periods_of_headers.items() if period}
        self.area_headers = [c for c in self.value_columns if any(self.area_parts(c))]
        others = [c for c in self.columns if c not in {*taken, *self.value_columns}]
        self.items = next((c for c in others if self._holds_items(c)), "")
        self.items_below = self._lower_items(others[others.index(self.items) + 1 :]) if self.items else ""
        self.is_item_filled_down = bool(self.items_below) and self.is_sparse(self.items)

    def score(self) -> int:
        areas = len(self.area_columns) + len(self.area_headers)
        return len(self.value_columns) * (1 + areas) * self.body.height

    @property
    def is_wide_by_month(self) -> bool:
        """Whether the headers of the figures name at least three different periods, or all of them one or two."""
        named = set(self.period_headers.values())
        if len(named) > 2 or len(self.period_headers) < len(self.value_columns):
            return len(named) > 2
        is_apart = len({period.month for period in named}) > 1
        return is_apart or (self.has_years_in_header and not self.period_column)

    @property
    def has_years_in_header(self) -> bool:
        return all(self.header_period(column, None) for column in self.period_headers)

    def header_period(self, column: str, year: int | None = 2000) -> Period | None:
        """The period that the header of a column names; `year` is that of a header with a month only."""
        return parse_header(tuple(self.headers[column].split("/")), year)

    @property
    def header_span(self) -> str:
        """The span that all headers with a period have, where it is another than a month."""
        spans = {period.span for period in self.period_headers.values()}
        return spans.pop() if self.is_wide_by_month and len(spans) == 1 and spans != {"month"} else ""

    @property
    def is_wide_by_area(self) -> bool:
        return not self.area_columns and len(self.area_headers) > 1

    @property
    def is_long(self) -> bool:
        """Whether rows name the elements: in a column, with months, areas or a single value beside it."""
        has_one_figure_a_row = len(self.value_columns) == 1
        return bool(self.items) and (has_one_figure_a_row or self.is_wide_by_month or self.is_wide_by_area)

    def area_parts(self, column: str) -> list[str]:
        """The level of the area that each row of a header names; empty where it names none."""
        return [self.names.level_of(part) for part in self.headers[column].split("/")]

    def is_sparse(self, column: str) -> bool:
        """Whether a text stands once for several rows: on a merged block."""
        return len(self.texts[column]) < self.rows.height * 0.7

    def _next_table(self) -> int | None:
        """Position of the next header: a row below with words, other than this header's, in the value columns; or None."""
        rows = [row[1:] for row in self.grid.rows()]
        below = self.header + self.header_rows
        own = set(map(normalised, texts_in(self.grid.slice(self.header, self.header_rows))))
        figures = [
            place
            for place, cells in enumerate(zip(*rows[below : below + 5], strict=True))
            if any(map(is_number, cells))
        ]
        for position, row in enumerate(rows[below:], start=below):
            words = [row[place] for place in figures if row[place] and re.search(r"[^\W\d_]", row[place])]
            names = {normalised(cell) for cell in row if cell}
            if words and len(names) > 2 and not any(map(is_number, row)) and not names <= own:
                return position
        return None

    def _lower_items(self, columns: list[str]) -> str:
        """The column of 其中：男, 女 where items of two levels stand in two columns."""
        likely = next((c for c in columns if self._holds_items(c)), "")
        if not likely or self.is_sparse(self.items):
            return likely
        keys = self.rows.select(*self.area_columns, *filter(None, [self.period_column, self.items]))
        return likely if keys.is_duplicated().any() else ""

    def _may_hold_areas(self, column: str) -> bool:
        """Whether a column is headed as areas are, or its texts end as their names do, known or not."""
        texts = [text for text in dict.fromkeys(self.texts[column]) if not is_total(text)]
        if not texts or any(map(is_number, texts)):
            return False
        alike = sum(bool(PLACE_NAME.search(text)) for text in texts)
        return alike * 5 > 4 * len(texts) or bool(PLACE.search(normalised(self.headers[column])))

    def _find_header(self) -> None:
        """The first row with figures ends the header; a row with a single text above it is a title."""
        rows = [row[1:] for row in self.grid.rows()]
        numbers = [0 if self._is_row_of_years(row) else sum(map(is_number, row)) for row in rows]
        most = max(numbers, default=0)
        first = next((n for n, count in enumerate(numbers) if count and 2 * count >= most), 1)
        start = first
        while start > 0 and self._may_head(rows[start - 1], rows[start] if start < first else None):
            start -= 1
        if start == first:
            start = max(first - 1, 0)
        self.header, self.header_rows = start, max(min(first - start, 10), 1)

    def _may_head(self, row: Cells, below: Cells | None) -> bool:
        """Whether a row belongs to the header, given the row `below` it; None where figures stand there.

        Above another row of the header it fills what that leaves empty (a label over two rows), or names what several
        columns share. A row with a label and a value (统计月份：, 2024-03) is a title.
        """
        filled = [cell for cell in row if cell is not None]
        if any(re.search("[:：]", cell) or NOT_THE_PERIOD.search(normalised(cell)) for cell in filled):
            return False
        if below is None:
            return len(filled) >= min(3, len(self.columns) - 1)
        if any(cell is not None and under is None for cell, under in zip(row, below, strict=True)):
            return len(filled) > 1
        groups = [cell for cell in filled if parse_header((cell,), 2000) or self._is_group(cell)]
        return len(groups) > 1 and len(groups) >= len(filled) - len(self.columns) // 2

    def _is_group(self, cell: str) -> bool:
        said = meaning(cell)
        return bool((said.concept or said.sex) and not said.rest)

    def _is_row_of_years(self, row: Cells) -> bool:
        """Whether the numbers of a row are no figures: years one after the other are a header, a month alone is a title."""
        filled = [cell for cell in row if cell is not None]
        if len(filled) == 1 and parse_period(filled[0]):
            return True
        years = [cell for cell in filled if is_number(cell)]
        if len(years) < 2 or not all(YEAR.fullmatch(normalised(year)) for year in years):
            return False
        return list(dict.fromkeys(years)) == sorted(set(years)) and not self.names.level_of(filled[0])

    def _find_areas(self) -> None:
        """Columns that name areas, from the upper level to the lower; of two of one level the one that names more."""
        levels: dict[str, Counter[str]] = {}
        for column in self.columns:
            texts = [text for text in dict.fromkeys(self.texts[column]) if not is_total(text)]
            known = Counter(filter(None, map(self.names.level_of, texts)))
            is_coded = all(map(is_number, texts))
            is_named = sum(known.values()) > len(texts) / 2
            if is_coded:
                is_named = sum(known.values()) == len(texts) and max(map(len, texts), default=0) > 1
            if is_named:
                levels[column] = known
        columns: dict[str, str] = {}
        for column, known in levels.items():
            level = known.most_common(1)[0][0]
            other = columns.get(level)
            if other is None or self._resolved(column) > self._resolved(other):
                columns = {name: one for name, one in columns.items() if name != level} | {level: column}
        self.area_columns = list(columns.values())
        self.codes_beside = [column for column in levels if column not in self.area_columns]
        last = levels[self.area_columns[-1]] if columns else Counter()
        self.level = last.most_common(1)[0][0] if columns else ""
        self.is_of_one_level = len(last) == 1

    def _resolved(self, column: str) -> int:
        """How many of the texts of a column name one area by themselves."""
        return sum(self.names.resolve((text,))[0] is not None for text in dict.fromkeys(self.texts[column]))

    def _holds_periods(self, column: str) -> bool:
        texts = self.texts[column]
        header = self.headers[column]
        is_headed = (TIME.search(header) or YEARLY.search(header)) and not self.header_period(column)
        if not is_headed and all(text.isdecimal() for text in texts):
            return False
        known = sum(parse_period(text, 2000) is not None for text in texts)
        return known * 5 > 4 * len(texts)

    def _month_beside_year(self) -> str:
        """The column of months from 1 to 12 beside a column of years; empty if there is none."""
        years = self.texts[self.period_column] if self.period_column else []
        if not years or not all(YEAR.fullmatch(normalised(year)) for year in years):
            return ""
        called = (column for column in self.columns if MONTHLY.search(self.headers[column]))
        return next((c for c in called if self.texts[c] and all(map(MONTH.fullmatch, self.texts[c]))), "")

    def _holds_figures(self, column: str) -> bool:
        if not self.texts[column]:
            return False
        written = [number for text in self.texts[column] if not (number := parse_number(text)).is_blank]
        return bool(written) and sum(number.value is not None for number in written) * 2 > len(written)

    def _holds_items(self, column: str) -> bool:
        distinct = set(self.texts[column])
        return 1 < len(distinct) < _FEW and not any(map(is_number, distinct))

    def words(self, text: str) -> str:
        """A header or an item with the spaces between its Latin words, which `headers` leave out."""
        items = [text for column in (self.items, self.items_below) if column for text in self.texts[column]]
        spaced_of = {normalised(cell): spaced(cell) for cell in texts_in(self._header_grid) + items}
        return "/".join(spaced_of.get(part, part) for part in text.split("/"))

    @property
    def written_items(self) -> list[str]:
        """The items as [elements] names them: those of two levels joined by /, without totals."""
        if not self.items_below:
            return list(dict.fromkeys(map(normalised, self.texts[self.items])))
        upper = self.rows[self.items].fill_null(strategy="forward")
        pairs = zip(self.rows[self.items], upper, self.rows[self.items_below], strict=True)
        joined = ("/".join(filter(None, (above if below else own, below))) for own, above, below in pairs)
        return list(dict.fromkeys(filter(None, map(normalised, joined))))

    @property
    def first_header(self) -> list[str]:
        """The texts of the first row of the header, without their spaces."""
        return list(map(normalised, texts_in(self.grid.slice(self.header, 1))))

    def above(self) -> list[str]:
        """The cells above the header."""
        return texts_in(self.grid.head(self.header))

    def period_texts(self) -> list[str]:
        return self.texts[self.period_column] if self.period_column else []

    def texts_below(self) -> list[str]:
        """The first texts of the rows below the last figures, as they stand."""
        last = self.rows["row"][-1] if self.rows.height else 0
        rows = (texts_in(row) for row in self.body.filter(pl.col("row") > last).iter_slices(1))
        return [row[0] for row in rows if row]

    def watched_texts(self) -> list[str]:
        """Texts of the first column and the columns of areas, by which rows of totals and notes are recognised."""
        columns = dict.fromkeys((self.columns[0], *self.area_columns))
        return [spaced(text) for column in columns for text in self.body[column] if text]


def texts_in(grid: pl.DataFrame) -> list[str]:
    """The texts of a grid, row by row."""
    return [cell for row in grid.rows() for cell in row[1:] if cell]


def further_tables(first: SniffedTable) -> Iterator[SniffedTable]:
    """Tables with other columns below the first one of a sheet, each kind once."""
    table, known = first, [set(first.headers.values())]
    while table.end is not None:
        table = SniffedTable(first.sheet, first.names, first.all_areas, first_row=table.first_row + table.end)
        headers = set(table.headers.values())
        if table.value_columns and headers not in known:
            known.append(headers)
            yield table
