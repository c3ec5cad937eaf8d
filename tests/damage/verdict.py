"""Two builds of a workspace held against each other: every change is explained by what the tables show, or silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.reference import Reference

_READ = ("files", "rejects", "figures", "revisions", "counts", "completeness", "findings", "disagreements")
_SAME = {
    "counts": ["area_code", "month", "element"],
    "figures": ["source", "area_code", "period", "span", "element"],
    "completeness": ["area_code", "source", "month"],
}


@dataclass(frozen=True)
class Key:
    """What a figure is of; a printed figure's `span` is that of its column."""

    source: str
    area: str
    period: date
    span: str
    element: str


@dataclass(frozen=True)
class Figure:
    """A figure, and the path below data/raw of the file it is from."""

    value: float
    path: str


class Build:
    """The tables of one build, and its figures by key: what counts, and what was printed beside."""

    def __init__(self, staging: Path, reference: Reference) -> None:
        self.tables = {name: pl.read_parquet(staging / f"{name}.parquet") for name in _READ}
        self.observations = pl.read_parquet(staging / "observations.parquet" / "*.parquet")
        self.files = {row["file_id"]: row for row in self.tables["files"].iter_rows(named=True)}
        self.elements = reference.elements
        self.parents = {area.area_code: area.parent_code for area in reference.areas}
        self.figures = self._figures(self.tables["figures"])
        printed = [name for name, element in self.elements.items() if element.kind == "printed"]
        self.printed = self._figures(
            self.observations.filter(pl.col("element").is_in(printed)).sort("file_id")
        )
        self.findings = [
            row | {"evidence": json.loads(row["evidence"])}
            for row in self.tables["findings"].iter_rows(named=True)
        ]
        self.returns = {
            (row["area_code"], row["source"], row["month"]): row["actual"]
            for row in self.tables["completeness"].iter_rows(named=True)
        }

    def _figures(self, table: pl.DataFrame) -> dict[Key, Figure]:
        found = {}
        for row in table.iter_rows(named=True):
            file = self.files[row["file_id"]]
            found[_key(row)] = Figure(row["value"], f"{file['source']}/{file['path']}")
        return found

    def line(self, area: str) -> list[str]:
        """The area and those above it."""
        return [area, *self.line(parent)] if (parent := self.parents[area]) else [area]

    def family(self, element: str) -> set[str]:
        """The element and those it is held against: its parts, its sum, printed sums and rates."""
        bound = {element}
        for name, other in self.elements.items():
            terms = set(other.sum_of)
            if other.equals:
                terms |= {*other.equals.numerator, *other.equals.denominator}
            if name == element:
                bound |= terms
            if element in terms:
                bound.add(name)
        return bound


def _key(row: dict) -> Key:
    return Key(row["source"], row["area_code"], row["period"], row["span"], row["element"])


def cells_lost(build: Build) -> list[str]:
    """Files whose cells read are not those accepted and refused, or not those in the tables."""
    wrong = []
    accepted = dict(build.observations["file_id"].value_counts().iter_rows())
    refused = dict(build.tables["rejects"]["file_id"].value_counts().iter_rows())
    for file_id, row in build.files.items():
        said = (row["cells_read"], row["cells_accepted"], row["cells_refused"])
        held = (accepted.get(file_id, 0), refused.get(file_id, 0))
        if said != (sum(held), *held):
            wrong.append(f"{row['path']}: read, accepted, refused {said}; in the tables {held}")
    return wrong


@dataclass(frozen=True)
class Verdict:
    """By what the changes show themselves (`harmless` where there is none), and the changes that do not."""

    told_by: frozenset[str]
    silent: tuple[str, ...]


def judge(before: Build, after: Build, touched: set[str]) -> Verdict:
    """Explain every figure and count that is another after the damage. `touched` are paths below data/raw: no
    figure of another file may change.

    refused: a reject of the file names the cell, or the table or file as a whole; of a printed figure, which is but
    a check, or a cell that it would have been held against.
    found: a finding that was not there before concerns the figure.
    missing: the figure, or the one it was moved from, is gone, and completeness counts a return less.
    revision: a later file changed it, and `revisions` says so.
    """
    news = _News(before, after, touched)
    told: set[str] = set()
    silent = []
    explained: list[Key] = []
    for key, was, now in _changes(before, after):
        reasons = news.reasons(key, was, now)
        told |= reasons
        if reasons:
            explained.append(key)
        else:
            silent.append(f"{key}: {was and was.value} -> {now and now.value}")
    for area, month, element, was, now in _count_changes(before, after):
        if not any(_feeds(after, key, area, month, element) for key in explained):
            silent.append(f"count of {area} {month} {element}: {was} -> {now}")
    if not told and not silent:
        told = {name for name, rows in (("refused", news.rejects), ("found", news.findings)) if rows}
        if not told and not is_same(before, after):
            silent.append("status or completeness")
        told = told or {"harmless"}
    return Verdict(frozenset(told), tuple(silent))


def is_same(before: Build, after: Build) -> bool:
    """Whether counts, figures and completeness are equal, whichever files they come from."""
    sides = [
        [build.tables[name].drop("file_id", "files", strict=False).sort(key) for name, key in _SAME.items()]
        for build in (before, after)
    ]
    return all(was.equals(now) for was, now in zip(*sides, strict=True))


def _changes(before: Build, after: Build) -> Iterator[tuple[Key, Figure | None, Figure | None]]:
    """Figures that are others, and printed ones; where a printed one is missing, only a check is."""
    for was, now, keys in (
        (before.figures, after.figures, before.figures.keys() | after.figures.keys()),
        (before.printed, after.printed, after.printed.keys()),
    ):
        for key in keys:
            values = [side[key].value if key in side else None for side in (was, now)]
            if values[0] != values[1]:
                yield key, was.get(key), now.get(key)


def _count_changes(before: Build, after: Build) -> Iterator[tuple]:
    """Area, month, element, and what was and is counted: of the month and since January."""
    sides = [
        {
            tuple(row[:3]): row[3:]
            for row in build.tables["counts"].select(*_SAME["counts"], "value", "value_ytd").iter_rows()
        }
        for build in (before, after)
    ]
    for key in sides[0].keys() | sides[1].keys():
        was, now = (side.get(key, (None, None)) for side in sides)
        if was != now:
            yield *key, was, now


def _feeds(build: Build, key: Key, area: str, month: date, element: str) -> bool:
    """Whether a figure goes into a count: of the month, of the months since January, or of a difference."""
    is_part = key.element == element or key.element in build.elements[element].sum_of
    is_in_year = key.period.year == month.year and (key.period <= month or key.span != "month")
    return is_part and is_in_year and area in build.line(key.area)


class _News:
    """What the build after the damage shows that the one before did not."""

    def __init__(self, before: Build, after: Build, touched: set[str]) -> None:
        self._before, self._after, self._touched = before, after, touched
        self.rejects = [
            row
            for row in after.tables["rejects"].iter_rows(named=True)
            if f"{row['source']}/{row['path']}" in touched
        ]
        known = {row["finding_id"] for row in before.findings}
        self.findings = [row for row in after.findings if row["finding_id"] not in known]
        self._revisions = {_key(row) for row in after.tables["revisions"].iter_rows(named=True)}
        self._fallen = {due for due, actual in before.returns.items() if after.returns.get(due, 0) < actual}

    def reasons(self, key: Key, was: Figure | None, now: Figure | None) -> set[str]:
        reasons = set()
        paths = {figure.path for figure in (was, now) if figure} & self._touched
        if not paths:
            return reasons
        if any(self._refuses(reject, key, paths) for reject in self.rejects):
            reasons.add("refused")
        if any(self._concerns(finding, key) for finding in self.findings):
            reasons.add("found")
        family = {replace(key, element=element) for element in self._after.family(key.element)}
        if was and now and not self._revisions.isdisjoint(family):
            reasons.add("revision")
        has_gone = now is None and (key.area, key.source, key.period) in self._fallen
        has_moved = was is None and any(due[:2] == (key.area, key.source) for due in self._fallen)
        if has_gone or has_moved:
            reasons.add("missing")
        return reasons

    def _refuses(self, reject: dict, key: Key, paths: set[str]) -> bool:
        if f"{reject['source']}/{reject['path']}" not in paths:
            return False
        is_printed = self._after.elements[key.element].kind == "printed"
        related = self._after.family(key.element) if is_printed else {key.element}
        return reject["element"] is None or (
            reject["element"] in related
            and reject["area_code"] in (None, key.area)
            and reject["period"] in (None, key.period)
        )

    def _concerns(self, finding: dict, key: Key) -> bool:
        evidence = finding["evidence"]
        subject, area, month = finding["subject"], finding["area_code"], finding["month"]
        if evidence.get("source") != key.source and evidence.get("preferred_source") != key.source:
            return False
        if area not in self._after.line(key.area) and key.area not in self._after.line(area):
            return False
        if finding["kind"] == "duplicate_file":
            return f"{key.source}/{evidence['path']}" in self._touched
        if finding["kind"] not in ("copied_month", "long_silent") and subject not in self._after.family(
            key.element
        ):
            return False
        if finding["kind"] in ("cumulative_differs", "cumulative_falls", "sources_disagree", "stuck"):
            return month.year == key.period.year and month >= key.period
        return month == key.period
