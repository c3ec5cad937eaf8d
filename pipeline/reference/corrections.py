"""corrections.csv: mended cells, each with its reason, author and day."""

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.problems import ProblemError
from pipeline.reference.csv_rows import number, parse_day, rows_of
from pipeline.reference.elements import Element


@dataclass(frozen=True)
class Correction:
    """A mended cell: the text that stands there (`expected`), what is right (`value`), who says so and why."""

    source: str
    path: str
    sheet: str
    row: int
    column: int
    element: str
    expected: str
    value: float
    reason: str
    author: str
    date: date


def read_corrections(path: Path, elements: dict[str, Element]) -> tuple[Correction, ...]:
    corrections = []
    for location, row in rows_of(path, tuple(column.name for column in fields(Correction)), optional=True):
        if row["element"] not in elements:
            raise ProblemError(location, f"element {row['element']!r}", "an element of elements.toml")
        for key in ("reason", "author", "date"):
            if not row[key]:
                raise ProblemError(location, f"no {key}", "a correction with its reason, author and date")
        row_number, column, value = (number(row[key], location, key) for key in ("row", "column", "value"))
        if row_number is None or column is None or value is None:
            raise ProblemError(location, "an empty row, column or value", "a number in each of the three")
        numbers = {"row": int(row_number), "column": int(column), "value": value}
        entry: dict[str, Any] = row | numbers | {"date": parse_day(row["date"], location)}
        corrections.append(Correction(**{each.name: entry[each.name] for each in fields(Correction)}))
    return tuple(corrections)
