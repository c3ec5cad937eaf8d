"""Rows of the analyst's CSV tables, and the values that stand in their cells."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipeline.problems import Location, ProblemError


def rows_of(
    path: Path, wanted: tuple[str, ...], optional: bool = False
) -> Iterator[tuple[Location, dict[str, str]]]:
    """Rows of a CSV in UTF-8, each with the line it stands in; the header must hold the wanted columns."""
    if optional and not path.exists():
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in wanted if name not in (reader.fieldnames or ())]
            if missing:
                wish = f"columns {', '.join(wanted)}"
                raise ProblemError(Location(str(path), row=1), f"no column {', '.join(missing)}", wish)
            for row in reader:
                location = Location(str(path), row=reader.line_num)
                yield location, {key: (value or "").strip() for key, value in row.items() if key}
    except FileNotFoundError:
        raise ProblemError(str(path), "no such file", f"a CSV with columns {', '.join(wanted)}") from None
    except UnicodeDecodeError:
        raise ProblemError(str(path), "bytes that are not UTF-8", "a CSV saved as UTF-8") from None


def listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split("|") if part.strip())


def number(text: str, location: Location, name: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise ProblemError(location, f"{name} {text!r}", "a number") from None


def parse_month(text: str, location: Location) -> date:
    """The first day of a month written as `2024-08`."""
    match = re.fullmatch(r"(\d{4})-(\d{2})(?:-01)?", text)
    if not match or not 1 <= int(match[2]) <= 12:
        raise ProblemError(location, repr(text), "a month like 2024-08")
    return date(int(match[1]), int(match[2]), 1)


def parse_day(text: str, location: Location) -> date:
    """The date of a day written as `2024-08-31`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProblemError(location, repr(text), "a day like 2024-08-31") from None
