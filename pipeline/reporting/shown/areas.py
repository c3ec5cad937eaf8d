"""The shown tables cut into areas: everything that the report of one is written from."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import Estimate
from pipeline.reporting.shown.records import (
    Against,
    AreaBreak,
    Comparison,
    Finding,
    Funnel,
    Rank,
    ShownArea,
    SourceRecord,
    Trend,
    Verdict,
    YearOutlook,
)
from pipeline.reporting.shown.revisions import revisions_of
from pipeline.reporting.shown.rule import SMALL, WITHOUT_COUNTS, is_small
from pipeline.reporting.shown.tables import GROWTH, ShownTables
from pipeline.tables import SEVERITIES
from pipeline.words.finding_values import ABOUT_INDICATORS, deviation, printed_counts

MOST_WITHOUT_RATE = (
    6  # months at the beginning: a rate needs the population of the month before, a ratio some births
)
_ABOUT_THE_FILE = ("path", "row", "time_window")  # of a finding whose numbers are withheld
_LIMITS = {"lower": "lower_95", "upper": "upper_95"} | {
    f"change_{side}": f"change_{side}_95" for side in ("lower", "upper")
}
_SPLIT = ("indicators", "comparisons", "verdicts", "ranks", "outlook", "monthly", "years", "trends", "disagreements",
          "breaks", "completeness", "returns_short", "findings", "counts", "substitutes", "revisions")  # fmt: skip

Row = dict[str, Any]
Rows = list[Row]
Record = TypeVar("Record")


class Areas:
    """Makes the records of any area from the shown tables, each of which is split by area once."""

    def __init__(self, tables: ShownTables, report: ReportContext) -> None:
        self.month, self.limits, self.parts = tables.month, tables.limits, report.parts
        self.people = report.indicators[GROWTH].formula.denominator
        self.areas = {row["area_code"]: row for row in tables.areas.iter_rows(named=True)}
        self.children: dict[str, list[str]] = {}
        for code, row in self.areas.items():
            self.children.setdefault(row["parent_code"], []).append(code)
        years = tables.comparisons.filter(time_window="year").join(tables.areas, on="area_code")
        self.yearly: dict[str, set[str]] = {}
        for level, indicator in years.select("level", "indicator").unique().iter_rows():
            self.yearly.setdefault(level, set()).add(indicator)
        self.rows = {name: _split(getattr(tables, name)) for name in _SPLIT}

    def of_level(self, level: str) -> list[ShownArea]:
        """The areas of a level, by code."""
        return [self.area(code) for code, row in self.areas.items() if row["level"] == level]

    def area(self, code: str) -> ShownArea:
        """One area with all that its report needs."""
        area, within = self._member(code), self._within(code)
        found = [self._finding(row, code, area) for one in within for row in self._rows("findings", one)]
        counts = {(row["month"], row["element"]): row for row in self._rows("counts", code)}
        substitutes = [row for one in within for row in self._rows("substitutes", one)]
        return replace(
            area,
            monthly=_monthly(self._rows("monthly", code)),
            years=[
                (row["month"].year, _estimate(row))
                for row in sorted(self._rows("years", code), key=lambda row: row["month"])
            ],
            trends={name: _own_change(trend) for name, trend in area.trends.items()},
            members=[self._member(child) for child in self.children.get(code, [])],
            completeness=_completeness(
                self._rows("completeness", code),
                {child: self._rows("returns_short", child) for child in self.children.get(code, [])},
            ),
            substitutes=sorted({(row["element"], row["source"], row["month"]) for row in substitutes}),
            findings=in_order(one for one in found if one.kind not in ABOUT_INDICATORS),
            flags=[one for one in found if one.kind in ABOUT_INDICATORS and one.area_code == code],
            revisions=revisions_of(
                code,
                self.rows["revisions"],
                self.children,
                counts,
                self.parts,
                self.limits,
                bool(area.hides_counts),
            ),
            comparisons=self._comparisons(code, area),
            breaks=[
                AreaBreak(row["month"], row["kind"], row["predecessors"].split("|"))
                for row in self._rows("breaks", code)
            ],
            against={
                (row["indicator"], row["reference"], row["time_window"]): _record(Against, row)
                for row in self._rows("comparisons", code)
            },
            ranks={
                (row["indicator"], row["among"], row["time_window"]): _record(Rank, row)
                for row in self._rows("ranks", code)
            },
            outlook={row["indicator"]: _record(YearOutlook, row) for row in self._rows("outlook", code)},
        )

    def _member(self, code: str) -> ShownArea:
        """What the page of the area above says of one within it: estimates, trends, population."""
        above, counts = self._above(code), self._rows("counts", code)
        estimates = [_estimate(row) for row in self._rows("indicators", code)]
        of_month = {row["element"]: row for row in counts if row["month"] == self.month}
        return ShownArea(
            area_code=code,
            name=self.areas[code]["name"],
            level=self.areas[code]["level"],
            month=self.month,
            parents=[self.areas[one]["name"] for one in above],
            parent_codes=above,
            estimates={(one.indicator, one.time_window): one for one in estimates},
            trends=trends_of(self._rows("trends", code)),
            verdicts={
                (row["indicator"], row["question"]): _record(Verdict, row)
                for row in self._rows("verdicts", code)
            },
            people=self._population({name: row["value"] for name, row in of_month.items()}),
            yearly=frozenset(self.yearly.get(self.areas[code]["level"], ())),
            has_figures=any(one.is_counted for one in estimates)
            or any(row[name] is not None for row in of_month.values() for name in ("value", "value_ytd")),
        )

    def _population(self, counts: Mapping[str, int | None]) -> int | None:
        """The population at the end of the month; None where it is not known, or small."""
        people = 0
        for element, sign in self.people.items():
            count = counts.get(element)
            if count is None:
                return None
            people += sign * count
        return None if not self.people or is_small(people, self.limits) else people

    def _comparisons(self, code: str, area: ShownArea) -> list[Comparison]:
        """Sources beside each other; none with its numbers where one is small, or the others give it away."""
        births = area.estimate("birth_rate", "rolling_12")
        hides_counts = area.hides_counts == SMALL or (births and births.withheld in WITHOUT_COUNTS)
        rows = [row for row in self._rows("disagreements", code) if row["months"]]
        counts = [row[name] for row in rows for name in ("value_preferred", "value")]
        if hides_counts or any(is_small(count, self.limits) for count in counts):
            rows = [row | {"value_preferred": None, "value": None} for row in rows]
        return [_record(Comparison, row) for row in rows]

    def _finding(self, row: Row, page: str, area: ShownArea) -> Finding:
        """A finding of the page's area or of one within; without its numbers where a count or its indicator is withheld."""
        code, kind, evidence = row["area_code"], row["kind"], json.loads(row["evidence"])
        above = self._above(code)
        between = above[above.index(page) + 1 :] if page in above else []
        is_withheld = any(is_small(count, self.limits) for count in printed_counts(kind, evidence))
        if kind in ABOUT_INDICATORS and code == page:
            about = area.estimate(row["subject"], evidence["time_window"])
            is_withheld = about is not None and about.withheld in WITHOUT_COUNTS
        how_far = deviation(evidence)
        if is_withheld:
            evidence = {name: evidence[name] for name in _ABOUT_THE_FILE if name in evidence}
        return Finding(
            kind,
            row["severity"],
            self.areas[code]["name"],
            row["month"],
            row["subject"],
            evidence,
            code,
            tuple((one, self.areas[one]["name"]) for one in between),
            how_far,
            is_withheld,
        )

    def _rows(self, table: str, code: str) -> Rows:
        return self.rows[table].get(code, [])

    def _within(self, code: str) -> list[str]:
        """The area and all areas within it."""
        return [code, *(inner for child in self.children.get(code, []) for inner in self._within(child))]

    def _above(self, code: str) -> list[str]:
        """The areas that it lies in, from the top."""
        parent = self.areas[code]["parent_code"]
        return [*self._above(parent), parent] if parent in self.areas else []


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Graver findings first; among those of one gravity the larger deviation."""
    return sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), -one.deviation))


def load_funnels(snapshot: Path, month: date, level: str) -> dict[tuple[str, str], Funnel]:
    """The funnels of a level by indicator and window: averages and limits of many areas, which give no count away."""
    table = pl.read_parquet(snapshot / "funnels.parquet").filter(
        (pl.col("month") == month) | (pl.col("time_window") == "year"), pl.col("level") == level
    )
    limits = ("lower_95", "upper_95", "lower_998", "upper_998")
    return {
        key: Funnel(part["size"].to_list(), part["centre"][0], *(part[name].to_list() for name in limits))
        for key, part in table.sort("size").partition_by("indicator", "time_window", as_dict=True).items()
    }


def _split(table: pl.DataFrame) -> dict[str, Rows]:
    """Rows by area, in the order of the published table."""
    return {code: part.to_dicts() for (code,), part in table.partition_by("area_code", as_dict=True).items()}


def _record(kind: type[Record], row: Row, **renamed: str) -> Record:
    """A record whose fields are named like the columns, but for those renamed."""
    return kind(**{name: row[renamed.get(name, name)] for name in kind.__annotations__})


def _estimate(row: Row) -> Estimate:
    return _record(Estimate, row, **_LIMITS)


def _monthly(rows: Rows) -> dict[str, list[tuple[date, float, float, float]]]:
    """Month, rate and 95 % limits by indicator."""
    series: dict[str, list[tuple[date, float, float, float]]] = {}
    for row in sorted(rows, key=lambda row: row["month"]):
        if row["value"] is not None and row["lower_95"] is not None:
            point = (row["month"], row["value"], row["lower_95"], row["upper_95"])
            series.setdefault(row["indicator"], []).append(point)
    return series


def trends_of(rows: Rows) -> dict[str, Trend]:
    lists = ("observed", "trend", "lower_80", "upper_80", "lower_95", "upper_95", "adjusted")
    last = ("probability_above_reference", "change_12_months", "probability_rising", "is_borrowed",
            "own_share", "own_share_of_change")  # fmt: skip
    by_series: dict[str, Rows] = {}
    for row in rows:
        by_series.setdefault(row["series"], []).append(row)
    return {
        series: Trend(
            months=[row["month"] for row in points],
            **{name: [row[name] for row in points] for name in lists}
            | {name: points[-1][name] for name in last},
        )
        for series, points in ((series, _since_first(points)) for series, points in by_series.items())
        if points
    }


def _since_first(points: Rows) -> Rows:
    """From the first month that was observed: what a model says of an area before there was one is not shown."""
    first = next((index for index, row in enumerate(points) if row["observed"] is not None), len(points))
    return points[first:] if first > MOST_WITHOUT_RATE else points


def _own_change(trend: Trend) -> Trend:
    """Without the change over twelve months where few births make it that of the areas around."""
    return replace(trend, change_12_months=None) if trend.is_borrowed else trend


def _completeness(rows: Rows, within: Mapping[str, Rows]) -> list[SourceRecord]:
    """One record a source; `within` are the late and missing returns of the areas just below, by their codes."""
    by_source: dict[str, Rows] = {}
    for row in rows:
        by_source.setdefault(row["source"], []).append(row)

    def short(source: str, column: str) -> dict[str, int]:
        found = ((code, row) for code, rows in within.items() for row in rows if row["source"] == source)
        return {code: row[column] for code, row in found if row[column]}

    return [
        SourceRecord(
            source,
            sum(row["expected"] for row in rows),
            sum(row["actual"] for row in rows),
            None if any(row["on_time"] is None for row in rows) else sum(row["on_time"] for row in rows),
            [row["month"] for row in rows if row["actual"] < row["expected"]],
            [
                (row["month"], row["actual"] - row["on_time"])
                for row in rows
                if row["on_time"] is not None and row["on_time"] < row["actual"]
            ],
            short(source, "late"),
            short(source, "missing"),
        )
        for source, rows in sorted(by_source.items())
    ]
