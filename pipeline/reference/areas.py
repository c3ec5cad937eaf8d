"""areas.csv: areas with their codes, names, levels and changes."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from pipeline.problems import ProblemError
from pipeline.reference.area import Area
from pipeline.reference.area_history import check_history
from pipeline.reference.csv_rows import listed, parse_month, rows_of

# Reports are files called by the code: what Windows keeps for itself, and the overview's own name.
_NO_FILE_NAME = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]|index", re.IGNORECASE)


def read_areas(path: Path, levels: tuple[str, ...]) -> tuple[Area, ...]:
    lines = []
    spelt: dict[str, str] = {}
    for location, row in rows_of(path, ("area_code", "name", "level", "parent_code")):
        if not re.fullmatch(r"[\w-]{1,40}", row["area_code"], re.ASCII):
            raise ProblemError(location, f"area_code {row['area_code']!r}", "letters, digits, _ and - only")
        if _NO_FILE_NAME.fullmatch(row["area_code"]):
            wanted = "a code that can be the name of a file on any system"
            raise ProblemError(location, f"area_code {row['area_code']!r}", wanted)
        if (other := spelt.setdefault(row["area_code"].lower(), row["area_code"])) != row["area_code"]:
            wanted = f"codes that differ by more than capitals, as some systems take them for one: {other}"
            raise ProblemError(location, f"area_code {row['area_code']!r}", wanted)
        if row["level"] not in levels:
            raise ProblemError(
                location, f"level {row['level']!r}", f"a level of workspace.toml: {', '.join(levels)}"
            )
        area = Area(
            area_code=row["area_code"],
            name=row["name"],
            level=row["level"],
            parent_code=row["parent_code"] or None,
            aliases=listed(row.get("aliases")),
            valid_from=parse_month(row.get("valid_from") or "1900-01", location),
            valid_to=parse_month(row["valid_to"], location) if row.get("valid_to") else None,
            successor_codes=listed(row.get("successor_codes")),
            name_en=row.get("name_en") or "",
        )
        lines.append((location, area))
    check_history(lines, levels)
    return tuple(
        _followed(sorted((area for _, area in lines), key=lambda area: (area.area_code, area.valid_from)))
    )


def _followed(areas: list[Area]) -> Iterator[Area]:
    """The areas in order; one that ended and names no successor gets the area above it as successor."""
    for area, following in zip_longest(areas, areas[1:]):
        goes_on = following is not None and following.area_code == area.area_code
        if area.valid_to and not goes_on and not area.successor_codes and area.parent_code:
            yield replace(area, successor_codes=(area.parent_code,))
        else:
            yield area
