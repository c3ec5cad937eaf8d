"""source.toml: how the files of one source are read. docs/sources.md is its manual."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import polars as pl

from pipeline.ingest import source_toml
from pipeline.ingest.periods import FinancialYear, PeriodRules
from pipeline.ingest.source_toml import Patterns
from pipeline.ingest.values.numbers import Notation
from pipeline.ingest.values.spelling import normalised
from pipeline.problems import ProblemError
from pipeline.reference import Due, Element
from pipeline.toml_files import read_toml
from pipeline.workspace import Words

T = TypeVar("T")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_CALLED_MONTH = re.compile(r"月|month|mth|월|monat|mois", re.IGNORECASE)


@dataclass(frozen=True)
class ElementColumn:
    """Where an element is named (patterns in order of preference), the span it counts and in what unit.

    `span` is None where source.toml says none: then the wording of the period or, without it, a month.
    """

    element: Element
    headers: tuple[str, ...]
    span: str | None = None
    times: float = 1
    is_optional: bool = False


@dataclass(frozen=True)
class Lookup:
    """Where to find a text (file_name, path, sheet_name, cell, column or header), and which part of it counts."""

    where: str
    columns: tuple[str, ...] = ()
    contains: str = ""
    pattern: re.Pattern[str] | None = None

    def cut(self, text: str) -> str | None:
        """The part of a text that `pattern` asks for; None where it does not fit."""
        if self.pattern is None:
            return text
        match = self.pattern.search(text)
        return match.group(match.lastindex or 0) if match else None


@dataclass(frozen=True)
class Block:
    """Names of areas written once for `rows` rows, on row number `name_on` of them, from 1."""

    rows: int
    name_on: int


@dataclass(frozen=True)
class Layout:
    """One kind of table: which sheets it stands in, and where its areas, periods and elements are named."""

    number: int
    name: str
    sheets: tuple[str, ...]
    is_optional: bool
    header_contains: str
    header_rows: int
    columns_left_out: re.Pattern[str] | None
    rows_left_out: re.Pattern[str] | None
    totals: re.Pattern[str] | None
    period: Lookup
    year: Lookup | None
    period_rules: PeriodRules
    is_period_filled_down: bool
    is_span_as_written: bool
    area: Lookup | None
    area_columns: tuple[tuple[str, ...], ...]
    area_fixed: str
    area_level: str
    area_filled_down: bool | str
    area_block: Block | None
    area_heading: re.Pattern[str] | None
    within: Lookup | None
    element: Lookup | None
    element_columns: tuple[tuple[str, ...], ...]
    element_heading: re.Pattern[str] | None
    value: tuple[str, ...]
    is_element_filled_down: bool
    elements: tuple[ElementColumn, ...]
    notation: Notation

    @property
    def any_year(self) -> int | FinancialYear:
        """A year in which a text that names only a month can be tried."""
        return FinancialYear(2000) if self.period_rules.year_begins > 1 else 2000

    @property
    def has_elements_in_header(self) -> bool:
        return self.element is None

    @property
    def has_periods_in_header(self) -> bool:
        return self.period.where == "header"

    @property
    def has_areas_in_header(self) -> bool:
        return self.area is not None and self.area.where == "header"

    def reads(self, sheet: str) -> bool:
        """Whether the layout may stand in a sheet of that name; a text file's only sheet has none."""
        return not sheet or any(fnmatchcase(sheet, pattern) for pattern in self.sheets)


@dataclass(frozen=True)
class SourceDescription:
    """All files of a folder below data/raw: which they are, when they are due, and the layouts in them."""

    name: str
    labels: Words
    files: tuple[str, ...]
    encoding: str
    sheets: tuple[str, ...]
    hidden: str
    sums_rows_of_an_area: bool
    levels: tuple[str, ...]
    due: Due | None
    due_level: str
    every_months: int
    received_from: str
    received_pattern: re.Pattern[str] | None
    sheets_at_most: int
    columns_at_most: int
    parts: tuple[Layout, ...]


def read_source(folder: Path, elements: dict[str, Element]) -> SourceDescription:
    """Read and check the source.toml of a folder below data/raw."""
    path = folder / "source.toml"
    written = read_toml(path, source_toml.Source)
    parts = tuple(
        _layout(number, part, written, elements, path)
        for number, part in enumerate(written.parts or [source_toml.Part()], start=1)
    )
    due, received = written.due, written.received
    levels = (due.level, *(part.area_level for part in parts))
    return SourceDescription(
        name=folder.name,
        labels=written.name,
        files=_files(_patterns(written.files), path),
        encoding=written.encoding,
        sheets=tuple(dict.fromkeys(pattern for part in parts for pattern in part.sheets)),
        hidden=written.hidden,
        sums_rows_of_an_area=written.rows.several_per_area == "sum",
        levels=tuple(dict.fromkeys(filter(None, levels))),
        due=Due(due.day, due.months_after) if due.day else None,
        due_level=due.level,
        every_months=_MONTHS[due.every],
        received_from=received.where if received else "",
        received_pattern=_regex(received.pattern, f"{path} [received] pattern") if received else None,
        sheets_at_most=written.limits.sheets,
        columns_at_most=written.limits.columns,
        parts=parts,
    )


@lru_cache(maxsize=1 << 16)
def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern of source.toml: `*` stands for any text, spaces and widths don't count."""
    return compiled(pattern).match(normalised(text)) is not None


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of source.toml as a regular expression on normalised texts."""
    return re.compile(translate(normalised(pattern).replace("[", "[[]")))


def _layout(
    number: int, part: source_toml.Part, written: source_toml.Source, elements: dict[str, Element], path: Path
) -> Layout:
    """The layout of one part, with the sections it inherits."""
    is_own = bool(written.parts)
    section = f"{path} [[parts]] {number}" if is_own else str(path)
    if part.rows is not None and part.rows.several_per_area != "refuse":
        raise ProblemError(f"{section} [rows]", "several_per_area", "it once for the source, in [rows] above")
    header, columns = part.header or written.header, part.columns or written.columns
    rows = part.rows or written.rows
    period = _required(part.period or written.period, "period", section)
    area = _required(part.area or written.area, "area", section)
    element = part.element or written.element
    wanted = _required(part.elements or written.elements, "elements", section)
    _check_period(period, f"{section} [period]")
    _check_area(area, f"{section} [area]")
    sheets = _patterns(part.sheets or written.sheets)
    is_wide = period.where == "header" or area.where == "header"
    if element is not None:
        _check_element(element, is_wide, f"{section} [element]")
    called = header.contains if header.contains != "*" else ", ".join(sheets)
    has_months_in_column = period.year is not None and period.where == "column"
    is_called_month = any(map(_CALLED_MONTH.search, _patterns(period.column)))
    rules = PeriodRules(
        period.year_begins or 0, period.shift_months, has_months_in_column and is_called_month
    )
    return Layout(
        number=number,
        name=f"part {number} ({called})" if is_own else "",
        sheets=sheets,
        is_optional=part.optional,
        header_contains=header.contains,
        header_rows=header.rows,
        columns_left_out=_regex(columns.leave_out, f"{section} [columns] leave_out"),
        rows_left_out=_row_regex(rows.leave_out, f"{section} [rows] leave_out"),
        totals=_row_regex(rows.totals, f"{section} [rows] totals"),
        period=_lookup(period, f"{section} [period]"),
        year=_lookup(period.year, f"{section} [period] year") if period.year else None,
        period_rules=rules,
        is_period_filled_down=period.fill_down,
        is_span_as_written=period.span == "as_written",
        area=_lookup(area, f"{section} [area]") if area.where else None,
        area_columns=tuple(_patterns(column) for column in area.columns),
        area_fixed=area.fixed,
        area_level=area.level,
        area_filled_down=area.fill_down,
        area_block=_block(area, f"{section} [area] block"),
        area_heading=_row_regex(area.heading, f"{section} [area] heading"),
        within=_lookup(area.within, f"{section} [area] within") if area.within else None,
        element=_lookup(element, f"{section} [element]") if element else None,
        element_columns=_columns_of_element(element),
        element_heading=_row_regex(element.heading, f"{section} [element] heading") if element else None,
        value=_patterns(element.value) if element else (),
        is_element_filled_down=element.fill_down if element else False,
        elements=tuple(
            column
            for name, entry in wanted.items()
            for column in _element_columns(name, entry, elements, f"{section} [elements]")
        ),
        notation=_notation(written.numbers, f"{path} [numbers]"),
    )


def _required(entry: T | None, name: str, section: str) -> T:
    if entry is None:
        raise ProblemError(section, f"no [{name}]", f"a section [{name}]; docs/sources.md shows it")
    return entry


def _check_period(period: source_toml.Period, section: str) -> None:
    for entry, own in ((period, section), (period.year, f"{section} year")):
        if entry is not None and entry.where == "column" and not entry.column:
            raise ProblemError(own, "no `column`", "the header of the column it stands in")
    if period.year is not None and period.year.where == "cell" and not period.year.contains:
        raise ProblemError(f"{section} year", "no `contains`", "what the cell with the year looks like")


def _check_area(area: source_toml.Area, section: str) -> None:
    ways = {"`columns`": area.columns, "`from`": area.where, "`fixed`": area.fixed}
    said = [name for name, entry in ways.items() if entry]
    if len(said) != 1:
        raise ProblemError(section, " and ".join(said) or "nothing", "one of `columns`, `from` and `fixed`")
    for entry, own in ((area, section), (area.within, f"{section} within")):
        if entry is not None and entry.where == "cell" and not entry.contains:
            raise ProblemError(own, "no `contains`", "what the cell with the area looks like")
    if area.heading and len(area.columns) != 1:
        wish = "it beside one column in `columns`, in which the heading stands too"
        raise ProblemError(section, "`heading`", wish)
    if area.within is not None and area.within.where in ("file_name", "path") and not area.within.pattern:
        raise ProblemError(f"{section} within", "no `pattern`", "a regular expression that cuts the area out")


def _block(area: source_toml.Area, section: str) -> Block | None:
    if area.block is None:
        return None
    rows, name_on = area.block.rows, area.block.name_on
    if not area.columns:
        raise ProblemError(section, "`block` without `columns`", "the columns in which the names stand")
    if name_on == "middle" and rows % 2 == 0:
        wish = f"the number of the row, such as name_on = {rows // 2}"
        raise ProblemError(section, f"the middle of {rows} rows", wish)
    named = {"first": 1, "middle": rows // 2 + 1, "last": rows}
    number = named[name_on] if isinstance(name_on, str) else name_on
    if number > rows:
        raise ProblemError(section, f"name_on = {number}", f"a row of the block, from 1 to {rows}")
    return Block(rows, number)


def _check_element(element: source_toml.ElementOfRows, is_wide: bool, section: str) -> None:
    if element.where == "column" and bool(element.column) == bool(element.columns):
        found = "`column` and `columns`" if element.column else "no `column`"
        wish = "the header of the column that names the element, or `columns` for several"
        raise ProblemError(section, found, wish)
    if element.heading and (element.where != "column" or len(element.columns) > 1):
        raise ProblemError(section, "`heading`", "it beside one `column`, in which the heading stands too")
    if element.where == "cell" and not element.contains:
        raise ProblemError(section, "no `contains`", "what the cell with the element looks like")
    if not element.value and not is_wide:
        raise ProblemError(section, "no `value`", "the header of the column that holds the figures")


def _notation(numbers: source_toml.Numbers, section: str) -> Notation:
    if numbers.thousands == numbers.decimal is not None:
        wish = "one sign for thousands, another for decimals"
        raise ProblemError(section, f"{numbers.decimal!r} for both", wish)
    return Notation(numbers.decimal or "", numbers.thousands or "", numbers.dash == 0, numbers.marks)


def _columns_of_element(element: source_toml.ElementOfRows | None) -> tuple[tuple[str, ...], ...]:
    """Patterns of the columns that name the element of a row, from the top down."""
    if element is None or element.where != "column":
        return ()
    return tuple(_patterns(column) for column in element.columns or [element.column])


def _lookup(entry: source_toml.Lookup, section: str) -> Lookup:
    columns, pattern = _patterns(getattr(entry, "column", "")), _regex(entry.pattern, f"{section} pattern")
    return Lookup(entry.where or "", columns, entry.contains, pattern)


def _element_columns(
    name: str, entry: source_toml.ColumnsOfElement, elements: dict[str, Element], section: str
) -> Iterator[ElementColumn]:
    if name not in elements:
        raise ProblemError(section, name, f"an element of elements.toml: {', '.join(elements)}")
    every = entry if isinstance(entry, list) else [entry]
    names = [column for column in every if isinstance(column, str)]
    columns = [column for column in every if isinstance(column, source_toml.Column)]
    if names and columns:
        expected = '{ header = "…", span = "…" } for each column'
        raise ProblemError(f"{section} {name}", f"{names[0]!r} beside a table", expected)
    columns = columns or [source_toml.Column(names)]
    spans = set()
    for column in columns:
        headers = _patterns(column.header)
        if column.span in spans:
            wish = 'another span for each column, or one list of names: header = ["男", "男婴"]'
            raise ProblemError(f"{section} {name}", f"span {column.span or 'month'!r} twice", wish)
        spans.add(column.span)
        yield ElementColumn(elements[name], headers, column.span, column.times, column.optional)


def _files(patterns: tuple[str, ...], path: Path) -> tuple[str, ...]:
    for pattern in patterns:
        is_elsewhere = re.match(r"[/\\~]|[A-Za-z]:", pattern) or ".." in re.split(r"[/\\]", pattern)
        if is_elsewhere or not pattern.strip():
            wish = f"a pattern below {path.parent.name}/, such as *.xlsx or */*.csv"
            raise ProblemError(f"{path} files", repr(pattern), wish)
    return patterns


def _patterns(entry: Patterns) -> tuple[str, ...]:
    return ((entry,) if entry else ()) if isinstance(entry, str) else tuple(entry)


def _regex(text: str, section: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except re.error as error:
        where = f", which breaks off at character {error.pos + 1}" if error.pos is not None else ""
        raise ProblemError(section, f"{text!r}{where}", "a regular expression") from None


def _row_regex(text: str, section: str) -> re.Pattern[str] | None:
    """A regular expression that is run over whole columns, by an engine without look-around."""
    pattern = _regex(text, section)
    try:
        pl.Series([""]).str.contains(text)
    except pl.exceptions.ComputeError:
        raise ProblemError(section, repr(text), "a regular expression without (?=, (?!, (?< or \\1") from None
    return pattern
