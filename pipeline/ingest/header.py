"""The header of a sheet: where it stands, what its columns are called, which of them hold what."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ingest.readers import Sheet
from pipeline.ingest.source import ElementColumn, SourceDescription, matches
from pipeline.ingest.text import normalised
from pipeline.problems import Place, ProblemError, column_letters, shorten

_SEARCHED_ROWS = 40


@dataclass(frozen=True)
class Columns:
    """The columns of one sheet, as names of its grid ("1", "2", ...), and the first row below the header."""

    first_row: int
    area: tuple[str, ...]
    period: str | None
    elements: tuple[tuple[ElementColumn, str], ...]
    unread: tuple[str, ...]


def find_columns(sheet: Sheet, source: SourceDescription, place: Place) -> Columns:
    """Find the header and assign its columns as source.toml says; what cannot be found is a ProblemError."""
    first, names = _header(sheet, source, place)
    area = tuple(_one(names, patterns, place, first) for patterns in source.area_columns)
    period = _one(names, (source.period_pattern,), place, first) if source.period_from == "column" else None
    elements = []
    for wanted in source.elements:
        if wanted.is_optional and not _fitting(names, wanted.headers):
            continue
        elements.append((wanted, _one(names, wanted.headers, place, first)))
    taken = {*area, period, *(column for _, column in elements)}
    unread = tuple(name for column, name in names.items() if column not in taken and name)
    return Columns(first + source.header_rows, area, period, tuple(elements), unread)


def _header(sheet: Sheet, source: SourceDescription, place: Place) -> tuple[int, dict[str, str]]:
    """Number of the first header row, and the name of each column (rows of a merged header joined by /)."""
    columns = sheet.grid.columns[1:]
    head = sheet.grid.head(_SEARCHED_ROWS).rows()
    for index, (row, *cells) in enumerate(head):
        if any(cell and matches(source.header_contains, cell) for cell in cells):
            rows = [cells, *(list(later[1:]) for later in head[index + 1 : index + source.header_rows])]
            filled = [
                _filled_right(cells) if position < len(rows) - 1 else cells
                for position, cells in enumerate(rows)
            ]
            return row, {column: _joined(parts) for column, *parts in zip(columns, *filled, strict=True)}
    seen = next((shorten(" | ".join(filter(None, cells))) for _, *cells in head if any(cells)), "nothing")
    raise ProblemError(
        place,
        f"no header: the sheet begins with {seen!r}",
        f"a cell like {source.header_contains!r} in the first {_SEARCHED_ROWS} rows ([header] contains in source.toml)",
        "column",
    )


def _filled_right(cells: list[str | None]) -> list[str | None]:
    filled: list[str | None] = []
    for cell in cells:
        filled.append(cell if cell or not filled else filled[-1])
    return filled


def _joined(parts: list[str | None]) -> str:
    return "/".join(dict.fromkeys(normalised(part) for part in parts if part))


def _fitting(names: dict[str, str], patterns: tuple[str, ...]) -> list[str]:
    """Columns that fit the first pattern that fits any."""
    for pattern in patterns:
        if found := [column for column, name in names.items() if matches(pattern, name)]:
            return found
    return []


def _one(names: dict[str, str], patterns: tuple[str, ...], place: Place, row: int) -> str:
    found = _fitting(names, patterns)
    if len(found) == 1:
        return found[0]
    where = Place(place.file, place.sheet, row)
    wanted = " or ".join(repr(pattern) for pattern in patterns)
    if found:
        letters = ", ".join(column_letters(int(column)) for column in found)
        raise ProblemError(where, f"columns {letters} all called like {wanted}", "one such column", "column")
    present = ", ".join(name for name in names.values() if name)
    raise ProblemError(
        where,
        f"columns {shorten(present, 200)}",
        f"a column called {wanted} (add its new name in source.toml)",
        "column",
    )
