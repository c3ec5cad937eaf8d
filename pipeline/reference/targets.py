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


_BOUNDS = ("at_least", "at_most", "good", "acceptable")


def read_targets(path: Path, indicators: dict[str, Indicator]) -> tuple[Target, ...]:
    """The targets in the order of the file; the columns `good` and `acceptable` may be absent."""
    targets = []
    wanted = ("indicator", "year", "level", "area_code", "at_least", "at_most")
    for location, row in rows_of(path, wanted, optional=True):
        if row["indicator"] not in indicators:
            raise ProblemError(location, f"indicator {row['indicator']!r}", f"one of {', '.join(indicators)}")
        target = Target(
            indicator=row["indicator"],
            year=int(number(row["year"], location, "year") or 0),
            level=row["level"],
            area_code=row["area_code"],
            **{name: number(row.get(name, ""), location, name) for name in _BOUNDS},
        )
        _check_bounds(target, location)
        targets.append(target)
    return tuple(targets)


def _check_bounds(target: Target, location: Location) -> None:
    at_least, at_most, good, acceptable = (getattr(target, name) for name in _BOUNDS)
    if at_least is None and at_most is None:
        raise ProblemError(location, "neither at_least nor at_most", "at least one of the two bounds")
    if good is None and acceptable is None:
        return
    if good is None or acceptable is None:
        raise ProblemError(location, "only one of good and acceptable", "both bounds, or neither")
    if at_least is not None and at_most is not None:
        raise ProblemError(location, "grades of a target with two bounds", "at_least or at_most alone")
    if good < acceptable if at_most is None else good > acceptable:
        found = f"good {good:g}, acceptable {acceptable:g}"
        raise ProblemError(location, found, "good to be the stricter bound")
