"""source.toml: how the files of one source are read. docs/sources.md is its manual."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from functools import lru_cache
from pathlib import Path

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

    place: str
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
        return self.period.place == "header"

    @property
    def has_areas_in_header(self) -> bool:
        return self.area is not None and self.area.place == "header"

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
        received_from=received.place if received else "",
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
    place = f"{path} [[parts]] {number}" if is_own else str(path)
    if part.rows is not None and part.rows.several_per_area != "refuse":
        raise ProblemError(f"{place} [rows]", "several_per_area", "it once for the source, in [rows] above")
    header, columns, rows = (
        part.header or written.header,
        part.columns or written.columns,
        part.rows or written.rows,
    )
    period = _section(part.period or written.period, "period", place)
    area = _section(part.area or written.area, "area", place)
    element = part.element or written.element
    wanted = _section(part.elements or written.elements, "elements", place)
    _check_period(period, f"{place} [period]")
    _check_area(area, f"{place} [area]")
    sheets = _patterns(part.sheets or written.sheets)
    is_wide = period.place == "header" or area.place == "header"
    if element is not None:
        _check_element(element, is_wide, f"{place} [element]")
    return Layout(
        number=number,
        name=f"part {number} ({header.contains if header.contains != '*' else ', '.join(sheets)})"
        if is_own
        else "",
        sheets=sheets,
        is_optional=part.optional,
        header_contains=header.contains,
        header_rows=header.rows,
        columns_left_out=_regex(columns.leave_out, f"{place} [columns] leave_out"),
        rows_left_out=_row_regex(rows.leave_out, f"{place} [rows] leave_out"),
        totals=_row_regex(rows.totals, f"{place} [rows] totals"),
        period=_lookup(period, f"{place} [period]"),
        year=_lookup(period.year, f"{place} [period] year") if period.year else None,
        period_rules=PeriodRules(
            period.year_begins or 0,
            period.shift_months,
            has_bare_months=period.year is not None
            and period.place == "column"
            and any(_CALLED_MONTH.search(name) for name in _patterns(period.column)),
        ),
        is_period_filled_down=period.fill_down,
        is_span_as_written=period.span == "as_written",
        area=_lookup(area, f"{place} [area]") if area.place else None,
        area_columns=tuple(_patterns(column) for column in area.columns),
        area_fixed=area.fixed,
        area_level=area.level,
        area_filled_down=area.fill_down,
        area_block=_block(area, f"{place} [area] block"),
        area_heading=_row_regex(area.heading, f"{place} [area] heading"),
        within=_lookup(area.within, f"{place} [area] within") if area.within else None,
        element=_lookup(element, f"{place} [element]") if element else None,
        element_columns=_columns_of_element(element),
        element_heading=_row_regex(element.heading, f"{place} [element] heading") if element else None,
        value=_patterns(element.value) if element else (),
        is_element_filled_down=element.fill_down if element else False,
        elements=tuple(
            column
            for name, entry in wanted.items()
            for column in _element_columns(name, entry, elements, f"{place} [elements]")
        ),
        notation=_notation(written.numbers, f"{path} [numbers]"),
    )


def _section(section, name: str, place: str):
    if section is None:
        raise ProblemError(place, f"no [{name}]", f"a section [{name}]; docs/sources.md shows it")
    return section


def _check_period(period: source_toml.Period, place: str) -> None:
    for entry, where in ((period, place), (period.year, f"{place} year")):
        if entry is not None and entry.place == "column" and not entry.column:
            raise ProblemError(where, "no `column`", "the header of the column it stands in")
    if period.year is not None and period.year.place == "cell" and not period.year.contains:
        raise ProblemError(f"{place} year", "no `contains`", "what the cell with the year looks like")


def _check_area(area: source_toml.Area, place: str) -> None:
    said = [
        name
        for name, entry in (("columns", area.columns), ("from", area.place), ("fixed", area.fixed))
        if entry
    ]
    if len(said) != 1:
        raise ProblemError(
            place,
            " and ".join(f"`{name}`" for name in said) or "nothing",
            "one of `columns`, `from` and `fixed`",
        )
    for entry, where in ((area, place), (area.within, f"{place} within")):
        if entry is not None and entry.place == "cell" and not entry.contains:
            raise ProblemError(where, "no `contains`", "what the cell with the area looks like")
    if area.heading and len(area.columns) != 1:
        raise ProblemError(
            place, "`heading`", "it beside one column in `columns`, in which the heading stands too"
        )
    if area.within is not None and area.within.place in ("file_name", "path") and not area.within.pattern:
        raise ProblemError(f"{place} within", "no `pattern`", "a regular expression that cuts the area out")


def _block(area: source_toml.Area, place: str) -> Block | None:
    if area.block is None:
        return None
    rows, name_on = area.block.rows, area.block.name_on
    if not area.columns:
        raise ProblemError(place, "`block` without `columns`", "the columns in which the names stand")
    if name_on == "middle" and rows % 2 == 0:
        raise ProblemError(
            place, f"the middle of {rows} rows", f"the number of the row, such as name_on = {rows // 2}"
        )
    number = {"first": 1, "middle": rows // 2 + 1, "last": rows}.get(name_on, name_on)
    if number > rows:
        raise ProblemError(place, f"name_on = {number}", f"a row of the block, from 1 to {rows}")
    return Block(rows, number)


def _check_element(element: source_toml.ElementPlace, is_wide: bool, place: str) -> None:
    if element.place == "column" and bool(element.column) == bool(element.columns):
        found = "`column` and `columns`" if element.column else "no `column`"
        raise ProblemError(
            place, found, "the header of the column that names the element, or `columns` for several"
        )
    if element.heading and (element.place != "column" or len(element.columns) > 1):
        raise ProblemError(place, "`heading`", "it beside one `column`, in which the heading stands too")
    if element.place == "cell" and not element.contains:
        raise ProblemError(place, "no `contains`", "what the cell with the element looks like")
    if not element.value and not is_wide:
        raise ProblemError(place, "no `value`", "the header of the column that holds the figures")


def _notation(numbers: source_toml.Numbers, place: str) -> Notation:
    if numbers.thousands == numbers.decimal is not None:
        raise ProblemError(
            place, f"{numbers.decimal!r} for both", "one sign for thousands, another for decimals"
        )
    return Notation(numbers.decimal or "", numbers.thousands or "", numbers.dash == 0, numbers.marks)


def _columns_of_element(element: source_toml.ElementPlace | None) -> tuple[tuple[str, ...], ...]:
    """Patterns of the columns that name the element of a row, from the top down."""
    if element is None or element.place != "column":
        return ()
    return tuple(_patterns(column) for column in element.columns or [element.column])


def _lookup(
    entry: source_toml.Period
    | source_toml.Year
    | source_toml.Area
    | source_toml.Within
    | source_toml.ElementPlace,
    place: str,
) -> Lookup:
    return Lookup(
        place=entry.place or "",
        columns=_patterns(getattr(entry, "column", "")),
        contains=entry.contains,
        pattern=_regex(entry.pattern, f"{place} pattern"),
    )


def _element_columns(name: str, entry, elements: dict[str, Element], place: str) -> Iterator[ElementColumn]:
    if name not in elements:
        raise ProblemError(place, name, f"an element of elements.toml: {', '.join(elements)}")
    several = isinstance(entry, list) and any(isinstance(column, source_toml.Column) for column in entry)
    columns = entry if several else [entry]
    spans = set()
    for column in columns:
        if several and not isinstance(column, source_toml.Column):
            raise ProblemError(
                f"{place} {name}",
                f"{column!r} beside a table",
                '{ header = "…", span = "…" } for each column',
            )
        column = column if isinstance(column, source_toml.Column) else source_toml.Column(column)
        if column.span in spans:
            raise ProblemError(
                f"{place} {name}",
                f"span {column.span or 'month'!r} twice",
                'another span for each column, or one list of names: header = ["男", "男婴"]',
            )
        spans.add(column.span)
        yield ElementColumn(
            elements[name], _patterns(column.header), column.span, column.times, column.optional
        )


def _files(patterns: tuple[str, ...], path: Path) -> tuple[str, ...]:
    for pattern in patterns:
        if (
            re.match(r"[/\\~]|[A-Za-z]:", pattern)
            or ".." in re.split(r"[/\\]", pattern)
            or not pattern.strip()
        ):
            raise ProblemError(
                f"{path} files",
                repr(pattern),
                f"a pattern below {path.parent.name}/, such as *.xlsx or */*.csv",
            )
    return patterns


def _patterns(entry: Patterns) -> tuple[str, ...]:
    return ((entry,) if entry else ()) if isinstance(entry, str) else tuple(entry)


def _regex(text: str, place: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except re.error as error:
        where = f", which breaks off at character {error.pos + 1}" if error.pos is not None else ""
        raise ProblemError(place, f"{text!r}{where}", "a regular expression") from None


def _row_regex(text: str, place: str) -> re.Pattern[str] | None:
    """A regular expression that is run over whole columns, by an engine without look-around."""
    pattern = _regex(text, place)
    try:
        pl.Series([""]).str.contains(text)
    except pl.exceptions.ComputeError:
        raise ProblemError(place, repr(text), "a regular expression without (?=, (?!, (?< or \\1") from None
    return pattern
