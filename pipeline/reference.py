"""The analyst's own tables in data/reference: elements, indicators, areas, targets, corrections, receipts.

Read once, checked against each other, and handed to the wings as plain values. Nothing here is
computed; a slip is named with the file and the entry it stands in.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from pipeline.problems import Place, ProblemError
from pipeline.workspace import Words, Workspace, read_toml

Kind = Literal["flow", "stock", "printed", "date"]
Method = Literal["proportion", "sex_ratio", "rate", "balance", "count"]
Terms = dict[str, int]


@dataclass(frozen=True)
class Formula:
    """factor × numerator / denominator, each a sum of elements with signs; a count has no denominator."""

    numerator: Terms
    denominator: Terms = field(default_factory=dict)
    factor: float = 1.0


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last day in time: a day of the month that lies so many months after the month concerned."""

    day: Annotated[int, msgspec.Meta(ge=1, le=31)]
    months_after: Annotated[int, msgspec.Meta(ge=0, le=24)] = 1


@dataclass(frozen=True)
class Element:
    """A counted thing (数据元); with kind `printed` a figure that offices print beside the counts; with kind
    `date` the day on which something due was done.
    """

    name: str
    labels: Words
    kind: Kind
    concept: str = ""
    sources: tuple[str, ...] = ()
    sum_of: tuple[str, ...] = ()
    equals: Formula | None = None
    tolerance: float = 0.0
    sources_may_differ_by: float = 5.0
    due: Due | None = None


@dataclass(frozen=True)
class Indicator:
    """A computed figure (指标): formula, kind of interval, unit, references and thresholds."""

    name: str
    labels: Words
    method: Method
    formula: Formula
    unit: Words
    decimals: int
    normal_range: tuple[float, float] | None = None
    withhold_below: int = 0
    uncertain_below: int = 0
    concept: str = ""
    baseline: tuple[float, float] | None = None
    false_discovery: float = 0.05


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
    """A target of a year, for one area or all of a level; `good` and `acceptable` are where the grades begin."""

    indicator: str
    year: int
    level: str
    area_code: str
    at_least: float | None
    at_most: float | None
    good: float | None = None
    acceptable: float | None = None


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


@dataclass(frozen=True)
class Reference:
    elements: dict[str, Element]
    indicators: dict[str, Indicator]
    areas: tuple[Area, ...]
    targets: tuple[Target, ...]
    corrections: tuple[Correction, ...]
    receipts: dict[tuple[str, str], date] = field(default_factory=dict)


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
        receipts=_read_receipts(folder / "receipts.csv"),
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


def parse_day(text: str, place: Place) -> date:
    """`2024-08-31` as a date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProblemError(place, repr(text), "a day like 2024-08-31") from None


class _WrittenFormula(msgspec.Struct, forbid_unknown_fields=True):
    numerator: str
    denominator: str = ""
    factor: float = 1.0

    def parsed(self, elements: dict[str, Any], place: str) -> Formula:
        return Formula(
            parse_terms(self.numerator, elements, place),
            parse_terms(self.denominator, elements, place),
            self.factor,
        )


class _WrittenElement(msgspec.Struct, forbid_unknown_fields=True):
    name: Words
    kind: Kind = "flow"
    concept: str = ""
    sources: tuple[str, ...] = ()
    sum_of: tuple[str, ...] = ()
    equals: _WrittenFormula | None = None
    tolerance: float = 0.0
    sources_may_differ_by: Annotated[float, msgspec.Meta(ge=0)] = 5.0
    due: Due | None = None


class _WrittenIndicator(msgspec.Struct, forbid_unknown_fields=True):
    method: Method
    numerator: str
    unit: Words
    name: Words
    denominator: str = ""
    factor: float = 1.0
    decimals: Annotated[int, msgspec.Meta(ge=0, le=6)] = 1
    normal_range: tuple[float, float] | None = None
    withhold_below: int = 0
    baseline: tuple[float, float] | None = None
    false_discovery: float = 0.05
    withhold_below: int = 0
    uncertain_below: int = 0


def _read_elements(path: Path) -> dict[str, Element]:
    written = read_toml(path, dict[str, _WrittenElement])
    elements: dict[str, Element] = {}
    for name, entry in written.items():
        place = f"{path} [{name}]"
        for part in entry.sum_of:
            if part not in written:
                raise ProblemError(place, f"sum_of names {part!r}", "elements of this file")
        elements[name] = Element(
            name=name,
            labels=entry.name,
            kind=entry.kind,
            concept=entry.concept,
            sources=entry.sources,
            sum_of=entry.sum_of,
            equals=entry.equals.parsed(written, place) if entry.equals else None,
            tolerance=entry.tolerance,
            sources_may_differ_by=entry.sources_may_differ_by,
            due=entry.due,
        )
        if entry.due and entry.kind != "date":
            raise ProblemError(place, f"`due` with kind {entry.kind!r}", 'kind = "date"')
    return elements


def _read_indicators(path: Path, elements: dict[str, Element]) -> dict[str, Indicator]:
    indicators: dict[str, Indicator] = {}
    for name, entry in read_toml(path, dict[str, _WrittenIndicator]).items():
        place = f"{path} [{name}]"
        _check_indicator(entry, place)
        formula = _WrittenFormula(entry.numerator, entry.denominator, entry.factor).parsed(elements, place)
        indicators[name] = Indicator(
            name=name,
            labels=entry.name,
            method=entry.method,
            formula=formula,
            unit=entry.unit,
            decimals=entry.decimals,
            normal_range=entry.normal_range,
            withhold_below=entry.withhold_below,
            uncertain_below=entry.uncertain_below,
            concept=_concept(formula, elements, place),
            baseline=entry.baseline,
            false_discovery=entry.false_discovery,
        )
    return indicators


def _check_indicator(entry: _WrittenIndicator, place: str) -> None:
    """A count has no denominator, all else has one; a range begins with its lower end; a rate is below 1."""
    if entry.method == "count" and entry.denominator.strip():
        raise ProblemError(
            place,
            f'denominator {entry.denominator!r} with method "count"',
            'no denominator: a count is held against its target as it is; for a share take "proportion"',
        )
    if entry.method != "count" and not entry.denominator.strip():
        raise ProblemError(
            place, f'no denominator with method "{entry.method}"', 'a denominator, or method "count"'
        )
    if not 0 < entry.false_discovery < 1:
        raise ProblemError(
            place,
            f"false_discovery {entry.false_discovery:g}",
            "a share above 0 and below 1, like 0.05 for one false flag in twenty",
        )
    for name in ("normal_range", "baseline"):
        ends = getattr(entry, name)
        if ends and ends[0] > ends[1]:
            raise ProblemError(place, f"{name} from {ends[0]:g} to {ends[1]:g}", "the lower end first")


def _concept(formula: Formula, elements: dict[str, Element], place: str) -> str:
    """The population concept of the denominator; a sum of several concepts would be of none."""
    concepts = sorted({elements[name].concept for name in formula.denominator})
    if len(concepts) > 1:
        found = ", ".join(concept or "none" for concept in concepts)
        raise ProblemError(place, f"a denominator of several population concepts: {found}", "one concept")
    return concepts[0] if concepts else ""


def _read_areas(path: Path, levels: tuple[str, ...]) -> tuple[Area, ...]:
    areas = []
    for line, row in _rows(path, ("area_code", "name", "level", "parent_code")):
        place = Place(str(path), row=line)
        if not re.fullmatch(r"[\w-]{1,40}", row["area_code"], re.ASCII):
            raise ProblemError(place, f"area_code {row['area_code']!r}", "letters, digits, _ and - only")
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
    repeated = [
        key for key, times in Counter((a.area_code, a.valid_from) for a in areas).items() if times > 1
    ]
    if repeated:
        raise ProblemError(
            str(path), f"area_code {repeated[0][0]} twice", "each code once for one valid_from"
        )
    for area in areas:
        for code in (*(area.successor_codes), *([area.parent_code] if area.parent_code else [])):
            if code not in codes:
                raise ProblemError(
                    f"{path}, area {area.area_code}", f"code {code!r}", "an area_code of this file"
                )
    return tuple(_followed(sorted(areas, key=lambda area: (area.area_code, area.valid_from))))


def _followed(areas: list[Area]) -> Iterator[Area]:
    """The areas, by code and validity; one that ended and names no successor is followed by the area above it."""
    for area, following in zip_longest(areas, areas[1:]):
        goes_on = following is not None and following.area_code == area.area_code
        if area.valid_to and not goes_on and not area.successor_codes and area.parent_code:
            yield replace(area, successor_codes=(area.parent_code,))
        else:
            yield area


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
                **_grades(row, place, at_least, at_most),
            )
        )
    return tuple(targets)


def _grades(
    row: dict[str, str], place: Place, at_least: float | None, at_most: float | None
) -> dict[str, float | None]:
    """The bounds of the grades, from the columns `good` and `acceptable`, which may be absent."""
    names = ("good", "acceptable")
    good, acceptable = bounds = [_number(row.get(name, ""), place, name) for name in names]
    if bounds == [None, None]:
        return {}
    if None in bounds:
        raise ProblemError(place, "only one of good and acceptable", "both bounds, or neither")
    if at_least is not None and at_most is not None:
        raise ProblemError(place, "grades of a target with two bounds", "at_least or at_most alone")
    if good < acceptable if at_most is None else good > acceptable:
        raise ProblemError(
            place, f"good {good:g}, acceptable {acceptable:g}", "good to be the stricter bound"
        )
    return dict(zip(names, bounds, strict=True))


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
                **{key: row[key] for key in wanted if key not in (*numbers, "date")},
                date=parse_day(row["date"], place),
                row=int(numbers["row"] or 0),
                column=int(numbers["column"] or 0),
                value=float(numbers["value"] or 0),
            )
        )
    return tuple(corrections)


def _read_receipts(path: Path) -> dict[tuple[str, str], date]:
    """Day of receipt by source and path, where somebody noted it."""
    return {
        (row["source"], row["path"]): parse_day(row["received"], Place(str(path), row=line))
        for line, row in _rows(path, ("source", "path", "received"), optional=True)
    }


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
