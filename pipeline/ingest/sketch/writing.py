"""Writes the sections of a source.toml for sniffed tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise

from pipeline.ingest.periods import parse_header, parse_period
from pipeline.ingest.readers import Sheet
from pipeline.ingest.sketch.match_element import ElementMatcher
from pipeline.ingest.sketch.period_options import FILE_PERIOD, FileTexts, quoted
from pipeline.ingest.sketch.sniffed_table import SniffedTable, texts_in
from pipeline.ingest.sketch.table_words import TOTAL, TOTAL_AT_END, is_total
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.spelling import normalised
from pipeline.problems import column_letters

_SECOND_HALF = "下半年"
_NOTE = re.compile(
    r"^(注|[说說]明|[备備][注註]|[资資数數]料?[据]?[来來]源|填[报報]|填表|制表|[审審]核|[单單]位[负負][责責]人|[负負][责責]人|[统統][计計]人|第\d+[页頁])"
)
_BEGINS = re.compile(r"[^\w'\"]{0,2}[^\W\d]{1,12}(?!\w)")
_CUMULATIVE = re.compile(r"累计|\d+[-—~至]\d+月")
_MONTHS_IN_HEADER = re.compile(r"(\d+[-—~至])?\d+月")
_GLOB = re.compile(r"[\[\]?]")


@dataclass(frozen=True)
class Draft:
    """What is to be written of one table: the lines of [period] and [area], and what finds its elements."""

    table: SniffedTable
    period: list[str]
    area: list[str]
    matcher: ElementMatcher


def source_lines(texts: FileTexts, encoding: str, drafts: list[Draft], sheets: list[Sheet]) -> Iterator[str]:
    """The lines of a source.toml for the tables of a file; `texts` are those around the first of them."""
    first, tables = drafts[0], [draft.table for draft in drafts]
    yield f"name.zh = {quoted(_name(texts))}  # what the reports call this source"
    yield f"files = {quoted(_file_pattern(texts, first.table))}"
    if encoding and not encoding.startswith("utf"):
        yield f"encoding = {quoted(encoding)}"
    if len(sheets) > 1 and (pattern := _sheet_patterns(first.table, sheets)):
        yield f"sheets = {pattern}"
    if len(drafts) == 1:
        yield "\n[header]"
        yield f"contains = {quoted(_landmark(first.table))}"
        if first.table.header_rows > 1:
            yield f"rows = {first.table.header_rows}"
    if left_out := _columns_left_out(tables):
        yield "\n[columns]"
        yield f'leave_out = "^({left_out})$"'
    yield from ("\n[period]", *first.period)
    yield from ("\n[area]", *first.area)
    yield from _row_lines(tables)
    if len(drafts) == 1:
        yield from _element_lines(first)
        return
    for draft in drafts:
        landmark = quoted(_landmark(draft.table, tables))
        yield "\n[[parts]]"
        yield f"header = {{ contains = {landmark}, rows = {draft.table.header_rows} }}"
        for name in ("period", "area"):
            own, shared = (set(getattr(one, name)) - {"fill_down = true"} for one in (draft, first))
            if own != shared:
                yield from (f"[parts.{name}]", *getattr(draft, name))
        yield from (re.sub(r"^\n\[", "[parts.", line) for line in _element_lines(draft))


def _name(texts: FileTexts) -> str:
    """The words of the file's name, without its months and numbers."""
    stem = re.sub(r"\.[^.]*$", "", texts.name)
    return re.sub(r"[\d年月_\W]+", " ", stem).strip() or "?"


def _sheet_patterns(table: SniffedTable, sheets: list[Sheet]) -> str:
    """The sheets with the same header, as a pattern or a list; empty where all have it."""
    header = texts_in(table.sheet.grid.slice(table.header, table.header_rows))
    wanted = {normalised(cell) for cell in header if not parse_period(cell, 2000, title=True)}
    height = table.header + table.header_rows
    alike = [
        sheet.name for sheet in sheets if wanted <= set(map(normalised, texts_in(sheet.grid.head(height))))
    ]
    periods = {name: period for name in alike if (period := parse_period(name, 2000, title=True))}
    if table.sheet.name in periods and len(periods) > 1:
        alike = [name for name, period in periods.items() if period.span == "month"] or list(periods)
    if len(alike) == len(sheets):
        return ""
    patterns = list(dict.fromkeys(FILE_PERIOD.sub("*", name) for name in alike))
    others = [sheet.name for sheet in sheets if sheet.name not in alike]
    if len(alike) > 1 and not any(fnmatchcase(other, pattern) for other in others for pattern in patterns):
        alike = patterns
    return quoted(alike[0]) if len(alike) == 1 else f"[{', '.join(map(quoted, alike))}]"


def _columns_left_out(tables: list[SniffedTable]) -> str:
    """Columns of totals beside those of areas or months."""
    wide = (table for table in tables if table.is_wide_by_area or table.is_wide_by_month)
    names = (table.headers[c] for table in wide for c in table.value_columns if c not in table.area_headers)
    return "|".join(dict.fromkeys(name for name in names if is_total(name)))


def _file_pattern(texts: FileTexts, table: SniffedTable) -> str:
    """The name of the file, below its folders, with * for its month and its area."""
    name = texts.path
    while area := area_named(name, table):
        name = name.replace(area, "*")
    return re.sub(r"\*+", "*", FILE_PERIOD.sub("*", _GLOB.sub("*", name)))


def _landmark(table: SniffedTable, tables: Sequence[SniffedTable] = ()) -> str:
    """A text of the first header row by which it is found again, and told from those of other tables."""
    cells = table.first_header
    elsewhere = {cell for other in tables if other is not table for cell in other.first_header}
    if own := [cell for cell in cells if cell not in elsewhere] if tables else []:
        return _MONTHS_IN_HEADER.sub("*月", own[0])
    for column in (*reversed(table.area_columns), table.period_column, table.items):
        text = column and table.grid[column][table.header]
        if text:
            return normalised(text)
    return cells[0] if cells else "*"


def area_options(texts: FileTexts, table: SniffedTable) -> list[list[str]]:
    """The lines of [area] that may be right, the likeliest first."""
    stem = re.sub(r"\.[^.]*$", "", texts.name)
    if table.area_columns:
        columns = f"columns = [{', '.join(quoted(table.headers[column]) for column in table.area_columns)}]"
        within = _within(stem, table)
        block = _block(table) or ("fill_down = true" if _stands_once(table) else "")
        after = [within and f"within = {{ from = \"file_name\", pattern = '{within}' }}", block]
        options = [
            [columns, *level, *filter(None, after)] for level in ([f"level = {quoted(table.level)}"], [])
        ]
        return options if table.is_of_one_level else options[::-1]
    if table.is_wide_by_area:
        levels = [part for part in table.area_parts(table.area_headers[0]) if part]
        return [['from = "header"', f"level = {quoted(levels[-1])}"]]
    if table.area_guess:
        names = dict.fromkeys(table.texts[table.area_guess])
        known = sum(bool(table.names.level_of(name)) for name in names)
        check = f"# check: of its {len(names):,} names {known:,} are in areas.csv; add the others there, or as aliases"
        return [[f"columns = [{quoted(table.headers[table.area_guess])}]", check]]
    in_sheet = area_named(texts.sheet, table)
    place, text = ("sheet_name", texts.sheet) if in_sheet else ("file_name", stem)
    cut = _cut_out(text, in_sheet or area_named(text, table))
    return [[f'from = "{place}"  # check: the whole sheet is of one area', f"pattern = '{cut}'"]]


def _block(table: SniffedTable) -> str:
    """The entry `block`, where the names stand on the same row, not the first, of blocks of equal length; else empty."""
    names = table.rows[table.area_columns[-1]]
    places = names.is_not_null().arg_true().to_list()
    if len(table.area_columns) > 1 or len(places) < 2 or not places[0]:
        return ""
    rows = places[1] - places[0]
    is_even = all(after - before == rows for before, after in pairwise(places))
    if not is_even or places[0] >= rows or len(names) != rows * len(places):
        return ""
    number = places[0] + 1
    name_on = '"last"' if number == rows else '"middle"' if 2 * number == rows + 1 else number
    return f"block = {{ rows = {rows}, name_on = {name_on} }}  # check"


def _stands_once(table: SniffedTable) -> bool:
    """Whether names of areas stand once for several rows, on the first of them."""
    *upper, last = table.area_columns
    if not upper:
        return table.is_sparse(last) and table.rows[last][0] is not None
    return any(len(table.texts[column]) < len(table.texts[last]) * 0.9 for column in upper)


def _within(stem: str, table: SniffedTable) -> str:
    """How the area above is cut out of the file's name, where the names in the rows alone fit several areas."""
    level = AreaNames(table.all_areas, table.level)
    names = dict.fromkeys(table.texts[table.area_columns[-1]])
    is_ambiguous = len(table.area_columns) == 1 and any(
        "fits one area only" in level.resolve((name,))[1] for name in names
    )
    above = area_named(stem, table) if is_ambiguous else ""
    return _cut_out(stem, above) if above else ""


def _cut_out(text: str, part: str) -> str:
    """A regular expression that cuts the part out of texts like this one."""
    if not part:
        return "(.+)"
    before, _, after = text.partition(part)
    group = rf"(\d{{{len(part)}}})" if part.isdecimal() else "(.+)"
    edges = (re.sub(r"\d+", r"\\d+", re.escape(edge)) for edge in (before, after[:1]))
    return "^" + group.join(edges)


def area_named(text: str, table: SniffedTable) -> str:
    """The longest name of an area in a text, or its code, which goes first."""
    names = (name for area in table.all_areas for name in (area.area_code, area.name, *area.aliases))
    found = (name for name in names if name and name in text)
    return max(found, key=lambda name: (name.isdecimal(), len(name)), default="")


def _row_lines(tables: list[SniffedTable]) -> Iterator[str]:
    watched = [text for table in tables for text in table.watched_texts()]
    is_item = {text for table in tables if table.is_long for text in table.written_items}
    texts = [text for text in watched if normalised(text) not in is_item]
    at_begin = "|".join(_beginnings(TOTAL, texts))
    found = (TOTAL_AT_END.search(text) for text in texts if not TOTAL.match(text))
    at_end = "|".join(dict.fromkeys(match[1] for match in found if match))
    totals = "|".join(filter(None, (at_begin and f"^({at_begin})", at_end and f"({at_end})$")))
    notes = "|".join(dict.fromkeys([*_beginnings(_NOTE, texts), *_notes_below(tables)]))
    is_half = any(_SECOND_HALF in text for table in tables for text in table.period_texts())
    left_out = "|".join(filter(None, (notes and f"^({notes})", _SECOND_HALF if is_half else "")))
    if totals or left_out:
        yield "\n[rows]"
    if totals:
        yield f'totals = "{totals}"  # not counted, but held against the rows'
    if left_out:
        yield f"leave_out = '{left_out}'"


def _notes_below(tables: list[SniffedTable]) -> list[str]:
    """How the texts below the last figures of a table begin, unless they begin like notes anyway."""
    texts = (text.strip() for table in tables for text in table.texts_below())
    return [re.escape(found[0]) for text in texts if (found := _BEGINS.match(text)) and not _NOTE.match(text)]


def _beginnings(pattern: re.Pattern[str], texts: list[str]) -> list[str]:
    """What the pattern finds at the beginning of texts, as regular expressions in which any number may stand."""
    found = (match.group(1) for text in texts if (match := pattern.match(text)))
    return list(dict.fromkeys(re.sub(r"\d+", r"\\d+", part) for part in found))


def _element_lines(draft: Draft) -> Iterator[str]:
    """The lines of [element] and [elements]; columns with equal headers are given to no element."""
    table, clashing = draft.table, set[str]()
    if table.is_long:
        yield "\n[element]"
        yield 'from = "column"'
        named_in = [quoted(table.headers[column]) for column in (table.items, table.items_below) if column]
        yield f"columns = [{', '.join(named_in)}]" if table.items_below else f"column = {named_in[0]}"
        if table.is_item_filled_down:
            yield "fill_down = true"
        if not table.is_wide_by_month and not table.is_wide_by_area:
            yield f"value = {quoted(table.headers[table.value_columns[0]])}"
        written = {text: text for text in table.written_items}
    elif table.is_wide_by_month:
        keys, written = [], {}
        for column, period in table.period_headers.items():
            parts = table.headers[column].split("/")
            named = [parse_header((part,), 2000) for part in parts]
            keys.append((_with_stars(parts, named), period))
            others = (part for part, own in zip(parts, named, strict=True) if own is None)
            written[keys[-1][0]] = "/".join(others)
        clashing = {pattern for pattern, period in keys if keys.count((pattern, period)) > 1}
    elif table.is_wide_by_area:
        columns = {column: table.headers[column].split("/") for column in table.area_headers}
        starred = (_with_stars(parts, table.area_parts(column)) for column, parts in columns.items())
        written = {text: text for text in starred}
    else:
        written = {table.headers[column]: table.headers[column] for column in table.value_columns}
    yield "\n[elements]"
    whole, pairs = "", list(written.items())
    spans = f', span = "{table.header_span}"' if table.header_span else ""
    for place, (pattern, text) in enumerate(pairs):
        is_part = text.startswith("其中")
        whole = whole if is_part else text
        has_parts = any(following.startswith("其中") for _, following in pairs[place + 1 : place + 2])
        guess = ""
        if pattern not in clashing:
            words = table.words(f"{whole}/{text}" if is_part else text)
            guess = draft.matcher.element(words, is_whole=has_parts)
        span = ', span = "ytd"' if _CUMULATIVE.search(text) else spans
        span += ", times = 10000" if re.search(r"万人|[（(]万[）)]", text) else ""
        pattern = _MONTHS_IN_HEADER.sub("*月", pattern) or "*"
        entry = f"{{ header = {quoted(pattern)}{span} }}" if span else quoted(pattern)
        yield f"{guess or '# ?'} = {entry}{'  # check' if guess else ''}"
    rest = [c for c in table.value_columns if table.is_wide_by_month and c not in table.period_headers]
    for column in rest:
        yield f"# column {column_letters(int(column))} is not read: {table.headers[column]}"


def _with_stars(parts: Sequence[str], are_named: Sequence[object]) -> str:
    """A header with * for those of its parts that name a period, or an area: */男, 男/*."""
    starred = ("*" if is_named else part for part, is_named in zip(parts, are_named, strict=True))
    return re.sub(r"\*(/\*)+", "*", "/".join(starred))
