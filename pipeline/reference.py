"""The analyst's own tables in data/reference: elements, indicators, areas, targets, corrections.

Read once, checked against each other, and handed to the wings as plain values. Nothing here is
computed; a slip is named with the file and the entry it stands in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.problems import Place, ProblemError
from pipeline.workspace import Workspace, read_toml

ELEMENT_KINDS = ("flow", "stock", "printed")
METHODS = ("proportion", "sex_ratio", "rate", "balance")
Terms = dict[str, int]


@dataclass(frozen=True)
class Formula:
    """factor × numerator / denominator, each a sum of elements with signs."""

    numerator: Terms
    denominator: Terms = field(default_factory=dict)
    factor: float = 1.0


@dataclass(frozen=True)
class Element:
    """A counted thing (数据元), or with kind `printed` a figure that offices print beside the counts."""

    name: str
    labels: dict[str, str]
    kind: str
    concept: str = ""
    sources: tuple[str, ...] = ()
    sum_of: tuple[str, ...] = ()
    equals: Formula | None = None
    tolerance: float = 0.0


@dataclass(frozen=True)
class Indicator:
    """A computed figure (指标): formula, kind of interval, unit, references and thresholds."""

    name: str
    labels: dict[str, str]
    method: str
    formula: Formula
    unit: dict[str, str]
    decimals: int
    normal_range: tuple[float, float] | None = None
    withhold_below: int = 0
    uncertain_below: int = 0


@dataclass(frozen=True)
class Area:
    area_code: str
    name: str
    level: str
    parent_code: str | None
    aliases: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    successor_codes: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    indicator: str
    year: int
    level: str
    area_code: str
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True)
class Correction:
    """A mended cell: what stood there (`expected`), what is right (`value`), who says so and why."""

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
    date: str


@dataclass(frozen=True)
class Reference:
    elements: dict[str, Element]
    indicators: dict[str, Indicator]
    areas: tuple[Area, ...]
    targets: tuple[Target, ...]
    corrections: tuple[Correction, ...]


def read_reference(workspace: Workspace, levels: tuple[str, ...]) -> Reference:
    """Read all reference tables and check that they agree with each other."""
    folder = workspace.reference
    elements = _read_elements(folder / "elements.toml")
    indicators = _read_indicators(folder / "indicators.toml", elements)
    areas = _read_areas(folder / "areas.csv", levels)
    return Reference(
        elements=elements,
        indicators=indicators,
        areas=areas,
        targets=_read_targets(folder / "targets.csv", indicators),
        corrections=_read_corrections(folder / "corrections.csv", elements),
    )


def parse_terms(text: str, elements: dict[str, Any], place: str) -> Terms:
    """`"births - deaths"` as {"births": 1, "deaths": -1}; every word must be an element."""
    tokens = re.findall(r"[+-]|[^\s+-]+", text)
    terms: Terms = {}
    sign = 1
    for token in tokens:
        if token in "+-":
            sign = 1 if token == "+" else -1
            continue
        if token not in elements:
            raise ProblemError(
                place, f"{token!r} in {text!r}", f"an element of elements.toml: {', '.join(elements)}"
            )
        terms[token] = terms.get(token, 0) + sign
        sign = 1
    return terms


def parse_month(text: str, place: Place) -> date:
    """`2024-08` as the first day of that month."""
    match = re.fullmatch(r"(\d{4})-(\d{2})(?:-01)?", text)
    if not match or not 1 <= int(match[2]) <= 12:
        raise ProblemError(place, repr(text), "a month like 2024-08")
    return date(int(match[1]), int(match[2]), 1)


def _formula(entry: dict[str, Any], elements: dict[str, Any], place: str) -> Formula:
    return Formula(
        numerator=parse_terms(entry["numerator"], elements, place),
        denominator=parse_terms(entry.get("denominator", ""), elements, place),
        factor=float(entry.get("factor", 1)),
    )


def _read_elements(path: Path) -> dict[str, Element]:
    raw = read_toml(path)
    elements: dict[str, Element] = {}
    for name, entry in raw.items():
        place = f"{path} [{name}]"
        kind = entry.get("kind", "flow")
        if kind not in ELEMENT_KINDS:
            raise ProblemError(place, f"kind {kind!r}", f"one of {', '.join(ELEMENT_KINDS)}")
        for part in entry.get("sum_of", ()):
            if part not in raw:
                raise ProblemError(place, f"sum_of names {part!r}", "elements of this file")
        elements[name] = Element(
            name=name,
            labels=entry.get("name", {}),
            kind=kind,
            concept=entry.get("concept", ""),
            sources=tuple(entry.get("sources", ())),
            sum_of=tuple(entry.get("sum_of", ())),
            equals=_formula(entry["equals"], raw, place) if "equals" in entry else None,
            tolerance=float(entry.get("tolerance", 0)),
        )
    return elements


def _read_indicators(path: Path, elements: dict[str, Element]) -> dict[str, Indicator]:
    indicators: dict[str, Indicator] = {}
    for name, entry in read_toml(path).items():
        place = f"{path} [{name}]"
        for key in ("method", "numerator", "denominator", "unit"):
            if key not in entry:
                raise ProblemError(place, f"no `{key}`", "method, numerator, denominator, factor and unit")
        if entry["method"] not in METHODS:
            raise ProblemError(place, f"method {entry['method']!r}", f"one of {', '.join(METHODS)}")
        limits = entry.get("normal_range")
        indicators[name] = Indicator(
            name=name,
            labels=entry.get("name", {}),
            method=entry["method"],
            formula=_formula(entry, elements, place),
            unit=entry["unit"],
            decimals=int(entry.get("decimals", 1)),
            normal_range=(float(limits[0]), float(limits[1])) if limits else None,
            withhold_below=int(entry.get("withhold_below", 0)),
            uncertain_below=int(entry.get("uncertain_below", 0)),
        )
    return indicators


def _read_areas(path: Path, levels: tuple[str, ...]) -> tuple[Area, ...]:
    areas = []
    for line, row in _rows(path, ("area_code", "name", "level", "parent_code")):
        place = Place(str(path), row=line)
        if row["level"] not in levels:
            raise ProblemError(
                place, f"level {row['level']!r}", f"a level of workspace.toml: {', '.join(levels)}"
            )
        areas.append(
            Area(
                area_code=row["area_code"],
                name=row["name"],
                level=row["level"],
                parent_code=row["parent_code"] or None,
                aliases=_list(row.get("aliases")),
                valid_from=parse_month(row.get("valid_from") or "1900-01", place),
                valid_to=parse_month(row["valid_to"], place) if row.get("valid_to") else None,
                successor_codes=_list(row.get("successor_codes")),
            )
        )
    codes = {area.area_code for area in areas}
    for area in areas:
        for code in (*(area.successor_codes), *([area.parent_code] if area.parent_code else [])):
            if code not in codes:
                raise ProblemError(
                    f"{path}, area {area.area_code}", f"code {code!r}", "an area_code of this file"
                )
    return tuple(sorted(areas, key=lambda area: (area.area_code, area.valid_from)))


def _read_targets(path: Path, indicators: dict[str, Indicator]) -> tuple[Target, ...]:
    targets = []
    for line, row in _rows(
        path, ("indicator", "year", "level", "area_code", "at_least", "at_most"), optional=True
    ):
        place = Place(str(path), row=line)
        if row["indicator"] not in indicators:
            raise ProblemError(place, f"indicator {row['indicator']!r}", f"one of {', '.join(indicators)}")
        at_least, at_most = (_number(row[key], place, key) for key in ("at_least", "at_most"))
        if at_least is None and at_most is None:
            raise ProblemError(place, "neither at_least nor at_most", "at least one of the two bounds")
        targets.append(
            Target(
                indicator=row["indicator"],
                year=int(_number(row["year"], place, "year") or 0),
                level=row["level"],
                area_code=row["area_code"],
                at_least=at_least,
                at_most=at_most,
            )
        )
    return tuple(targets)


def _read_corrections(path: Path, elements: dict[str, Element]) -> tuple[Correction, ...]:
    wanted = (
        "source",
        "path",
        "sheet",
        "row",
        "column",
        "element",
        "expected",
        "value",
        "reason",
        "author",
        "date",
    )
    corrections = []
    for line, row in _rows(path, wanted, optional=True):
        place = Place(str(path), row=line)
        if row["element"] not in elements:
            raise ProblemError(place, f"element {row['element']!r}", "an element of elements.toml")
        for key in ("reason", "author", "date"):
            if not row[key]:
                raise ProblemError(place, f"no {key}", "a correction with its reason, author and date")
        numbers = {key: _number(row[key], place, key) for key in ("row", "column", "value")}
        if None in numbers.values():
            raise ProblemError(place, "an empty row, column or value", "a number in each of the three")
        corrections.append(
            Correction(
                **{key: row[key] for key in wanted if key not in numbers},
                row=int(numbers["row"] or 0),
                column=int(numbers["column"] or 0),
                value=float(numbers["value"] or 0),
            )
        )
    return tuple(corrections)


def _rows(
    path: Path, wanted: tuple[str, ...], optional: bool = False
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV in UTF-8 with their line numbers; the header must hold the wanted columns."""
    if optional and not path.exists():
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in wanted if name not in (reader.fieldnames or ())]
            if missing:
                raise ProblemError(
                    Place(str(path), row=1), f"no column {', '.join(missing)}", f"columns {', '.join(wanted)}"
                )
            for row in reader:
                yield reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}
    except FileNotFoundError:
        raise ProblemError(str(path), "no such file", f"a CSV with columns {', '.join(wanted)}") from None
    except UnicodeDecodeError:
        raise ProblemError(str(path), "bytes that are not UTF-8", "a CSV saved as UTF-8") from None


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split("|") if part.strip())


def _number(text: str, place: Place, name: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise ProblemError(place, f"{name} {text!r}", "a number") from None
