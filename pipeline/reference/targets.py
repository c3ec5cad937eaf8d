"""targets.csv: what an indicator is held against in a year, and where the grades begin."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.problems import Location, ProblemError
from pipeline.reference.csv_rows import number, rows_of
from pipeline.reference.indicators import Indicator


@dataclass(frozen=True)
class Target:
    """A target of a year, for one area or all of a level; `good` and `acceptable` are where the grades begin."""

    indicator: str
    year: int
    level: str
    area_code: str
    at_least: float | None
    at_most: float | None
    good: float | None = None
    acceptable: float | None = None


def read_targets(path: Path, indicators: dict[str, Indicator]) -> tuple[Target, ...]:
    targets = []
    for location, row in rows_of(
        path, ("indicator", "year", "level", "area_code", "at_least", "at_most"), optional=True
    ):
        if row["indicator"] not in indicators:
            raise ProblemError(location, f"indicator {row['indicator']!r}", f"one of {', '.join(indicators)}")
        at_least, at_most = (number(row[key], location, key) for key in ("at_least", "at_most"))
        if at_least is None and at_most is None:
            raise ProblemError(location, "neither at_least nor at_most", "at least one of the two bounds")
        targets.append(
            Target(
                indicator=row["indicator"],
                year=int(number(row["year"], location, "year") or 0),
                level=row["level"],
                area_code=row["area_code"],
                at_least=at_least,
                at_most=at_most,
                **_grades(row, location, at_least, at_most),
            )
        )
    return tuple(targets)


def _grades(
    row: dict[str, str], location: Location, at_least: float | None, at_most: float | None
) -> dict[str, float | None]:
    """The bounds of the grades, from the columns `good` and `acceptable`, which may be absent."""
    good, acceptable = (number(row.get(name, ""), location, name) for name in ("good", "acceptable"))
    if good is None and acceptable is None:
        return {}
    if good is None or acceptable is None:
        raise ProblemError(location, "only one of good and acceptable", "both bounds, or neither")
    if at_least is not None and at_most is not None:
        raise ProblemError(location, "grades of a target with two bounds", "at_least or at_most alone")
    if good < acceptable if at_most is None else good > acceptable:
        raise ProblemError(
            location, f"good {good:g}, acceptable {acceptable:g}", "good to be the stricter bound"
        )
    return {"good": good, "acceptable": acceptable}
