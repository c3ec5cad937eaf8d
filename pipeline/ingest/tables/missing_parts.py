"""Tables, elements and total rows that source.toml promises and a file lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.ingest.source import Layout, SourceDescription
from pipeline.problems import Location, ProblemError

Rows = tuple[int, int]


@dataclass(frozen=True)
class FoundTable:
    """A table that was found: the number of its part, where its header stands and which elements it holds.

    `figure_rows` and `total_rows` are its first and last row with figures and with totals, None for none.
    """

    part: int
    location: Location
    elements: frozenset[int]
    headers: str
    figure_rows: Rows | None = None
    total_rows: Rows | None = None

    def joined_with(self, other: FoundTable) -> FoundTable:
        """The same table in another block of rows."""
        return FoundTable(
            self.part,
            self.location,
            self.elements | other.elements,
            self.headers,
            _reach(self.figure_rows, other.figure_rows),
            _reach(self.total_rows, other.total_rows),
        )

    @property
    def ends_without_total(self) -> bool:
        """Whether rows of figures come last, and no total row stands above them all."""
        if self.figure_rows is None:
            return False
        if self.total_rows is None:
            return True
        return self.total_rows[1] < self.figure_rows[1] and self.total_rows[0] > self.figure_rows[0]


def _reach(one: Rows | None, other: Rows | None) -> Rows | None:
    both = [rows for rows in (one, other) if rows]
    return (min(first for first, _ in both), max(last for _, last in both)) if both else None


def missing_parts(
    source: SourceDescription, path: str, tables: Iterable[FoundTable], *, has_problems: bool
) -> list[ProblemError]:
    """The parts, the elements of parts and the total rows that source.toml promises and no table of the file has."""
    found_tables: dict[tuple[int, Location], FoundTable] = {}
    for table in tables:
        key = (table.part, table.location)
        found_tables[key] = table.joined_with(found_tables[key]) if key in found_tables else table
    missing: list[ProblemError] = []
    for layout in source.parts:
        found = [table for (part, _), table in found_tables.items() if part == layout.number]
        if found:
            missing += _missing_elements(layout, found)
            missing += [
                _missing_total(table, table.figure_rows[1], layout.rows.totals)
                for table in found
                if layout.rows.totals and table.figure_rows and table.ends_without_total
            ]
        elif not layout.is_optional and not has_problems:
            missing.append(
                ProblemError(
                    path,
                    f"no table with a header like {layout.header.contains!r}",
                    f"{layout.name or 'such a table'} of source.toml in each file, or optional = true there",
                    "column",
                )
            )
    return missing


def _missing_elements(layout: Layout, tables: list[FoundTable]) -> list[ProblemError]:
    """Elements that no table has, or that one table lacks and another one like it has."""
    wanted = {number for number, entry in enumerate(layout.elements) if not entry.is_optional}
    if layout.element is not None and layout.element.where == "file_name":
        return []
    nowhere = wanted - frozenset().union(*(table.elements for table in tables))
    problems = []
    for table in tables:
        alike = [other.elements for other in tables if other.elements & table.elements]
        lacking = wanted & frozenset().union(*alike) - table.elements
        if not layout.has_elements_in_header:
            lacking = set()
        if table is tables[0]:
            lacking |= nowhere
        if lacking:
            problems.append(_missing(layout, table, sorted(lacking)))
    return problems


def _missing(layout: Layout, table: FoundTable, numbers: list[int]) -> ProblemError:
    entry = layout.elements[numbers[0]]
    others = ", ".join(layout.elements[number].element.name for number in numbers[1:])
    if layout.element is None:
        found, where = f"columns {table.headers}", "a column"
    elif layout.element.where == "column":
        found, where = (
            f"no row of {entry.element.name}",
            f"a text in column {'/'.join(names[0] for names in layout.element.named_in)}",
        )
    else:
        found, where = f"no sheet of {entry.element.name}", f"a {layout.element.where.replace('_', ' ')}"
    return ProblemError(
        table.location,
        found,
        f"{where} like {' or '.join(map(repr, entry.headers))} for {entry.element.name}"
        f"{f' (also missing: {others})' if others else ''}: add its new name in source.toml, or optional = true",
        "column",
    )


def _missing_total(table: FoundTable, last_row: int, totals: str) -> ProblemError:
    return ProblemError(
        Location(table.location.file, table.location.sheet, last_row),
        f"the last row of the table, and no row like {totals!r} behind it",
        "the total row that `totals` in source.toml promises; the file may have been cut, ask for it again",
    )
