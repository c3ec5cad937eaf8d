"""The sections of a source.toml for tables that were seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.ingest.names import AreaNames
from pipeline.ingest.periods import parse_header, parse_period, parse_year
from pipeline.ingest.readers import Sheet
from pipeline.ingest.sketch.likeliest import likeliest_element
from pipeline.ingest.sketch.seen import SeenTable
from pipeline.ingest.text import normalised
from pipeline.problems import column_letters
from pipeline.reference import Element

_SECOND_HALF = "下半年"
_TOTAL = re.compile(r"^(合[计計]|[总總][计計]|小[计計]|共[计計]|[总總][数數]|全[省市县区]合?[计計]?$)")
_NOTE = re.compile(
    r"^(注|[说說]明|[备備][注註]|[资資数數]料?[据]?[来來]源|填[报報]|填表|制表|[审審]核|[单單]位[负負][责責]人|[负負][责責]人|[统統][计計]人|第\d+[页頁])"
)
_CUMULATIVE = re.compile(r"累计|\d+[-—~至]\d+月")
_MONTHS_IN_HEADER = re.compile(r"(\d+[-—~至])?\d+月")
_FILE_PERIOD = re.compile(r"\d+|[一二三四五六七八九十]+(?=月|季)")


def source_lines(
    path: Path, encoding: str, tables: list[SeenTable], sheets: list[Sheet], elements: dict[str, Element]
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


def _sheet_patterns(seen: SeenTable, sheets: list[Sheet]) -> str:
    """The sheets with the same header, as a pattern or a list; empty where all have it."""

    def heads(sheet: Sheet) -> set[str]:
        rows = sheet.grid.head(seen.header + seen.header_rows).rows()
        return {normalised(cell) for row in rows for cell in row[1:] if cell}

    header = seen.sheet.grid.slice(seen.header, seen.header_rows).rows()
    wanted = {
        normalised(cell)
        for row in header
        for cell in row[1:]
        if cell and not parse_period(cell, 2000, title=True)
    }
    alike = [sheet.name for sheet in sheets if wanted <= heads(sheet)]
    months = [name for name in alike if parse_period(name, 2000, title=True)]
    if parse_period(seen.sheet.name, 2000, title=True) and len(months) > 1:
        alike = [name for name in months if parse_period(name, 2000, title=True).span == "month"] or months
    if len(alike) == len(sheets):
        return ""
    patterns = list(dict.fromkeys(_FILE_PERIOD.sub("*", name) for name in alike))
    others = [sheet.name for sheet in sheets if sheet.name not in alike]
    if len(alike) > 1 and not any(fnmatchcase(other, pattern) for other in others for pattern in patterns):
        alike = patterns
    return _quoted(alike[0]) if len(alike) == 1 else f"[{', '.join(map(_quoted, alike))}]"


def _columns_left_out(tables: list[SeenTable]) -> str:
    """Columns of totals beside those of areas or months."""
    wide = (seen for seen in tables if seen.is_wide_by_area or seen.is_wide_by_month)
    names = (seen.headers[c] for seen in wide for c in seen.figures if c not in seen.area_headers)
    return "|".join(dict.fromkeys(name for name in names if _TOTAL.match(name)))


def _file_pattern(path: Path, seen: SeenTable) -> str:
    """The name of the file with * for its month and its area."""
    name = path.name
    while area := _area_named(name, seen):
        name = name.replace(area, "*")
    return re.sub(r"\*+", "*", _FILE_PERIOD.sub("*", name))


def _landmark(seen: SeenTable, tables: Sequence[SeenTable] = ()) -> str:
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


def _period_lines(path: Path, seen: SeenTable) -> Iterator[str]:
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
    elif parse_period(seen.sheet.name, 2000, title=True) and seen.sheet.name:
        yield 'from = "sheet_name"'
        yield f"year = {_year_place(path, above)}"
    elif title := next((cell for cell in above if _names_month(cell)), None):
        yield 'from = "cell"'
        yield f"contains = {_quoted(_FILE_PERIOD.sub('*', normalised(title)))}"
    elif parse_period(path.stem, title=True):
        yield 'from = "file_name"'
    else:
        yield 'from = "file_name"  # check: no month was found; path, sheet_name, cell or column'


def _names_month(text: str) -> bool:
    """Whether a text names a period, and not only a year."""
    period = parse_period(text, title=True)
    return period is not None and period.span != "year"


def _year_place(path: Path, above: list[str]) -> str:
    if parse_year(path.stem, title=True) is None:
        for cell in above:
            if parse_year(cell, title=True) is not None:
                return f'{{ from = "cell", contains = {_quoted(_FILE_PERIOD.sub("*", normalised(cell)))} }}'
    return '{ from = "file_name" }  # check: where the year stands'


def _area_lines(path: Path, seen: SeenTable) -> Iterator[str]:
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


def _within(stem: str, seen: SeenTable) -> str:
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


def _area_named(text: str, seen: SeenTable) -> str:
    """The longest name of an area in a text, or its code, which goes first."""
    found = [
        name
        for area in seen.all_areas
        for name in (area.area_code, area.name, *area.aliases)
        if name and name in text
    ]
    return max(found, key=lambda name: (name.isdecimal(), len(name)), default="")


def _row_lines(tables: list[SeenTable]) -> Iterator[str]:
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


def _element_lines(seen: SeenTable, elements: dict[str, Element], taken: set[str]) -> Iterator[str]:
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
        guess = likeliest_element(f"{whole}{text}" if is_part else text, elements, taken, is_whole=has_parts)
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


def _without_areas(seen: SeenTable, column: str) -> str:
    """A header with * for the areas in it: */男."""
    parts = zip(seen.headers[column].split("/"), seen.area_parts(column), strict=True)
    return re.sub(r"\*(/\*)+", "*", "/".join("*" if level else part for part, level in parts))


def _without_period(header: str) -> tuple[str, ...]:
    return tuple(part for part in header.split("/") if parse_header((part,), 2000) is None)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
