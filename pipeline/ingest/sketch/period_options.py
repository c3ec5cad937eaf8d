"""Where a file says of what month or year it is: in its header, a column, its name, its sheet, its title, its path."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ingest.periods import FOLDER, parse_period, parse_year
from pipeline.ingest.sketch.sniffed_table import SniffedTable
from pipeline.ingest.sketch.table_words import NOT_THE_PERIOD
from pipeline.ingest.values.spelling import normalised

FILE_PERIOD = re.compile(r"\d+|[一二三四五六七八九十]+(?=月|季)")
_YEAR = r"(?<!\d)(?:(?:19|20)\d\d|(?:民国|民國|令和|平成|昭和|중화민국)(?:\d{1,3}|元))"
_WRITTEN_MONTH = re.compile(_YEAR + r"(?:[-_./]|年[-_./]?|년 ?)?(?:0?[1-9]|1[0-2])(?:月|월|(?!\d))")
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[-_./年]?)(?:0?[1-9]|1[0-2])(?:[-_./月]?)(?:[0-2]?\d|3[01])(?!\d)")
_FOUR_DIGITS = r"(\d{4})"
_WRITTEN_YEAR = re.compile(_YEAR + r"(?:年度?|년|(?!\d))")


@dataclass(frozen=True)
class FileTexts:
    """The texts around a table: the path of the file below its source, the name of the sheet and the cells above."""

    path: str
    sheet: str
    above: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def folders(self) -> str:
        return self.path.rpartition("/")[0]


def period_options(table: SniffedTable, texts: FileTexts) -> list[list[str]]:
    """The lines of [period] that may be right, the likeliest first; none where nothing names a month or year."""
    if table.is_wide_by_month:
        lines = ['from = "header"']
        if table.header_span:
            lines.append('span = "as_written"')
        if table.has_years_in_header:
            return [lines]
        return [[*lines, f"year = {year}"] for year in _years(texts)]
    if table.month_column:
        year = f'{{ from = "column", column = {quoted(table.headers[table.period_column])} }}'
        return [
            ['from = "column"', f"column = {quoted(table.headers[table.month_column])}", f"year = {year}"]
        ]
    if table.period_column:
        return _of_column(table, texts)
    return [*_months(texts), *_sheet_without_year(texts), *_whole_years(texts)]


def _of_column(table: SniffedTable, texts: FileTexts) -> list[list[str]]:
    written = table.period_texts()
    lines = ['from = "column"', f"column = {quoted(table.headers[table.period_column])}"]
    after = []
    if any(period.span != "month" for text in written if (period := parse_period(text, 2000))):
        after.append('span = "as_written"')
    if table.is_sparse(table.period_column):
        after.append("fill_down = true")
    if any(parse_period(text, 2000) and not parse_period(text) for text in written):
        return [[*lines, f"year = {year}", *after] for year in _years(texts)]
    return [[*lines, *after]]


def _months(texts: FileTexts) -> list[list[str]]:
    """Places where a month, a quarter or a range of months is named together with its year.

    A title is nearer to the figures than the file's name: where they differ it goes first. A day in the name (20240405)
    is rather the day it was sent.
    """
    said = []
    for where, text in _texts_by_place(texts):
        if (pattern := _cut(text, _WRITTEN_MONTH, is_month=True)) is not None:
            match = re.search(pattern, text) if pattern else None
            month = parse_period(match[0]) if match else parse_period(text, title=True)
            lines = _lines(where, text, pattern)
            lines += ['span = "as_written"'] if month and month.span != "month" else []
            dated = texts.folders if where == "path" else text
            said.append((where, month, _DAY.search(dated) is not None, lines))
    titles = [month for where, month, *_ in said if where == "cell"]
    differing = {where for where, month, *_ in said if titles and month not in titles}
    said.sort(key=lambda entry: (entry[0] in differing, entry[2] and entry[0] != "cell"))
    if differing and said:
        said[0][3][0] += (
            f"  # check: the {next(iter(sorted(differing))).replace('_', ' ')} names another month"
        )
    return [lines for *_, lines in said]


def _sheet_without_year(texts: FileTexts) -> Iterator[list[str]]:
    if parse_period(texts.sheet, 2000, title=True) and not parse_period(texts.sheet, title=True):
        yield from (['from = "sheet_name"', f"year = {year}"] for year in _years(texts))


def _whole_years(texts: FileTexts) -> Iterator[list[str]]:
    for where, text in _texts_by_place(texts):
        if (pattern := _cut(text, _WRITTEN_YEAR, is_month=False)) is not None:
            yield [*_lines(where, text, pattern), 'span = "as_written"']


def _texts_by_place(texts: FileTexts) -> Iterator[tuple[str, str]]:
    yield "file_name", texts.name
    yield "sheet_name", texts.sheet
    yield from (("cell", cell) for cell in texts.above if not NOT_THE_PERIOD.search(normalised(cell)))
    yield "path", texts.path.replace("/", FOLDER)


def _cut(text: str, form: re.Pattern[str], *, is_month: bool) -> str | None:
    """The pattern that cuts the period out of a text: empty where the whole text is understood, None without a period."""
    period = parse_period(text, title=True)
    if period is not None and (period.span != "year") == is_month:
        return ""
    found = list(dict.fromkeys(match[0] for match in form.finditer(text)))
    cut = parse_period(found[0]) if len(found) == 1 else None
    if cut is None or (cut.span != "year") != is_month:
        return None
    return "(" + re.sub(r"\d+", _any_digits, re.escape(found[0])) + ")"


def _any_digits(run: re.Match[str]) -> str:
    return rf"\d{{{len(run[0])}}}" if len(run[0]) > 2 else r"\d+"


def _lines(where: str, text: str, pattern: str) -> list[str]:
    lines = [f'from = "{where}"']
    if where == "cell":
        lines.append(f"contains = {quoted(FILE_PERIOD.sub('*', normalised(text)))}")
    return [*lines, f"pattern = '{pattern}'"] if pattern else lines


def _years(texts: FileTexts) -> Iterator[str]:
    """Places of the year, for a table whose months are written without one."""
    for where, text in _texts_by_place(texts):
        is_understood = parse_year(text, title=True) is not None
        if is_understood or len(set(_WRITTEN_YEAR.findall(text))) == 1:
            yield f"{{ {', '.join(_lines(where, text, '' if is_understood else _FOUR_DIGITS))} }}"


def quoted(text: str) -> str:
    """The text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)
