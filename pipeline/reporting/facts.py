"""What a report says of an area, queried once for all areas of an edition and sliced: no model, no join."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.reporting.estimate import Estimate


@dataclass(frozen=True)
class Trend:
    """A smoothed series with its limits, all lists of the same length, one entry a month."""

    months: list[date]
    observed: list[float | None]
    trend: list[float]
    lower_80: list[float]
    upper_80: list[float]
    lower_95: list[float]
    upper_95: list[float]
    probability_above_reference: float | None = None
    change_12_months: float | None = None
    probability_rising: float | None = None


@dataclass(frozen=True)
class SourceRecord:
    """How completely one source has reported over the last twelve months."""

    source: str
    expected: int
    actual: int
    months_incomplete: list[date]


@dataclass(frozen=True)
class Finding:
    kind: str
    severity: str
    area_name: str
    month: date
    subject: str
    evidence: str


@dataclass(frozen=True)
class AreaFacts:
    """Everything a report of one area is written from."""

    area_code: str
    name: str
    level: str
    month: date
    parents: list[str]
    estimates: dict[tuple[str, str], Estimate]
    monthly: dict[str, list[tuple[date, float, float, float]]]
    years: list[tuple[int, Estimate]]
    trends: dict[str, Trend]
    members: list[AreaFacts]
    completeness: list[SourceRecord] = field(default_factory=list)
    substitutes: list[tuple[str, str, date]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    counts: dict[tuple[str, str], int | None] = field(default_factory=dict)

    def estimate(self, indicator: str, time_window: str = "ytd") -> Estimate | None:
        return self.estimates.get((indicator, time_window))


def load_facts(snapshot: Path, month: date, level: str, preferred: dict[str, str]) -> list[AreaFacts]:
    """Facts of every area of a level, ordered by code.

    `preferred` is the first source of each element: months taken from another one are named.
    """
    areas = pl.read_parquet(snapshot / "areas.parquet").filter(
        (pl.col("valid_from") <= month) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= month))
    )
    wanted = areas.filter(pl.col("level") == level).sort("area_code")["area_code"].to_list()
    tables = _Tables(snapshot, month, areas, preferred, wanted)
    return [tables.facts(code) for code in wanted]


class _Tables:
    """The published tables, each read once and split by area."""

    def __init__(
        self, snapshot: Path, month: date, areas: pl.DataFrame, preferred: dict[str, str], reported: list[str]
    ) -> None:
        self.month = month
        self.areas = {row["area_code"]: row for row in areas.iter_rows(named=True)}
        self.children: dict[str, list[str]] = {}
        for code, row in sorted(self.areas.items()):
            self.children.setdefault(row["parent_code"], []).append(code)
        is_reported = pl.col("area_code").is_in(reported)
        indicators = pl.scan_parquet(snapshot / "indicators.parquet")
        self.estimates = _split(indicators.filter(pl.col("month") == month).collect())
        self.monthly = _split(
            indicators.filter(
                is_reported
                & (pl.col("time_window") == "month")
                & pl.col("indicator").is_in(["birth_rate", "death_rate"])
            )
            .select("area_code", "indicator", "month", "value", "lower_95", "upper_95")
            .collect()
        )
        self.years = _split(
            indicators.filter(
                is_reported
                & (pl.col("time_window") == "year")
                & (pl.col("indicator") == "sex_ratio_at_birth")
            ).collect()
        )
        self.trends = _split(pl.scan_parquet(snapshot / "trends.parquet").filter(is_reported).collect())
        recent = _months_before(month, 11)
        self.completeness = _split(
            pl.scan_parquet(snapshot / "completeness.parquet")
            .filter(is_reported & pl.col("month").is_between(recent, month))
            .collect()
        )
        self.findings = _split(
            pl.read_parquet(snapshot / "findings.parquet").filter(pl.col("month").is_between(recent, month))
        )
        counts = pl.scan_parquet(snapshot / "counts.parquet").filter(
            pl.col("month").is_between(recent, month)
        )
        self.counts = _split(counts.filter(pl.col("month") == month).collect())
        self.substitutes = _split(
            counts.filter(
                pl.col("source") != pl.col("element").replace_strict(preferred, default=pl.col("source"))
            ).collect()
        )

    def facts(self, code: str, with_members: bool = True) -> AreaFacts:
        area = self.areas[code]
        within = self._within(code)
        estimates = [_estimate(row) for row in self.estimates.get(code, [])]
        return AreaFacts(
            area_code=code,
            name=area["name"],
            level=area["level"],
            month=self.month,
            parents=self._parents(code),
            estimates={(estimate.indicator, estimate.time_window): estimate for estimate in estimates},
            monthly=self._monthly(code),
            years=[
                (row["month"].year, _estimate(row))
                for row in sorted(self.years.get(code, []), key=lambda row: row["month"])
                if row["value"] is not None
            ],
            trends=self._trends(code),
            members=[self.facts(child, False) for child in self.children.get(code, [])]
            if with_members
            else [],
            completeness=self._completeness(code),
            substitutes=self._substitutes(within),
            findings=self._findings(within),
            counts={
                (row["element"], key): row[column]
                for row in self.counts.get(code, [])
                for key, column in (("month", "value"), ("ytd", "value_ytd"))
            },
        )

    def _within(self, code: str) -> list[str]:
        return [code, *(inner for child in self.children.get(code, []) for inner in self._within(child))]

    def _parents(self, code: str) -> list[str]:
        parent = self.areas[code]["parent_code"]
        return [*self._parents(parent), self.areas[parent]["name"]] if parent in self.areas else []

    def _monthly(self, code: str) -> dict[str, list[tuple[date, float, float, float]]]:
        series: dict[str, list[tuple[date, float, float, float]]] = {}
        for row in self.monthly.get(code, []):
            if row["value"] is not None and row["lower_95"] is not None:
                point = (row["month"], row["value"], row["lower_95"], row["upper_95"])
                series.setdefault(row["indicator"], []).append(point)
        return {name: sorted(points) for name, points in series.items()}

    def _trends(self, code: str) -> dict[str, Trend]:
        names = ("observed", "trend", "lower_80", "upper_80", "lower_95", "upper_95")
        last = ("probability_above_reference", "change_12_months", "probability_rising")
        rows: dict[str, list[dict]] = {}
        for row in self.trends.get(code, []):
            rows.setdefault(row["series"], []).append(row)
        return {
            series: Trend(
                [row["month"] for row in points],
                *([row[name] for row in points] for name in names),
                **{name: points[-1][name] for name in last},
            )
            for series, points in rows.items()
        }

    def _completeness(self, code: str) -> list[SourceRecord]:
        records: dict[str, list[dict]] = {}
        for row in self.completeness.get(code, []):
            records.setdefault(row["source"], []).append(row)
        return [
            SourceRecord(
                source,
                sum(row["expected"] for row in rows),
                sum(row["actual"] for row in rows),
                [row["month"] for row in rows if row["actual"] < row["expected"]],
            )
            for source, rows in sorted(records.items())
        ]

    def _substitutes(self, codes: list[str]) -> list[tuple[str, str, date]]:
        rows = [row for code in codes for row in self.substitutes.get(code, [])]
        return sorted({(row["element"], row["source"], row["month"]) for row in rows})

    def _findings(self, codes: list[str]) -> list[Finding]:
        return [
            Finding(
                row["kind"],
                row["severity"],
                self.areas[code]["name"],
                row["month"],
                row["subject"],
                row["evidence"],
            )
            for code in codes
            for row in self.findings.get(code, [])
        ]


def _split(table: pl.DataFrame) -> dict[str, list[dict]]:
    """Rows by area, in the order of the published table."""
    return {code: part.to_dicts() for (code,), part in table.partition_by("area_code", as_dict=True).items()}


def _estimate(row: dict) -> Estimate:
    renamed = {
        "lower": "lower_95",
        "upper": "upper_95",
        "change_lower": "change_lower_95",
        "change_upper": "change_upper_95",
    }
    return Estimate(**{name: row[renamed.get(name, name)] for name in Estimate.__dataclass_fields__})


def _months_before(month: date, number: int) -> date:
    index = month.year * 12 + month.month - 1 - number
    return date(index // 12, index % 12 + 1, 1)
