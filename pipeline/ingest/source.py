"""source.toml: how the files of one source are read. docs/sources.md is its manual."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from pipeline.ingest import source_toml
from pipeline.ingest.periods import FinancialYear, PeriodRules
from pipeline.ingest.source_toml import Patterns
from pipeline.ingest.values.numbers import Notation
from pipeline.ingest.values.spelling import normalised
from pipeline.problems import ProblemError
from pipeline.reference import Element
from pipeline.toml_files import read_toml

T = TypeVar("T")
_CALLED_MONTH = re.compile(r"月|month|mth|월|monat|mois", re.IGNORECASE)


@dataclass(frozen=True)
class ElementColumn:
    """Where an element is named (patterns in order of preference), the span it counts and in what unit.

    `span` is None where source.toml says none: then the wording of the period or, without it, a month.
    """

    element: Element
    headers: Patterns
    span: str | None = None
    times: float = 1
    is_optional: bool = False


@dataclass(frozen=True)
class Layout:
    """One kind of table: which sheets it stands in, and the sections that say where all is named."""

    number: int
    name: str
    is_optional: bool
    sheets: Patterns
    header: source_toml.Header
    columns: source_toml.Columns
    rows: source_toml.Rows
    period: source_toml.Period
    area: source_toml.Area
    element: source_toml.ElementOfRows | None
    elements: tuple[ElementColumn, ...]
    notation: Notation

    @cached_property
    def period_rules(self) -> PeriodRules:
        """How its periods are read: a bare 8 is August in a column called month, beside one of years."""
        period = self.period
        is_called_month = any(map(_CALLED_MONTH.search, period.column))
        has_months_in_column = period.year is not None and period.where == "column" and is_called_month
        return PeriodRules(period.year_begins or 0, period.shift_months, has_months_in_column)

    @property
    def any_year(self) -> int | FinancialYear:
        """A year in which a text that names only a month can be tried."""
        return FinancialYear(2000) if (self.period.year_begins or 0) > 1 else 2000

    @property
    def value(self) -> Patterns:
        """What the columns of figures are called, where rows name the elements."""
        return self.element.value if self.element else Patterns()

    @property
    def has_elements_in_header(self) -> bool:
        return self.element is None

    @property
    def has_periods_in_header(self) -> bool:
        return self.period.where == "header"

    @property
    def has_areas_in_header(self) -> bool:
        return self.area.where == "header"

    def reads(self, sheet: str) -> bool:
        """Whether the layout may stand in a sheet of that name; a text file's only sheet has none."""
        return not sheet or any(fnmatchcase(sheet, pattern) for pattern in self.sheets)


@dataclass(frozen=True)
class SourceDescription:
    """All files of a folder below data/raw: what its source.toml says of them, and the layouts in them."""

    name: str
    toml: source_toml.Source
    parts: tuple[Layout, ...]

    @property
    def sheets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(pattern for part in self.parts for pattern in part.sheets))

    @property
    def levels(self) -> set[str]:
        """The levels of areas that it names."""
        return {self.toml.due.level, *(part.area.level for part in self.parts)} - {""}


def read_source(folder: Path, elements: dict[str, Element]) -> SourceDescription:
    """Read and check the source.toml of a folder below data/raw."""
    path = folder / "source.toml"
    toml = read_toml(path, source_toml.Source, source_toml.decoded)
    _check_files(toml.files, path)
    if toml.received:
        _check_regex(toml.received.pattern, f"{path} [received] pattern")
    parts = enumerate(toml.parts or [source_toml.Part()], start=1)
    return SourceDescription(
        folder.name, toml, tuple(_layout(number, part, toml, elements, path) for number, part in parts)
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
    number: int, part: source_toml.Part, toml: source_toml.Source, elements: dict[str, Element], path: Path
) -> Layout:
    """The layout of one part, with the sections it inherits."""
    is_own = bool(toml.parts)
    section = f"{path} [[parts]] {number}" if is_own else str(path)
    if part.rows is not None and part.rows.several_per_area != "refuse":
        raise ProblemError(f"{section} [rows]", "several_per_area", "it once for the source, in [rows] above")
    header, sheets = part.header or toml.header, part.sheets or toml.sheets
    period = _required(part.period or toml.period, "period", section)
    area = _required(part.area or toml.area, "area", section)
    wanted = _required(part.elements or toml.elements, "elements", section)
    called = header.contains if header.contains != "*" else ", ".join(sheets)
    layout = Layout(
        number=number,
        name=f"part {number} ({called})" if is_own else "",
        is_optional=part.optional,
        sheets=sheets,
        header=header,
        columns=part.columns or toml.columns,
        rows=part.rows or toml.rows,
        period=period,
        area=area,
        element=part.element or toml.element,
        elements=tuple(
            column
            for name, entry in wanted.items()
            for column in _element_columns(name, entry, elements, f"{section} [elements]")
        ),
        notation=_notation(toml.numbers, f"{path} [numbers]"),
    )
    _check_regex(layout.columns.leave_out, f"{section} [columns] leave_out")
    _check_regex(layout.rows.leave_out, f"{section} [rows] leave_out")
    _check_regex(layout.rows.totals, f"{section} [rows] totals")
    _check_period(layout.period, f"{section} [period]")
    _check_area(layout.area, f"{section} [area]")
    if layout.element is not None:
        is_wide = layout.has_periods_in_header or layout.has_areas_in_header
        _check_element(layout.element, is_wide, f"{section} [element]")
    return layout


def _required(entry: T | None, name: str, section: str) -> T:
    if entry is None:
        raise ProblemError(section, f"no [{name}]", f"a section [{name}]; docs/sources.md shows it")
    return entry


def _check_lookup(lookup: source_toml.Lookup, what: str, section: str) -> None:
    if lookup.where == "cell" and not lookup.contains:
        raise ProblemError(section, "no `contains`", f"what the cell with the {what} looks like")
    _check_regex(lookup.pattern, f"{section} pattern")


def _check_period(period: source_toml.Period, section: str) -> None:
    for entry, own in ((period, section), (period.year, f"{section} year")):
        if entry is not None and entry.where == "column" and not entry.column:
            raise ProblemError(own, "no `column`", "the header of the column it stands in")
    _check_regex(period.pattern, f"{section} pattern")
    if period.year is not None:
        _check_lookup(period.year, "year", f"{section} year")


def _check_area(area: source_toml.Area, section: str) -> None:
    ways = {"`columns`": area.columns, "`from`": area.where, "`fixed`": area.fixed}
    said = [name for name, entry in ways.items() if entry]
    if len(said) != 1:
        raise ProblemError(section, " and ".join(said) or "nothing", "one of `columns`, `from` and `fixed`")
    _check_lookup(area, "area", section)
    _check_regex(area.heading, f"{section} heading")
    if area.heading and len(area.columns) != 1:
        wish = "it beside one column in `columns`, in which the heading stands too"
        raise ProblemError(section, "`heading`", wish)
    if area.within is not None:
        _check_lookup(area.within, "area", f"{section} within")
        if area.within.where in ("file_name", "path") and not area.within.pattern:
            raise ProblemError(
                f"{section} within", "no `pattern`", "a regular expression that cuts the area out"
            )
    if area.block is not None:
        _check_block(area, area.block, f"{section} block")


def _check_block(area: source_toml.Area, block: source_toml.Block, section: str) -> None:
    if not area.columns:
        raise ProblemError(section, "`block` without `columns`", "the columns in which the names stand")
    if block.name_on == "middle" and block.rows % 2 == 0:
        wish = f"the number of the row, such as name_on = {block.rows // 2}"
        raise ProblemError(section, f"the middle of {block.rows} rows", wish)
    if block.named_row > block.rows:
        wish = f"a row of the block, from 1 to {block.rows}"
        raise ProblemError(section, f"name_on = {block.named_row}", wish)


def _check_element(element: source_toml.ElementOfRows, is_wide: bool, section: str) -> None:
    if element.where == "column" and bool(element.column) == bool(element.columns):
        found = "`column` and `columns`" if element.column else "no `column`"
        wish = "the header of the column that names the element, or `columns` for several"
        raise ProblemError(section, found, wish)
    if element.heading and (element.where != "column" or len(element.columns) > 1):
        raise ProblemError(section, "`heading`", "it beside one `column`, in which the heading stands too")
    _check_lookup(element, "element", section)
    _check_regex(element.heading, f"{section} heading")
    if not element.value and not is_wide:
        raise ProblemError(section, "no `value`", "the header of the column that holds the figures")


def _notation(numbers: source_toml.Numbers, section: str) -> Notation:
    if numbers.thousands == numbers.decimal is not None:
        wish = "one sign for thousands, another for decimals"
        raise ProblemError(section, f"{numbers.decimal!r} for both", wish)
    return Notation(numbers.decimal or "", numbers.thousands or "", numbers.dash == 0, numbers.marks)


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
    spans = set()
    for column in columns or [source_toml.Column(Patterns(names))]:
        if column.span in spans:
            wish = 'another span for each column, or one list of names: header = ["男", "男婴"]'
            raise ProblemError(f"{section} {name}", f"span {column.span or 'month'!r} twice", wish)
        spans.add(column.span)
        yield ElementColumn(elements[name], column.header, column.span, column.times, column.optional)


def _check_files(patterns: Patterns, path: Path) -> None:
    for pattern in patterns:
        is_elsewhere = re.match(r"[/\\~]|[A-Za-z]:", pattern) or ".." in re.split(r"[/\\]", pattern)
        if is_elsewhere or not pattern.strip():
            wish = f"a pattern below {path.parent.name}/, such as *.xlsx or */*.csv"
            raise ProblemError(f"{path} files", repr(pattern), wish)


def _check_regex(text: str, section: str) -> None:
    try:
        re.compile(text)
    except re.error as error:
        where = f", which breaks off at character {error.pos + 1}" if error.pos is not None else ""
        raise ProblemError(section, f"{text!r}{where}", "a regular expression") from None
