"""Tables, elements and total rows that source.toml promises and a file lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.ingest.source import Layout, SourceDescription
from pipeline.problems import Location, ProblemError


@dataclass(eq=False)
class FoundTable:
    """A table that was found: the number of its part, where its header stands and which elements it holds.

    `figure_rows` and `total_rows` are rows with figures and with totals, the first and the last of them included.
    """

    part: int
    location: Location
    headers: str
    elements: set[int]
    figure_rows: list[int] = field(default_factory=list)
    total_rows: list[int] = field(default_factory=list)

    @property
    def ends_without_total(self) -> bool:
        """Whether rows of figures come last, and no total row stands above them all."""
        figures, totals = self.figure_rows, self.total_rows
        if not figures or not totals:
            return bool(figures)
        return max(totals) < max(figures) and min(totals) > min(figures)


def missing_parts(
    source: SourceDescription, path: str, tables: Sequence[FoundTable], *, has_problems: bool
) -> list[ProblemError]:
    """The parts, the elements of parts and the total rows that source.toml promises and no table of the file has."""
    missing: list[ProblemError] = []
    for layout in source.parts:
        found = [table for table in tables if table.part == layout.number]
        if found:
            missing += _missing_elements(layout, found)
            cut = [table for table in found if layout.rows.totals and table.ends_without_total]
            missing += [_missing_total(table, layout.rows.totals) for table in cut]
        elif not layout.is_optional and not has_problems:
            what = layout.name or "such a table"
            found_instead = f"no table with a header like {layout.header.contains!r}"
            wish = f"{what} of source.toml in each file, or optional = true there"
            missing.append(ProblemError(path, found_instead, wish, "column"))
    return missing


def _missing_elements(layout: Layout, tables: list[FoundTable]) -> list[ProblemError]:
    """Elements that no table has, or that one table lacks and another one like it has."""
    if layout.element is not None and layout.element.where == "file_name":
        return []
    wanted = {number for number, entry in enumerate(layout.elements) if not entry.is_optional}
    problems = []
    for table in tables:
        alike = [other.elements for other in tables if other.elements & table.elements]
        lacking = wanted & set().union(*alike) - table.elements if layout.has_elements_in_header else set()
        if table is tables[0]:
            lacking |= wanted.difference(*(found.elements for found in tables))
        if lacking:
            problems.append(_missing(layout, table, sorted(lacking)))
    return problems


def _missing(layout: Layout, table: FoundTable, numbers: list[int]) -> ProblemError:
    entry = layout.elements[numbers[0]]
    name, *others = (layout.elements[number].element.name for number in numbers)
    if layout.element is None:
        found, where = f"columns {table.headers}", "a column"
    elif layout.element.where == "column":
        columns = "/".join(names[0] for names in layout.element.named_in)
        found, where = f"no row of {name}", f"a text in column {columns}"
    else:
        found, where = f"no sheet of {name}", f"a {layout.element.where.replace('_', ' ')}"
    missing = f" (also missing: {', '.join(others)})" if others else ""
    called = " or ".join(map(repr, entry.headers))
    wish = f"{where} like {called} for {name}{missing}: add its new name in source.toml, or optional = true"
    return ProblemError(table.location, found, wish, "column")


def _missing_total(table: FoundTable, totals: str) -> ProblemError:
    return ProblemError(
        replace(table.location, row=max(table.figure_rows)),
        f"the last row of the table, and no row like {totals!r} behind it",
        "the total row that `totals` in source.toml promises; the file may have been cut, ask for it again",
    )
