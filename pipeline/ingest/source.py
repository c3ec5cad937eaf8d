"""source.toml: how the files of one source are read. docs/your-own-data.md is its manual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from pipeline.ingest.text import normalised
from pipeline.problems import ProblemError
from pipeline.reference import Element
from pipeline.workspace import Words, read_toml

SheetPlace = Literal["file_name", "path", "sheet_name", "cell"]
PeriodPlace = Literal["file_name", "path", "sheet_name", "cell", "column"]
Span = Literal["month", "ytd", "quarter", "year"]
Patterns = str | list[str]


@dataclass(frozen=True)
class ElementColumn:
    """Which column holds an element: header patterns in order of preference, and the span it counts."""

    element: Element
    headers: tuple[str, ...]
    span: str
    is_optional: bool


@dataclass(frozen=True)
class SourceDescription:
    """One way of reading, for all files of a folder below data/raw."""

    name: str
    labels: Words
    files: str
    encoding: str
    sheets: str
    header_rows: int
    header_contains: str
    period_from: str
    period_pattern: str
    area_columns: tuple[tuple[str, ...], ...]
    area_level: str
    fills_down: bool
    within_from: str
    within_pattern: re.Pattern[str] | None
    leave_out: re.Pattern[str] | None
    sums_rows_of_an_area: bool
    elements: tuple[ElementColumn, ...]


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    rows: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1
    contains: str = "*"


class _Period(msgspec.Struct, forbid_unknown_fields=True):
    place: PeriodPlace = msgspec.field(name="from")
    column: str = ""
    contains: str = ""


class _Within(msgspec.Struct, forbid_unknown_fields=True):
    place: SheetPlace = msgspec.field(name="from")
    pattern: str


class _Area(msgspec.Struct, forbid_unknown_fields=True):
    columns: Annotated[list[Patterns], msgspec.Meta(min_length=1)]
    level: str = ""
    fill_down: bool = False
    within: _Within | None = None


class _Rows(msgspec.Struct, forbid_unknown_fields=True):
    leave_out: str = ""
    several_per_area: Literal["refuse", "sum"] = "refuse"


class _Column(msgspec.Struct, forbid_unknown_fields=True):
    header: Patterns
    span: Span = "month"
    optional: bool = False


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    """source.toml as it is written."""

    name: Words
    period: _Period
    area: _Area
    elements: Annotated[dict[str, Patterns | _Column], msgspec.Meta(min_length=1)]
    files: str = "*"
    encoding: str = "detect"
    sheets: str = "*"
    header: _Header = msgspec.field(default_factory=_Header)
    rows: _Rows = msgspec.field(default_factory=_Rows)


def read_source(folder: Path, elements: dict[str, Element]) -> SourceDescription:
    """Read and check the source.toml of a folder below data/raw."""
    path = folder / "source.toml"
    written = read_toml(path, _Written)
    period, area, within = written.period, written.area, written.area.within
    if period.place == "column" and not period.column:
        raise ProblemError(f"{path} [period]", "no `column`", "the header of the column with the period")
    return SourceDescription(
        name=folder.name,
        labels=written.name,
        files=written.files,
        encoding=written.encoding,
        sheets=written.sheets,
        header_rows=written.header.rows,
        header_contains=written.header.contains,
        period_from=period.place,
        period_pattern=period.column or period.contains or "*",
        area_columns=tuple(_patterns(column) for column in area.columns),
        area_level=area.level,
        fills_down=area.fill_down,
        within_from=within.place if within else "",
        within_pattern=_regex(within.pattern, f"{path} [area] within") if within else None,
        leave_out=_regex(written.rows.leave_out, f"{path} [rows] leave_out"),
        sums_rows_of_an_area=written.rows.several_per_area == "sum",
        elements=tuple(_element(name, entry, elements, path) for name, entry in written.elements.items()),
    )


def matches(pattern: str, header: str) -> bool:
    """Whether a header text fits a pattern of source.toml: `*` stands for any text, spaces and widths don't count."""
    return re.match(translate(normalised(pattern).replace("[", "[[]")), normalised(header)) is not None


def _element(name: str, entry: Patterns | _Column, elements: dict[str, Element], path: Path) -> ElementColumn:
    if name not in elements:
        raise ProblemError(f"{path} [elements]", name, f"an element of elements.toml: {', '.join(elements)}")
    column = entry if isinstance(entry, _Column) else _Column(entry)
    return ElementColumn(elements[name], _patterns(column.header), column.span, column.optional)


def _patterns(entry: Patterns) -> tuple[str, ...]:
    return (entry,) if isinstance(entry, str) else tuple(entry)


def _regex(text: str, place: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except re.error as error:
        raise ProblemError(place, f"{text!r} ({error})", "a regular expression") from None
