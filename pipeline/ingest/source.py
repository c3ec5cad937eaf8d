"""source.toml: how the files of one source are read. docs/your-own-data.md is its manual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from typing import Any

from pipeline.ingest.text import normalised
from pipeline.problems import ProblemError
from pipeline.reference import Element
from pipeline.workspace import read_toml

PERIOD_PLACES = ("file_name", "path", "sheet_name", "cell", "column")
SPANS = ("month", "ytd", "quarter", "year")


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
    labels: dict[str, str]
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


_KNOWN = {
    "": {"name", "files", "encoding", "sheets", "header", "period", "area", "rows", "elements"},
    "header": {"rows", "contains"},
    "period": {"from", "column", "contains"},
    "area": {"columns", "level", "fill_down", "within"},
    "rows": {"leave_out", "several_per_area"},
}


def read_source(folder: Path, elements: dict[str, Element]) -> SourceDescription:
    """Read and check the source.toml of a folder below data/raw."""
    path = folder / "source.toml"
    table = read_toml(path)
    for section, known in _KNOWN.items():
        entries = table.get(section, {}) if section else table
        unknown = sorted(set(entries) - known)
        if unknown:
            raise ProblemError(
                f"{path} [{section}]", f"unknown {', '.join(unknown)}", f"{', '.join(sorted(known))}"
            )
    header, period, area, rows = (table.get(key, {}) for key in ("header", "period", "area", "rows"))
    if period.get("from") not in PERIOD_PLACES:
        raise ProblemError(
            f"{path} [period]", f"from = {period.get('from')!r}", f"one of {', '.join(PERIOD_PLACES)}"
        )
    if not area.get("columns") or not table.get("elements"):
        raise ProblemError(str(path), "no [area] columns or no [elements]", "both")
    return SourceDescription(
        name=folder.name,
        labels=table.get("name", {}),
        files=table.get("files", "*"),
        encoding=table.get("encoding", "detect"),
        sheets=table.get("sheets", "*"),
        header_rows=int(header.get("rows", 1)),
        header_contains=header.get("contains", "*"),
        period_from=period["from"],
        period_pattern=period.get("column") or period.get("contains") or "",
        area_columns=tuple(_patterns(column) for column in area["columns"]),
        area_level=area.get("level", ""),
        fills_down=bool(area.get("fill_down", False)),
        within_from=area.get("within", {}).get("from", ""),
        within_pattern=_regex(area.get("within", {}).get("pattern", ""), f"{path} [area] within"),
        leave_out=_regex(rows.get("leave_out", ""), f"{path} [rows] leave_out"),
        sums_rows_of_an_area=rows.get("several_per_area", "refuse") == "sum",
        elements=tuple(_element(name, entry, elements, path) for name, entry in table["elements"].items()),
    )


def matches(pattern: str, header: str) -> bool:
    """Whether a header text fits a pattern of source.toml: `*` stands for any text, spaces and widths don't count."""
    return re.match(translate(normalised(pattern).replace("[", "[[]")), normalised(header)) is not None


def _element(name: str, entry: Any, elements: dict[str, Element], path: Path) -> ElementColumn:
    if name not in elements:
        raise ProblemError(f"{path} [elements]", name, f"an element of elements.toml: {', '.join(elements)}")
    if not isinstance(entry, dict):
        entry = {"header": entry}
    span = entry.get("span", "month")
    if span not in SPANS:
        raise ProblemError(f"{path} [elements] {name}", f"span {span!r}", f"one of {', '.join(SPANS)}")
    return ElementColumn(elements[name], _patterns(entry["header"]), span, bool(entry.get("optional", False)))


def _patterns(entry: str | list[str]) -> tuple[str, ...]:
    return (entry,) if isinstance(entry, str) else tuple(entry)


def _regex(text: str, place: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except re.error as error:
        raise ProblemError(place, f"{text!r} ({error})", "a regular expression") from None
