"""A sketch of a source.toml, drawn from one file, for the analyst to finish.

What is sure is written as a key, what is a guess bears `# check`, and what nobody could guess is left as a comment with
the headers as they stand. The sketch is read back and tried on the file, and says how much of it would be read.
"""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from pipeline.ingest.extract import Extract, extract
from pipeline.ingest.missing import missing_parts
from pipeline.ingest.names import AreaNames
from pipeline.ingest.numbers import parse_numbers
from pipeline.ingest.periods import parse_header, parse_period, parse_year
from pipeline.ingest.readers import Sheet, read_content
from pipeline.ingest.source import read_source
from pipeline.ingest.text import normalised
from pipeline.problems import ProblemError, column_letters
from pipeline.reference import Area, Element, Reference

_SHEETS_LOOKED_AT = 100
_ROWS_LOOKED_AT = 500
_FEW = 40
_SECOND_HALF = "下半年"
_TOTAL = re.compile(r"^(合[计計]|[总總][计計]|小[计計]|共[计計]|[总總][数數]|全[省市县区]合?[计計]?$)")
_NOTE = re.compile(
    r"^(注|[说說]明|[备備][注註]|[资資数數]料?[据]?[来來]源|填[报報]|填表|制表|[审審]核|[单單]位[负負][责責]人|[负負][责責]人|[统統][计計]人|第\d+[页頁])"
)
_PLACE = re.compile(r"地[区區]|[区區][划劃]|街道|[乡鄉][镇鎮]|[单單]位|^[市州县區区]")
_PLACE_NAME = re.compile(r"([省市州盟旗县縣区區乡鄉镇鎮村里]|街道|办事处)$")
_TIME = re.compile(r"月份|年月|[月日期]$|期[间間]|[时時][间間]|date|month", re.IGNORECASE)
_CUMULATIVE = re.compile(r"累计|\d+[-—~至]\d+月")
_MONTHS_IN_HEADER = re.compile(r"(\d+[-—~至])?\d+月")
_FILE_PERIOD = re.compile(r"\d+|[一二三四五六七八九十]+(?=月|季)")


def sketch(path: Path, reference: Reference) -> str:
    """The text of a source.toml for files like the one at `path`."""
    names = AreaNames(reference.areas)
    content = read_content(path, "detect", ("*",), _SHEETS_LOOKED_AT)
    sheets = [sheet for sheet in content.sheets if sheet.begins and sheet.grid.width > 1]
    first = max((_Seen(sheet, names, reference.areas) for sheet in sheets), key=_Seen.score, default=None)
    if first is None or not first.figures:
        raise ProblemError(
            path.name, "no table with figures", "rows of areas, months or items with numbers in them"
        )
    tables = [first, *_further_tables(first)]
    text = "\n".join(_lines(path, content.encoding, tables, sheets, reference.elements))
    return f"{_tried(text, path, reference)}\n{text}\n"


@dataclass
class _Seen:
    """What a sheet looks like: where its header is, and which columns hold areas, periods, items and figures."""

    sheet: Sheet
    names: AreaNames
    all_areas: tuple[Area, ...]
    area_columns: list[str] = field(default_factory=list)
    level: str = ""
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
        self.headers = {column: self._header_of(column) for column in self.columns}
        has_figures = pl.Series([any(map(_is_number, row[1:])) for row in self.body.rows()], dtype=pl.Boolean)
        self.rows = self.body.filter(has_figures)
        self.texts = {column: [cell for cell in self.rows[column] if cell] for column in self.columns}
        self._find_areas()
        periods = [column for column in self.columns if self._holds_periods(column)]
        self.period_column = next((column for column in periods if column not in self.area_columns), "")
        self.area_guess = next((c for c in self.columns if c not in periods and self._may_hold_areas(c)), "")
        taken = {*self.area_columns, self.period_column}
        self.figures = [
            column for column in self.columns if column not in taken and self._holds_figures(column)
        ]
        self.period_headers = [
            c for c in self.figures if parse_header(tuple(self.headers[c].split("/")), 2000)
        ]
        self.area_headers = [c for c in self.figures if any(self.area_parts(c))]
        others = [c for c in self.columns if c not in {*taken, *self.figures}]
        self.items = next((c for c in others if self._holds_items(c)), "")
        self.items_below = self._lower_items(others[others.index(self.items) + 1 :]) if self.items else ""

    def score(self) -> int:
        return len(self.figures) * (1 + len(self.area_columns) + len(self.area_headers)) * self.body.height

    @property
    def is_wide_by_month(self) -> bool:
        """Whether the headers of the figures name at least three different periods."""
        named = {parse_header(tuple(self.headers[column].split("/")), 2000) for column in self.period_headers}
        return len(named) > 2

    @property
    def is_wide_by_area(self) -> bool:
        return not self.area_columns and len(self.area_headers) > 1

    @property
    def is_long(self) -> bool:
        """Items stand in the rows: in a column, with months, areas or a single figure beside them."""
        return bool(self.items) and (self.is_wide_by_month or self.is_wide_by_area or len(self.figures) == 1)

    def area_parts(self, column: str) -> list[str]:
        """The level of the area that each row of a header names; empty where it names none."""
        return [self.names.level_of(part) for part in self.headers[column].split("/")]

    def is_sparse(self, column: str) -> bool:
        """Whether a text stands once for several rows: on a merged block."""
        return len(self.texts[column]) < self.rows.height * 0.7

    def _next_table(self) -> int | None:
        """Position of the row where words that are not this header's stand over the figures: another header."""
        rows = [row[1:] for row in self.grid.rows()]
        below = self.header + self.header_rows
        own = {normalised(cell) for row in rows[self.header : below] for cell in row if cell}
        figures = [
            place
            for place in range(len(self.columns))
            if any(row[place] and _is_number(row[place]) for row in rows[below : below + 5])
        ]
        for position, row in enumerate(rows[below:], start=below):
            words = [row[place] for place in figures if row[place] and re.search(r"[^\W\d_]", row[place])]
            filled = {normalised(cell) for cell in row if cell}
            if words and len(filled) > 2 and not any(map(_is_number, row)) and not filled <= own:
                return position
        return None

    def _lower_items(self, columns: list[str]) -> str:
        """The column of 其中：男, 女 where items of two levels stand in two columns."""
        likely = (c for c in columns if self.is_sparse(self.items) and self._holds_items(c))
        return next(likely, "")

    def _may_hold_areas(self, column: str) -> bool:
        """Whether a column is headed as areas are, or its texts end as their names do, known or not."""
        texts = [text for text in dict.fromkeys(self.texts[column]) if not _TOTAL.match(normalised(text))]
        if not texts or any(map(_is_number, texts)):
            return False
        alike = sum(bool(_PLACE_NAME.search(text)) for text in texts)
        return alike * 5 > 4 * len(texts) or bool(_PLACE.search(normalised(self.headers[column])))

    def _find_header(self) -> None:
        """The first row with figures ends the header; a row with a single text above it is a title."""
        rows = [row[1:] for row in self.grid.rows()]
        numbers = [sum(map(_is_number, row)) for row in rows]
        most = max(numbers, default=0)
        first = next((n for n, count in enumerate(numbers) if count and 2 * count >= most), 1)
        start = first
        while start > 0 and sum(cell is not None for cell in rows[start - 1]) >= min(
            3, len(self.columns) - 1
        ):
            start -= 1
        if start == first:
            start = max(first - 1, 0)
        self.header, self.header_rows = start, max(min(first - start, 10), 1)

    def _header_of(self, column: str) -> str:
        rows = self.grid.slice(self.header, self.header_rows)
        place = self.columns.index(column)
        parts: list[str] = []
        for number, row in enumerate(rows.rows()):
            cells = row[1:]
            cell = cells[place]
            if cell is None and number < rows.height - 1:
                cell = next((cells[left] for left in range(place, -1, -1) if cells[left]), None)
            if cell and normalised(cell) not in parts:
                parts.append(normalised(cell))
        return "/".join(parts)

    def _find_areas(self) -> None:
        levels: dict[str, str] = {}
        for column in self.columns:
            texts = [text for text in dict.fromkeys(self.texts[column]) if not _TOTAL.match(normalised(text))]
            known = Counter(filter(None, map(self.names.level_of, texts)))
            if known and sum(known.values()) * 2 > len(texts) and not all(map(_is_number, texts)):
                levels[column] = known.most_common(1)[0][0]
        self.area_columns = list(levels)
        self.level = levels[self.area_columns[-1]] if levels else ""

    def _holds_periods(self, column: str) -> bool:
        texts = self.texts[column]
        header = self.headers[column]
        is_headed = _TIME.search(header) and not parse_header(tuple(header.split("/")), 2000)
        if not is_headed and all(text.isdecimal() for text in texts):
            return False
        return bool(texts) and sum(parse_period(text, 2000) is not None for text in texts) * 5 > 4 * len(
            texts
        )

    def _holds_figures(self, column: str) -> bool:
        if not self.texts[column]:
            return False
        parsed = parse_numbers(pl.Series(self.texts[column]))
        known = parsed.filter(~pl.col("is_blank"))
        return known.height > 0 and known["value"].count() * 2 > known.height

    def _holds_items(self, column: str) -> bool:
        distinct = set(self.texts[column])
        return 1 < len(distinct) < min(_FEW, len(self.texts[column]) + 1) and not any(
            map(_is_number, distinct)
        )

    @property
    def written_items(self) -> list[str]:
        """The items as [elements] names them: those of two levels joined by /, without totals."""
        if not self.items_below:
            return list(dict.fromkeys(map(normalised, self.texts[self.items])))
        upper = self.rows[self.items].fill_null(strategy="forward")
        pairs = zip(self.rows[self.items], upper, self.rows[self.items_below], strict=True)
        joined = ("/".join(filter(None, (above if below else own, below))) for own, above, below in pairs)
        return list(dict.fromkeys(filter(None, map(normalised, joined))))

    def period_texts(self) -> list[str]:
        return self.texts[self.period_column] if self.period_column else []

    def watched_texts(self) -> list[str]:
        """Texts by which rows of totals and notes are told: of the first column and those of the areas."""
        return [
            normalised(text)
            for c in dict.fromkeys((self.columns[0], *self.area_columns))
            for text in self.body[c]
            if text
        ]


def _further_tables(first: _Seen) -> Iterator[_Seen]:
    """The tables of other columns below the first of a sheet, each kind once."""
    seen, known = first, [set(first.headers.values())]
    while seen.end is not None:
        seen = _Seen(first.sheet, first.names, first.all_areas, first_row=seen.first_row + seen.end)
        headers = set(seen.headers.values())
        if seen.figures and headers not in known:
            known.append(headers)
            yield seen


def _lines(
    path: Path, encoding: str, tables: list[_Seen], sheets: list[Sheet], elements: dict[str, Element]
) -> Iterator[str]:
    seen = tables[0]
    yield 'name.zh = ""  # what the reports call this source'
    yield f"files = {_quoted(_file_pattern(path, seen))}"
    if encoding and not encoding.startswith("utf"):
        yield f"encoding = {_quoted(encoding)}"
    if len(sheets) > 1 and (pattern := _sheet_patterns(seen, sheets)):
        yield f"sheets = {pattern}"
    if len(tables) == 1:
        yield "\n[header]"
        yield f"contains = {_quoted(_landmark(seen))}"
        if seen.header_rows > 1:
            yield f"rows = {seen.header_rows}"
    if left_out := _columns_left_out(tables):
        yield "\n[columns]"
        yield f'leave_out = "^({left_out})$"'
    shared = list(_period_lines(path, seen)), list(_area_lines(path, seen))
    yield from (line for lines in shared for line in lines)
    yield from _row_lines(tables)
    taken: set[str] = set()
    if len(tables) == 1:
        yield from _element_lines(seen, elements, taken)
        return
    for table in tables:
        yield "\n[[parts]]"
        yield f"header = {{ contains = {_quoted(_landmark(table, tables))}, rows = {table.header_rows} }}"
        own = list(_period_lines(path, table)), list(_area_lines(path, table))
        for lines, known in zip(own, shared, strict=True):
            if set(lines) - {"fill_down = true"} != set(known) - {"fill_down = true"}:
                yield from (line.replace("\n[", "[parts.") for line in lines)
        yield from (re.sub(r"^\n\[", "[parts.", line) for line in _element_lines(table, elements, taken))


def _sheet_patterns(seen: _Seen, sheets: list[Sheet]) -> str:
    """The sheets with the same header, as a pattern or a list; empty where all have it."""

    def heads(sheet: Sheet) -> set[str]:
        rows = sheet.grid.head(seen.header + seen.header_rows).rows()
        return {normalised(cell) for row in rows for cell in row[1:] if cell}

    header = seen.sheet.grid.slice(seen.header, seen.header_rows).rows()
    wanted = {normalised(cell) for row in header for cell in row[1:] if cell and not parse_period(cell, 2000)}
    alike = [sheet.name for sheet in sheets if wanted <= heads(sheet)]
    months = [name for name in alike if parse_period(name, 2000)]
    if parse_period(seen.sheet.name, 2000) and len(months) > 1:
        alike = [name for name in months if parse_period(name, 2000).span == "month"] or months
    if len(alike) == len(sheets):
        return ""
    patterns = list(dict.fromkeys(_FILE_PERIOD.sub("*", name) for name in alike))
    others = [sheet.name for sheet in sheets if sheet.name not in alike]
    if len(alike) > 1 and not any(fnmatchcase(other, pattern) for other in others for pattern in patterns):
        alike = patterns
    return _quoted(alike[0]) if len(alike) == 1 else f"[{', '.join(map(_quoted, alike))}]"


def _columns_left_out(tables: list[_Seen]) -> str:
    """Columns of totals beside those of areas or months."""
    wide = (seen for seen in tables if seen.is_wide_by_area or seen.is_wide_by_month)
    names = (seen.headers[c] for seen in wide for c in seen.figures if c not in seen.area_headers)
    return "|".join(dict.fromkeys(name for name in names if _TOTAL.match(name)))


def _file_pattern(path: Path, seen: _Seen) -> str:
    """The name of the file with * for its month and its area."""
    name = path.name
    while area := _area_named(name, seen):
        name = name.replace(area, "*")
    return re.sub(r"\*+", "*", _FILE_PERIOD.sub("*", name))


def _landmark(seen: _Seen, tables: Sequence[_Seen] = ()) -> str:
    """A text of the first header row by which it is found again, and told from those of other tables."""
    cells = [normalised(cell) for cell in seen.grid.row(seen.header)[1:] if cell]
    elsewhere = {
        normalised(cell)
        for other in tables
        if other is not seen
        for cell in other.grid.row(other.header)[1:]
        if cell
    }
    if own := [cell for cell in cells if cell not in elsewhere] if tables else []:
        return _MONTHS_IN_HEADER.sub("*月", own[0])
    for column in (*reversed(seen.area_columns), seen.period_column, seen.items):
        text = column and seen.grid[column][seen.header]
        if text:
            return normalised(text)
    return cells[0] if cells else "*"


def _period_lines(path: Path, seen: _Seen) -> Iterator[str]:
    yield "\n[period]"
    above = [cell for row in seen.grid.head(seen.header).rows() for cell in row[1:] if cell]
    if seen.is_wide_by_month:
        yield 'from = "header"'
        if not all(parse_header(tuple(seen.headers[column].split("/"))) for column in seen.period_headers):
            yield f"year = {_year_place(path, above)}"
    elif seen.period_column:
        texts = seen.period_texts()
        yield 'from = "column"'
        yield f"column = {_quoted(seen.headers[seen.period_column])}"
        if any(parse_period(text, 2000) and not parse_period(text) for text in texts):
            yield f"year = {_year_place(path, above)}"
        if any(period.span != "month" for text in texts if (period := parse_period(text, 2000))):
            yield 'span = "as_written"'
        if seen.is_sparse(seen.period_column):
            yield "fill_down = true"
    elif _names_month(path.stem):
        yield 'from = "file_name"'
    elif _names_month(seen.sheet.name):
        yield 'from = "sheet_name"'
    elif parse_period(seen.sheet.name, 2000) and seen.sheet.name:
        yield 'from = "sheet_name"'
        yield f"year = {_year_place(path, above)}"
    elif title := next((cell for cell in above if _names_month(cell)), None):
        yield 'from = "cell"'
        yield f"contains = {_quoted(_FILE_PERIOD.sub('*', normalised(title)))}"
    elif parse_period(path.stem):
        yield 'from = "file_name"'
    else:
        yield 'from = "file_name"  # check: no month was found; path, sheet_name, cell or column'


def _names_month(text: str) -> bool:
    """Whether a text names a period, and not only a year."""
    period = parse_period(text)
    return period is not None and period.span != "year"


def _year_place(path: Path, above: list[str]) -> str:
    if parse_year(path.stem) is None:
        for cell in above:
            if parse_year(cell) is not None:
                return f'{{ from = "cell", contains = {_quoted(_FILE_PERIOD.sub("*", normalised(cell)))} }}'
    return '{ from = "file_name" }  # check: where the year stands'


def _area_lines(path: Path, seen: _Seen) -> Iterator[str]:
    yield "\n[area]"
    if seen.area_columns:
        yield f"columns = [{', '.join(_quoted(seen.headers[column]) for column in seen.area_columns)}]"
        yield f"level = {_quoted(seen.level)}"
        if within := _within(path.stem, seen):
            yield f"within = {{ from = \"file_name\", pattern = '{within}' }}"
        upper = seen.area_columns[:-1]
        if any(len(seen.texts[column]) < len(seen.texts[seen.area_columns[-1]]) * 0.9 for column in upper):
            yield "fill_down = true"
    elif seen.is_wide_by_area:
        yield 'from = "header"'
        level = [part for part in seen.area_parts(seen.area_headers[0]) if part][-1]
        yield f"level = {_quoted(level)}"
    elif seen.area_guess:
        names = dict.fromkeys(seen.texts[seen.area_guess])
        known = sum(bool(seen.names.level_of(name)) for name in names)
        yield f"columns = [{_quoted(seen.headers[seen.area_guess])}]"
        yield f"# check: of its {len(names):,} names {known:,} are in areas.csv; add the others there, or as aliases"
    else:
        in_sheet = _area_named(seen.sheet.name, seen)
        place, text = ("sheet_name", seen.sheet.name) if in_sheet else ("file_name", path.stem)
        yield f'from = "{place}"  # check: the whole sheet is of one area'
        yield f"pattern = '{_cut_out(text, in_sheet or _area_named(text, seen))}'"


def _within(stem: str, seen: _Seen) -> str:
    """How the area above is cut out of the file's name, where the names in the rows alone fit several areas."""
    level = AreaNames(seen.all_areas, seen.level)
    names = dict.fromkeys(seen.texts[seen.area_columns[-1]])
    is_ambiguous = len(seen.area_columns) == 1 and any(
        "fits one area only" in level.resolve((name,))[1] for name in names
    )
    above = _area_named(stem, seen) if is_ambiguous else ""
    return _cut_out(stem, above) if above else ""


def _cut_out(text: str, part: str) -> str:
    """A regular expression that cuts the part out of texts like this one."""
    if not part:
        return "(.+)"
    before, _, after = text.partition(part)
    group = rf"(\d{{{len(part)}}})" if part.isdecimal() else "(.+)"
    edges = (re.sub(r"\d+", r"\\d+", re.escape(edge)) for edge in (before, after[:1]))
    return "^" + group.join(edges)


def _area_named(text: str, seen: _Seen) -> str:
    """The longest name of an area in a text, or its code, which goes first."""
    found = [
        name
        for area in seen.all_areas
        for name in (area.area_code, area.name, *area.aliases)
        if name and name in text
    ]
    return max(found, key=lambda name: (name.isdecimal(), len(name)), default="")


def _row_lines(tables: list[_Seen]) -> Iterator[str]:
    watched = [text for seen in tables for text in seen.watched_texts()]
    is_item = {text for seen in tables if seen.is_long for text in seen.written_items}
    texts = [text for text in watched if text not in is_item]
    totals, notes = ("|".join(_beginnings(pattern, texts)) for pattern in (_TOTAL, _NOTE))
    is_half = any(_SECOND_HALF in text for seen in tables for text in seen.period_texts())
    left_out = "|".join(filter(None, (f"^({notes})" if notes else "", _SECOND_HALF if is_half else "")))
    if totals or left_out:
        yield "\n[rows]"
    if totals:
        yield f'totals = "^({totals})"  # not counted, but held against the rows'
    if left_out:
        yield f"leave_out = '{left_out}'"


def _beginnings(pattern: re.Pattern[str], texts: list[str]) -> list[str]:
    """What the pattern finds at the beginning of texts, with any number for a number."""
    found = (match.group(1) for text in texts if (match := pattern.match(text)))
    return list(dict.fromkeys(re.sub(r"\d+", r"\\d+", part) for part in found))


def _element_lines(seen: _Seen, elements: dict[str, Element], taken: set[str]) -> Iterator[str]:
    """Lines on the elements of a table; `taken` are those of the tables before, and grows."""
    if seen.is_long:
        yield "\n[element]"
        yield 'from = "column"'
        columns = [_quoted(seen.headers[column]) for column in (seen.items, seen.items_below) if column]
        yield f"columns = [{', '.join(columns)}]" if seen.items_below else f"column = {columns[0]}"
        if seen.items_below:
            yield "fill_down = true"
        if not seen.is_wide_by_month and not seen.is_wide_by_area:
            yield f"value = {_quoted(seen.headers[seen.figures[0]])}"
        written = seen.written_items
    elif seen.is_wide_by_month:
        written = list(
            dict.fromkeys("/".join(_without_period(seen.headers[column])) for column in seen.period_headers)
        )
    elif seen.is_wide_by_area:
        written = list(dict.fromkeys(_without_areas(seen, column) for column in seen.area_headers))
    else:
        written = [seen.headers[column] for column in seen.figures]
    yield "\n[elements]"
    whole = ""
    for place, text in enumerate(written):
        is_part = text.startswith("其中")
        whole = whole if is_part else text
        has_parts = any(following.startswith("其中") for following in written[place + 1 : place + 2])
        guess = _likeliest(f"{whole}{text}" if is_part else text, elements, taken, is_whole=has_parts)
        key = guess or "# ?"
        taken |= {guess}
        pattern = f"*/{text}" if seen.is_wide_by_month and not seen.is_long and text else text or "*"
        span = ', span = "ytd"' if _CUMULATIVE.search(text) else ""
        span += ", times = 10000" if re.search(r"万人|[（(]万[）)]", text) else ""
        pattern = _MONTHS_IN_HEADER.sub("*月", pattern)
        entry = f"{{ header = {_quoted(pattern)}{span} }}" if span else _quoted(pattern)
        yield f"{key} = {entry}{'  # check' if guess else ''}"
    rest = [c for c in seen.figures if seen.is_wide_by_month and c not in seen.period_headers]
    for column in rest:
        yield f"# column {column_letters(int(column))} is not read: {seen.headers[column]}"


def _without_areas(seen: _Seen, column: str) -> str:
    """A header with * for the areas in it: */男."""
    parts = zip(seen.headers[column].split("/"), seen.area_parts(column), strict=True)
    return re.sub(r"\*(/\*)+", "*", "/".join("*" if level else part for part, level in parts))


def _without_period(header: str) -> tuple[str, ...]:
    return tuple(part for part in header.split("/") if parse_header((part,), 2000) is None)


def _likeliest(text: str, elements: dict[str, Element], taken: set[str], *, is_whole: bool) -> str:
    """The element whose Chinese name shares most with a header; empty where none does."""
    text = text.replace("活产", "出生").replace("分娩", "出生")
    plain = set(re.sub(r"[\d月年累计人数：:，/()（）‰%]|其中|本月|期末", "", text))
    is_rate = bool(re.search(r"率|‰|%", text))
    is_total = is_whole or bool(re.search(r"合计|小计|总计", text))
    best, most = "", 0.5
    for name, element in elements.items():
        label = set(element.labels.zh) - set("人数（）")
        is_printed = element.kind == "printed"
        if name in taken or element.sum_of or (is_rate and not is_printed):
            continue
        likeness = 2 * len(plain & label) / (len(plain) + len(label) or 1) + 0.3 * (
            is_printed and (is_rate or is_total)
        )
        for sex in "男女":
            likeness -= (sex in label) != (sex in plain)
        likeness -= is_printed and not (is_rate or is_total)
        if likeness > most:
            best, most = name, likeness
    return best


def _tried(text: str, path: Path, reference: Reference) -> str:
    """Comment lines on what the sketch would read of the file as it stands."""
    written = tomllib.loads(text)
    if not all(part.get("elements") for part in written.get("parts", [written])):
        return "# A sketch to finish: put elements of elements.toml in place of # ? below; none could be guessed."
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "source.toml").write_text(
            text.replace('name.zh = ""', 'name.zh = "?"'), encoding="utf-8"
        )
        try:
            source = read_source(Path(folder), reference.elements)
        except ProblemError as problem:
            return f"# A sketch to finish. As it stands it cannot be read: {problem.found}; expected {problem.expected}."
    names: Callable[[str], AreaNames] = lambda level: AreaNames(reference.areas, level)  # noqa: E731
    content = read_content(path, source.encoding, source.sheets, source.sheets_at_most)
    extracts: list[Extract] = []
    for sheet in content.sheets:
        if sheet.is_wanted:
            extracts.append(extract(sheet, path.name, source, names, None))
    problems = [problem for part in extracts for problem in part.problems]
    tables = [table for part in extracts for table in part.tables]
    problems += missing_parts(source, path.name, tables, has_problems=bool(problems))
    refused = [row for part in extracts for row in part.cells.drop_nulls("reason").iter_rows(named=True)]
    read = sum(part.cells.height for part in extracts)
    lines = [
        f"# A sketch to finish: {read - len(refused):,} figures of {path.name} would be read, {len(refused):,} refused."
    ]
    lines += [f"# {problem}" for problem in problems[:5]]
    lines += [
        f"# refused: row {row['row']}, column {column_letters(row['column'])}: {row['found']}; expected {row['expected']}"
        for row in refused[:3]
    ]
    return "\n".join(line.replace("\n", " ") for line in lines)


def _is_number(cell: str | None) -> bool:
    return bool(cell) and bool(re.fullmatch(r"[-+]?\d[\d,]*(\.\d+)?([%‰]|[人户例个对件])?", normalised(cell)))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
